/**
 * Packs rows into a snapshot as the server does (binary COPY, its Packer), in a process of its own so that its peak memory is its own:
 * `node pack.js '{"url", "columns", "select", "file", "expected"}'`. The select gives fid, WKB in longitude and latitude, columns. Tells its
 * progress on stderr, and in the end one line of JSON on stdout.
 */
import { statSync, writeFileSync } from 'node:fs';
import { to as copyTo } from 'pg-copy-streams';
import { Packer } from '../../server/dist/tiles/pack.js';
import { connect } from './database.js';

const TOLD_MS = 10_000;

const { url, columns, select, file, expected } = JSON.parse(process.argv[2]);
const client = await connect(url);
const rssBefore = process.memoryUsage.rss();
const started = performance.now();
const usage = process.cpuUsage();

let told = started;
const packer = new Packer(columns, {
  file,
  scratch: `${file}.scratch`,
  expected,
  progress: ({ phase, features, share }) => {
    if (performance.now() < told + TOLD_MS) return;
    told = performance.now();
    console.error(`${phase}: ${features} features, ${Math.round(100 * share)} % of this phase`);
  },
});
for await (const chunk of client.query(copyTo(`copy (${select}) to stdout (format binary)`))) packer.push(chunk);
const { bytes, report } = packer.finish();
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(usage);
if (bytes) writeFileSync(file, bytes);
await client.end();
console.log(
  JSON.stringify({
    ...report,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    bytes: statSync(file).size,
    onDisk: bytes === null,
    rssBefore,
    rssPeak: process.resourceUsage().maxRSS * 1024,
  }),
);
