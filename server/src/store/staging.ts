import { randomBytes } from 'node:crypto';
import { inStorage, toLonLat } from '../access/filter-sql.js';
import { columnOf } from '../catalogue/column.js';
import type { LayerDefinition } from '../catalogue/definition.js';
import { type Database, ident } from '../db/database.js';
import { YutuError } from '../errors/fail.js';
import { type ForeignCrs, fromSystem, outOfReach } from './crs.js';
import { createTable, SQL_TYPES } from './table.js';

export interface Repair {
  feature: number;
  reason: string;
  at: [number, number] | null;
}

/** A repaired geometry, or (`out`) one that lies where its coordinate system does not reach. */
interface Fault {
  i: number;
  reason: string;
  x: number | null;
  y: number | null;
  out: boolean;
  gone: boolean;
}

/** What PostgreSQL and PostGIS say of data they do not take. */
const REFUSED = /^(22|23|54|XX)/;
const BATCH = 1_000;
const LONGEST_IMPORT_MS = 24 * 3_600_000;

/** A row on its way in: GeoJSON geometry text (longitude, latitude unless `crs` says otherwise) or null, and the column values in the layer's order. */
export interface IncomingRow {
  geometry: string | null;
  crs?: ForeignCrs | undefined;
  values: (string | number | boolean | null)[];
}

/**
 * Where an import gathers before it is published: a table of its own, filled in short batches so that readers are not
 * blocked, and swapped in with one transaction. Dropped when anything goes wrong: whole or nothing.
 */
export class Staging {
  table: string;
  readonly repairs: Repair[] = [];
  repaired = 0;
  /** Of those, the ones of which nothing was left. */
  vanished = 0;
  rows = 0;
  private batch: IncomingRow[] = [];
  /** The batch before, under way to the database while the next one is read. */
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly db: Database,
    private readonly schema: string,
    private readonly d: LayerDefinition,
    name: string,
  ) {
    this.table = `${ident(schema)}.${ident(name)}`;
  }

  static async open(db: Database, schema: string, d: LayerDefinition, firstFid: number): Promise<Staging> {
    const name = newName();
    const staging = new Staging(db, schema, d, name);
    await createTable(db, schema, name, d, firstFid);
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

  private async write(batch: readonly IncomingRow[]): Promise<void> {
    await this.insert(batch, this.rows);
    this.rows += batch.length;
  }

  /**
   * Inserts a batch; invalid geometry is repaired and noted with the place where it was wrong.
   * @param before rows that came before this batch
   * @throws `import_invalid` naming the feature that the database does not take
   */
  private async insert(batch: readonly IncomingRow[], before: number): Promise<void> {
    if (batch.length === 0) return;
    const faults = await this.statement(batch).catch(async (error: { code?: string }) => {
      if (!REFUSED.test(error.code ?? '')) throw error;
      if (batch.length === 1) throw this.refused(batch[0]!, before + 1);
      const half = batch.length >> 1;
      await this.insert(batch.slice(0, half), before);
      await this.insert(batch.slice(half), before + half);
      return [];
    });
    for (const f of faults) {
      if (f.out) throw this.refused(batch[f.i]!, before + f.i + 1);
      this.repaired++;
      if (f.gone) this.vanished++;
      if (this.repairs.length < 20)
        this.repairs.push({ feature: before + f.i + 1, reason: f.reason, at: f.x === null ? null : [f.x, f.y!] });
    }
  }

  private refused({ crs }: IncomingRow, feature: number): YutuError {
    const why = crs
      ? outOfReach(crs.shown)
      : { zh: '的图形或属性值无法保存', en: 'has a geometry or a value that cannot be stored' };
    return new YutuError('import_invalid', { whyZh: `第 ${feature} 个要素${why.zh}`, whyEn: `Feature ${feature} ${why.en}` });
  }

  private statement(batch: readonly IncomingRow[]): Promise<Fault[]> {
    const { d } = this;
    const dimension = { point: 1, line: 2, polygon: 3 }[d.geometryType];
    const names = d.fields.map((_, i) => `c${i}`);
    const foreign = batch.some((r) => r.crs);
    // Written by hand: the geometries are JSON already.
    const row = (r: IncomingRow, i: number) =>
      `{"i":${i},"g":${r.geometry}${r.crs ? `,"s":${r.crs.srid}` : ''}${names.map((n, k) => `,"${n}":${JSON.stringify(r.values[k])}`).join('')}}`;
    const multi = (g: string) => (d.geometryType === 'point' ? g : `st_multi(${g})`);
    const list = names.map((n) => `, ${n}`).join('');
    const given = 'st_force2d(st_geomfromgeojson(g::text))';
    const lonlat = inStorage(`st_setsrid(${given}, 4326)`, d.srid);
    const stored = foreign
      ? `case when r.s is null then ${lonlat} when r.s = ${d.srid} then st_setsrid(${given}, r.s)
           else ${inStorage(fromSystem(given, 'r.s'), d.srid)} end`
      : lonlat;
    const box = toLonLat('geom', d.srid);
    const out = foreign
      ? `geom is not null and not (st_xmin(${box}) >= -180 and st_xmax(${box}) <= 180 and st_ymin(${box}) >= -90 and st_ymax(${box}) <= 90)`
      : 'false';
    const repaired = `st_collectionextract(st_makevalid(geom), ${dimension})`;
    return this.db.query<Fault>(
      `with input as materialized (
         select s.*, geom is null or st_isempty(geom) or st_isvalid(geom) as ok, ${out} as out
         from (select i${list}, ${stored} as geom
               from json_to_recordset($1::json) as r(i integer, g json${foreign ? ', s integer' : ''}${d.fields.map((f, k) => `, c${k} ${SQL_TYPES[f.type]}`).join('')})
               offset 0) s
       ), written as (
         insert into ${this.table} (geom${d.fields.map((f) => `, ${columnOf(f.name)}`).join('')})
         select case when st_isempty(geom) then null else geom end${list}
         from (select i${list}, case when ok then ${multi('geom')} else ${multi(repaired)} end as geom from input where not out offset 0) r
         order by i
       )
       select i, coalesce(reason, '') as reason, st_x(location) as x, st_y(location) as y, out, gone
       from (select i, (st_isvaliddetail(geom)).*, out, not out and st_isempty(${repaired}) as gone from input where not ok or out) f order by i`,
      [`[${batch.map(row).join(',')}]`],
    );
  }

  /** How many rows have a geometry, and how many of those lie outside a box of longitude and latitude. */
  async outside([west, south, east, north]: readonly [number, number, number, number]): Promise<{
    all: number;
    outside: number;
  }> {
    const [row] = await this.db.query<{ all: number; outside: number }>(
      `select count(geom) as all, count(*) filter (where not (${toLonLat('geom', this.d.srid)} && st_makeenvelope($1, $2, $3, $4, 4326))) as outside
       from ${this.table}`,
      [west, south, east, north],
    );
    return row!;
  }

  /** Waits until every row has arrived. @throws what was wrong with one */
  async arrived(): Promise<void> {
    await this.send();
    await this.writing;
  }

  /**
   * Lays the rows into a table of their own, in the order of their ids and so without gaps.
   * @param pairs SQL of which row (`staged`) has which id (`kept`); `fresh` other rows get ids past `last`, in their order
   */
  async renumber(pairs: string, last: number, fresh: number): Promise<void> {
    const { schema, d, table: before } = this;
    const name = newName();
    const table = `${ident(schema)}.${ident(name)}`;
    const columns = ['geom', ...d.fields.map((f) => columnOf(f.name))];
    await this.db.tx(
      async (q) => {
        await createTable(q, schema, name, d, last + fresh + 1);
        await q.query(
          `insert into ${table} (fid, ${columns.join(', ')}) overriding system value
           select i.fid, ${columns.map((c) => `s.${c}`).join(', ')}
           from ${before} s join (
             select r.fid as staged, coalesce(p.kept, $1::bigint + row_number() over (partition by p.kept is null order by r.fid)) as fid
             from ${before} r left join (${pairs}) p on p.staged = r.fid) i on i.staged = s.fid
           order by i.fid`,
          [last],
        );
        await q.query(`drop table ${before}`);
      },
      { timeoutMs: 600_000 },
    );
    this.table = table;
  }

  /** Indexes the rows; done before publishing, so that the swap itself is short. */
  async finish(): Promise<void> {
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

/** Says when the import began: what a killed one left is known by it. */
const newName = (): string => `import_${Date.now().toString(16).padStart(12, '0')}_${randomBytes(4).toString('hex')}`;
