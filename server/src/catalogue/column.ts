import { createHash } from 'node:crypto';
import { ident } from '../db/database.js';

/** PostgreSQL cuts longer names, in bytes. */
const MOST_BYTES = 63;
/** The layer's own columns, those that every table of PostgreSQL has, and what statements call something of their own. */
const TAKEN = ['fid', 'geom', 'geometry', 'tableoid', 'ctid', 'xmin', 'cmin', 'xmax', 'cmax', '#bits'];
/** Names that are made up here. */
const MADE = /^f_[0-9a-f]{20}$/;

/**
 * The column of a field in its layer's table, quoted: called like the field where the database can have that, else by a name of its own.
 * Different fields have different columns. Everywhere else a field goes by its own name.
 */
export const columnOf = (field: string): string => ident(columnName(field));

const columnName = (field: string): string =>
  field !== '' && Buffer.byteLength(field) <= MOST_BYTES && !TAKEN.includes(field) && !MADE.test(field)
    ? field
    : `f_${createHash('sha256').update(field).digest('hex').slice(0, 20)}`;
