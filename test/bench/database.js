import { statfsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { undoing } from './cleanup.js';
import { seeded } from './statistics.js';

const SQL_TYPES = { text: 'text', integer: 'integer', double: 'double precision' };
const BYTEA = 17;
const PROGRESS = 500_000;

/** A database of the bench's own with PostGIS, dropped at the end whatever happens. `work` gets its address and a client without JIT. */
export async function withDatabase(server, work) {
  const name = `yutu_bench_${process.pid}`;
  await onServer(server, `drop database if exists ${name} with (force)`);
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return undoing(
    () => onServer(server, `drop database if exists ${name} with (force)`),
    async () => {
      const client = await connect(url.href);
      try {
        await client.query('create extension postgis');
        await client.query('set jit = off');
        return await work(url.href, client);
      } finally {
        await client.end().catch(() => {});
      }
    },
  );
}

async function onServer(url, sql) {
  const client = await connect(url);
  await client.query(sql).finally(() => client.end());
}

export async function connect(url) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // the database may be dropped under it
  // pg reads bytes as hexadecimal text: left as it comes, for nobody looks into them
  client.setTypeParser(BYTEA, (text) => text);
  await client.connect();
  return client;
}

/** Bytes of a value that came as hexadecimal text. */
export const bytesOf = (text) => (text === null ? 0 : (text.length - 2) / 2);

/**
 * Fills a layer's table (EPSG:4490, unlogged) by binary COPY, with GiST index and statistics.
 * @returns what is in it and the seconds it took
 */
export async function fill(client, layer, say) {
  const started = performance.now();
  const columns = layer.columns.map(({ name, type }) => `"${name}" ${SQL_TYPES[type]}`).join(', ');
  await client.query(
    `create unlogged table ${layer.name} (fid bigint primary key, geom geometry(${layer.kind}, 4490), ${columns})`,
  );
  const stream = client.query(copyFrom(`copy ${layer.name} from stdin (format binary)`));
  const counted = { features: 0 };
  await pipeline(Readable.from(binaryCopy(layer, counted, say)), stream);
  say(`${layer.name}: index and statistics`);
  await client.query(`create index on ${layer.name} using gist (geom)`);
  await client.query(`vacuum analyze ${layer.name}`);
  const seconds = (performance.now() - started) / 1000;
  if (counted.features === 0) throw new Error(`${layer.name}: no features`);
  say(`${layer.name}: ${counted.features} features in the database (${seconds.toFixed(0)} s)`);
  return { ...counted, seconds };
}

/** PostgreSQL's binary COPY format, in pieces of about 256 kB. */
async function* binaryCopy({ name, columns, rows }, counted, say) {
  let parts = [Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)];
  let size = 0;
  const add = (bytes) => {
    parts.push(bytes);
    size += bytes.length;
  };
  for await (const [fid, geometry, ...values] of rows()) {
    const head = Buffer.alloc(14);
    head.writeInt16BE(2 + columns.length, 0);
    head.writeInt32BE(8, 2);
    head.writeBigInt64BE(BigInt(fid), 6);
    add(head);
    for (const bytes of [geometry, ...values.map((value, i) => encode(columns[i].type, value))]) {
      const length = Buffer.alloc(4);
      length.writeInt32BE(bytes.length, 0);
      add(length);
      add(bytes);
    }
    counted.features++;
    if (counted.features % PROGRESS === 0) say(`${name}: ${counted.features} features sent`);
    if (size > 262_144) {
      yield Buffer.concat(parts);
      parts = [];
      size = 0;
    }
  }
  add(Buffer.from([255, 255]));
  yield Buffer.concat(parts);
}

function encode(type, value) {
  if (type === 'text') return Buffer.from(value, 'utf8');
  const bytes = Buffer.alloc(type === 'integer' ? 4 : 8);
  if (type === 'integer') bytes.writeInt32BE(value, 0);
  else bytes.writeDoubleBE(value, 0);
  return bytes;
}

/** Where the data are: one vertex each of features picked at random, as [lon, lat]; `wanted` at most, the same ones every time. */
export async function places(client, name, features, wanted) {
  const random = seeded(features);
  // where features are few they are huge, and each is read whole for one vertex
  const draw = (value) => Array.from({ length: Math.min(wanted, 2 * features) }, value);
  const { rows } = await client.query(
    `select st_x(place) as lon, st_y(place) as lat
     from unnest($1::bigint[], $2::float8[], $3::float8[]) with ordinality as pick(fid, part, vertex, nth)
     join ${name} using (fid)
     cross join lateral (select st_geometryn(geom, 1 + floor(part * st_numgeometries(geom))::int) as one) as parts
     cross join lateral (select case st_dimension(one) when 2 then st_exteriorring(one) else one end as line) as lines
     cross join lateral (select coalesce(st_pointn(line, 1 + floor(vertex * st_npoints(line))::int), line) as place) as vertices
     order by nth`,
    [draw(() => 1 + Math.floor(features * random())), draw(random), draw(random)],
  );
  if (rows.length === 0) throw new Error(`${name}: no places`);
  return rows.map(({ lon, lat }) => [lon, lat]);
}

/**
 * Refuses to begin what the disk cannot hold.
 * @param folders where it is written; what cannot be looked at from here is not checked
 */
export function checkDisk(folders, needed) {
  for (const folder of folders) {
    try {
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize < needed)
        throw new Error(`${folder}: ${(needed / 1e9).toFixed(0)} GB are needed, ${((bavail * bsize) / 1e9).toFixed(0)} are free`);
    } catch (error) {
      if (error.code === undefined) throw error;
    }
  }
}

/** Facts about the database that the figures depend on. */
export async function versionsOf(client) {
  const { rows } = await client.query(
    `select current_setting('server_version') as server, postgis_lib_version() as postgis,
       current_setting('max_parallel_workers_per_gather') as workers, current_setting('shared_buffers') as buffers,
       current_setting('data_directory', true) as folder`,
  );
  return rows[0];
}
