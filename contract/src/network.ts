import { z } from './zod.js';

/** A network in CIDR notation, or one address. */
export const network = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]);
