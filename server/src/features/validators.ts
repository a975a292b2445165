import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Access } from '../access/decide.js';
import type { Reading } from './reading.js';

/** ETag over all that shapes the answer; `private` when rights raised it. @returns true when the client has it already */
export function sendValidators(req: Request, res: Response, { layer, access, set }: Reading): boolean {
  const tag = createHash('sha256')
    .update(`${layer.id}@${layer.version}/${set.key}/${req.originalUrl}/${req.headers['accept-language'] ?? ''}`)
    .digest('base64url');
  return sendTag(req, res, access, `W/"${tag.slice(0, 22)}"`);
}

/** The same for an answer whose contents are named by `tag`. */
export function sendTag(req: Request, res: Response, access: Access, tag: string): boolean {
  res.setHeader('ETag', tag);
  res.setHeader('Cache-Control', access.views.every((v) => v.source === 'public') ? 'no-cache' : 'private, no-cache');
  res.setHeader('Vary', 'Authorization, Cookie, Accept-Language, Accept-Encoding');
  return req.fresh;
}
