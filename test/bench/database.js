import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

const SQL_TYPES = { text: 'text', integer: 'integer', double: 'double precision' };
const GEOMETRY = { parcels: 'Polygon', streets: 'LineString', addresses: 'Point' };

/** A database of the bench's own, dropped at the end whatever happens. `work` gets its address. */
export async function withDatabase(server, work) {
  const name = `yutu_bench_${process.pid}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  try {
    return await work(url.href);
  } finally {
    await onServer(server, `drop database if exists ${name} with (force)`);
  }
}

async function onServer(url, sql) {
  const client = await connect(url);
  await client.query(sql).finally(() => client.end());
}

export async function connect(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** Fills a layer's table (EPSG:4490) by binary COPY, with GiST index and statistics. Returns the seconds it took. */
export async function fill(client, layer) {
  const started = performance.now();
  const columns = layer.columns.map(({ name, type }) => `"${name}" ${SQL_TYPES[type]}`).join(', ');
  await client.query(
    `create table ${layer.name} (fid bigint primary key, geom geometry(${GEOMETRY[layer.name]}, 4490), ${columns})`,
  );
  const stream = client.query(copyFrom(`copy ${layer.name} from stdin (format binary)`));
  await pipeline(Readable.from(binaryCopy(layer)), stream);
  await client.query(`create index on ${layer.name} using gist (geom)`);
  await client.query(`vacuum analyze ${layer.name}`);
  return (performance.now() - started) / 1000;
}

/** PostgreSQL's binary COPY format, in pieces of about 256 kB. */
function* binaryCopy({ columns, rows }) {
  let parts = [Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)];
  let size = 0;
  const add = (bytes) => {
    parts.push(bytes);
    size += bytes.length;
  };
  for (const [fid, geometry, ...values] of rows()) {
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
