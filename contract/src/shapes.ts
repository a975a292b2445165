import { z } from './zod.js';

/** A date in the instance's zone. */
export const day = z.iso.date();
/** A moment, ISO 8601 in UTC. */
export const instant = z.iso.datetime({ offset: true });
export const uuid = z.uuid();
export const count = z.number().int().min(0);
