import { randomBytes } from 'node:crypto';
import { inStorage } from '../access/filter-sql.js';
import type { LayerDefinition } from '../catalogue/definition.js';
import { type Database, ident } from '../db/database.js';
import { createTable, SQL_TYPES } from './table.js';

export interface Repair {
  feature: number;
  reason: string;
  at: [number, number] | null;
}

const BATCH = 1_000;
const LONGEST_IMPORT_MS = 24 * 3_600_000;

/** A row on its way in: GeoJSON geometry text (longitude, latitude) or null, and the column values in the layer's order. */
export interface IncomingRow {
  geometry: string | null;
  values: (string | number | boolean | null)[];
}

/**
 * Where an import gathers before it is published: a table of its own, filled in short batches so that readers are not
 * blocked, and swapped in with one transaction. Dropped when anything goes wrong: whole or nothing.
 */
export class Staging {
  readonly table: string;
  readonly name: string;
  readonly repairs: Repair[] = [];
  repaired = 0;
  rows = 0;
  private batch: IncomingRow[] = [];
  /** The batch before, under way to the database while the next one is read. */
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly db: Database,
    schema: string,
    private readonly d: LayerDefinition,
  ) {
    this.name = `import_${Date.now().toString(16).padStart(12, '0')}_${randomBytes(4).toString('hex')}`;
    this.table = `${ident(schema)}.${ident(this.name)}`;
  }

  static async open(db: Database, schema: string, d: LayerDefinition, firstFid: number): Promise<Staging> {
    const staging = new Staging(db, schema, d);
    await createTable(db, schema, staging.name, d, firstFid);
    return staging;
  }

  /**
   * Drops what killed imports left behind. On the embedded engine nobody else can be importing; on PostgreSQL another
   * process may be, so that only tables are taken that were begun longer ago than any import takes (their name says when).
   */
  static async sweep(db: Database): Promise<void> {
    const left = await db.query<{ schema: string; name: string }>(
      `select table_schema as schema, table_name as name from information_schema.tables where table_name ~ '^import_[0-9a-f]{12}_[0-9a-f]{8}$'`,
    );
    const begun = (name: string) => Number.parseInt(name.slice(7, 19), 16);
    for (const { schema, name } of left)
      if (db.engine === 'embedded' || begun(name) < Date.now() - LONGEST_IMPORT_MS)
        await db.query(`drop table if exists ${ident(schema)}.${ident(name)}`);
  }

  async add(row: IncomingRow): Promise<void> {
    this.batch.push(row);
    if (this.batch.length >= BATCH) await this.send();
  }

  /** Sends the batch off when the one before has arrived. @throws what was wrong with that one */
  private async send(): Promise<void> {
    const { batch } = this;
    this.batch = [];
    await this.writing;
    this.writing = this.write(batch);
    this.writing.catch(() => {}); // told by whoever waits for it next
  }

  /** Writes a batch; invalid geometry is repaired and noted with the place where it was wrong. */
  private async write(batch: readonly IncomingRow[]): Promise<void> {
    const { d } = this;
    if (batch.length === 0) return;
    const dimension = { point: 1, line: 2, polygon: 3 }[d.geometryType];
    const names = d.fields.map((_, i) => `c${i}`);
    // Written by hand: the geometries are JSON already.
    const row = (r: IncomingRow, i: number) =>
      `{"i":${i},"g":${r.geometry}${names.map((n, k) => `,"${n}":${JSON.stringify(r.values[k])}`).join('')}}`;
    const multi = (g: string) => (d.geometryType === 'point' ? g : `st_multi(${g})`);
    const faults = await this.db.query<{ i: number; reason: string; x: number | null; y: number | null }>(
      `with input as materialized (
         select s.*, geom is null or st_isempty(geom) or st_isvalid(geom) as ok
         from (select i${names.map((n) => `, ${n}`).join('')}, ${inStorage('st_setsrid(st_force2d(st_geomfromgeojson(g::text)), 4326)', d.srid)} as geom
               from json_to_recordset($1::json) as r(i integer, g json${d.fields.map((f, k) => `, c${k} ${SQL_TYPES[f.type]}`).join('')})
               offset 0) s
       ), written as (
         insert into ${this.table} (geom${d.fields.map((f) => `, ${ident(f.name)}`).join('')})
         select case when st_isempty(geom) then null
                     when ok then ${multi('geom')}
                     else ${multi(`st_collectionextract(st_makevalid(geom), ${dimension})`)} end${names.map((n) => `, ${n}`).join('')}
         from input order by i
       )
       select i, reason, st_x(location) as x, st_y(location) as y
       from (select i, (st_isvaliddetail(geom)).* from input where not ok) f order by i`,
      [`[${batch.map(row).join(',')}]`],
    );
    for (const f of faults) {
      this.repaired++;
      if (this.repairs.length < 20)
        this.repairs.push({ feature: this.rows + f.i + 1, reason: f.reason, at: f.x === null ? null : [f.x, f.y!] });
    }
    this.rows += batch.length;
  }

  /** Indexes the rows; done before publishing, so that the swap itself is short. */
  async finish(): Promise<void> {
    await this.send();
    await this.writing;
    await this.db.tx(
      async (q) => {
        await q.query(`create index on ${this.table} using gist (geom)`);
        await q.query(`analyze ${this.table}`);
      },
      { timeoutMs: 600_000 }, // millions of rows take longer than a request may
    );
  }

  async drop(): Promise<void> {
    await this.writing.catch(() => {});
    await this.db.query(`drop table if exists ${this.table}`).catch(() => {});
  }
}
