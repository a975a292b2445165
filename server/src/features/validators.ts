import type { Request, Response } from 'express';
import type { Access } from '../access/decide.js';
import type { Reading } from './reading.js';
import type { FeatureRooms } from './rooms.js';

/**
 * ETag over all that shapes the answer, sealed: a plain hash would let the views' hidden conditions be guessed. `private` when rights raised it.
 * @returns true when the client has it already
 */
export function sendValidators(
  { signatures }: Pick<FeatureRooms, 'signatures'>,
  req: Request,
  res: Response,
  { layer, access, set }: Reading,
): boolean {
  const language = req.headers['accept-language'] ?? '';
  const tag = signatures.seal(`etag ${layer.id}@${layer.version}/${set.key}/${req.originalUrl}/${language}`);
  return sendTag(req, res, access, `W/"${tag}"`);
}

/** The same for an answer whose contents are named by `tag`. */
export function sendTag(req: Request, res: Response, access: Access, tag: string): boolean {
  res.setHeader('ETag', tag);
  res.setHeader('Cache-Control', access.views.every((v) => v.source === 'public') ? 'no-cache' : 'private, no-cache');
  res.setHeader('Vary', 'Authorization, Cookie, Accept-Language, Accept-Encoding');
  return req.fresh;
}
