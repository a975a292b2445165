/**
 * Packs one table into a snapshot as the server does (binary COPY, CopyReader, SnapshotBuilder), in a process of its own so that its
 * peak memory is its own: `node pack.js '{"url", "columns", "select", "file"}'`. The select gives fid, WKB in longitude and latitude,
 * columns. Prints one line of JSON.
 */
import { writeFileSync } from 'node:fs';
import { SnapshotBuilder } from '@yutu/tiles';
import { to as copyTo } from 'pg-copy-streams';
import { CopyReader, decode } from '../../server/dist/store/copy-binary.js';
import { connect } from './database.js';

const { url, columns, select, file } = JSON.parse(process.argv[2]);
const client = await connect(url);
const rssBefore = process.memoryUsage.rss();
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
for await (const chunk of client.query(copyTo(`copy (${select}) to stdout (format binary)`))) copy.push(chunk);
copy.end();
const bytes = await builder.finish();
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(usage);
await client.end();
writeFileSync(file, bytes);
console.log(
  JSON.stringify({
    ...builder.report,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    bytes: bytes.length,
    rssBefore,
    rssPeak: process.resourceUsage().maxRSS * 1024,
  }),
);
