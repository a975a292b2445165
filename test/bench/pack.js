/**
 * Packs one table into a snapshot as the server does (binary COPY, CopyReader, SnapshotBuilder), in a process of its own so that its
 * peak memory is its own: `node pack.js <database> <layer as JSON> <file>`. Prints one line of JSON.
 */
import { writeFileSync } from 'node:fs';
import { SnapshotBuilder } from '@yutu/tiles';
import { to as copyTo } from 'pg-copy-streams';
import { toLonLat } from '../../server/dist/access/filter-sql.js';
import { CopyReader, decode } from '../../server/dist/store/copy-binary.js';
import { connect } from './database.js';

const [url, layerJson, file] = process.argv.slice(2);
const { name, columns } = JSON.parse(layerJson);
const client = await connect(url);
const before = process.memoryUsage.rss();
const started = performance.now();
const usage = process.cpuUsage();

const builder = new SnapshotBuilder({ columns, crs: 'lonlat' });
const copy = new CopyReader(([fid, wkb, ...values]) => {
  builder.add(
    decode.bigint(fid),
    wkb,
    values.map((value, i) => (value === null ? null : decode[columns[i].type](value))),
  );
});
const select = `select fid, st_asbinary(${toLonLat('geom', 4490)}), ${columns.map((c) => `"${c.name}"`).join(', ')} from ${name}`;
for await (const chunk of client.query(copyTo(`copy (${select}) to stdout (format binary)`))) copy.push(chunk);
copy.end();
const read = performance.now();
const bytes = builder.finish();
const done = performance.now();
const { user, system } = process.cpuUsage(usage);
await client.end();
writeFileSync(file, bytes);
console.log(
  JSON.stringify({
    ...builder.report,
    readSeconds: (read - started) / 1000,
    seconds: (done - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
    bytes: bytes.length,
    rssBefore: before,
    rssPeak: process.resourceUsage().maxRSS * 1024,
  }),
);
