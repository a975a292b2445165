import type { Response } from 'express';

/** The address of a path of ours; `base` is the public address, with the path of its own that it may have (`rooms.origin`). */
export const addressOf = (base: string, path: string): URL => new URL(`${base}${path}`);

/** The path under which the platform lies on its host: '' or one like '/gis'. */
export const pathOf = (base: string): string => new URL(base).pathname.replace(/\/+$/, '');

/** Answers 201 with where the new resource is. A proxy does not mend a path that lacks what it took away: it is a whole address. */
export const created = (res: Response, base: string, path: string): Response =>
  res.status(201).location(addressOf(base, path).href);
