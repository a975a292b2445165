/**
 * Packs a generated city of parcels and cuts its tiles: `node tiles/bench.js [parcels] [--zooms 0-16] [--tiles 200]`, after
 * `npx tsc -b tiles`. Seeded: the same city and the same tiles every time. Prints the pace of packing and, per zoom, the time of a
 * tile (mean CPU time; p50, p95, max by the clock, which other work on the machine spoils) over random tiles that meet the city, what
 * valid polygons cost (CPU time of the best round beside that with `valid: false`), and the largest tile raw and compressed. Tiles are
 * not cached.
 */
import { performance } from 'node:perf_hooks';
import { brotliCompressSync, constants } from 'node:zlib';
import { PARCEL_COLUMNS, parcelsOf, seeded } from './city.js';
import { cutTile, openSnapshot, openSnapshotFile, PageCache, SnapshotBuilder, tileCoord, tileWorldBox } from './dist/index.js';

const args = process.argv.slice(2);
const option = (name, fallback) => (args.includes(name) ? args[args.indexOf(name) + 1] : fallback);
const COUNT = Number(args.find((arg) => /^\d+$/.test(arg)) ?? 300_000);
const FILE = option('--file', null);
const SAMPLES = Number(option('--tiles', 200));
const [FIRST, LAST] = option('--zooms', '0-17').split('-').map(Number);
/** WKB of a polygon of one closed ring. */
function wkbRing(xy) {
  const n = xy.length / 2;
  const view = new DataView(new ArrayBuffer(13 + 16 * n));
  view.setUint8(0, 1);
  view.setUint32(1, 3, true);
  view.setUint32(5, 1, true);
  view.setUint32(9, n, true);
  for (let i = 0; i < 2 * n; i++) view.setFloat64(13 + 8 * i, xy[i], true);
  return new Uint8Array(view.buffer);
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
const kb = (bytes) => (bytes / 1000).toFixed(0);

let generating = 0;
const start = performance.now();
const usageBefore = process.cpuUsage();
const rssBefore = process.memoryUsage.rss();
const builder = new SnapshotBuilder({ columns: PARCEL_COLUMNS, crs: 'lonlat', ...(FILE && { scratch: `${FILE}.scratch` }) });
let mark = performance.now();
for (const { fid, ring, values } of parcelsOf(COUNT)) {
  const wkb = wkbRing(ring);
  generating += performance.now() - mark;
  builder.add(fid, wkb, values);
  mark = performance.now();
}
const added = performance.now() - start - generating;
const beforeFinish = performance.now();
const bytes = FILE ? builder.finishFile(FILE) : builder.finish();
const usage = process.cpuUsage(usageBefore);
const finished = performance.now() - beforeFinish;
const { features, vertices } = builder.report;
const opening = performance.now();
const snapshot = FILE ? openSnapshotFile(FILE, new PageCache(128e6)) : openSnapshot(bytes);
const opened = performance.now() - opening;
console.log(
  `${features} parcels, ${vertices} vertices: add ${added.toFixed(0)} ms, finish ${finished.toFixed(0)} ms (CPU with making the city ${((usage.user + usage.system) / 1e6).toFixed(1)} s, of that ${(generating / 1000).toFixed(1)} s), ` +
    `${(vertices / (added + finished) / 1000).toFixed(2)} M vertices/s; snapshot ${kb(snapshot.size / 1000)} MB, ` +
    `open and verify ${opened.toFixed(1)} ms, peak RSS ${kb(process.resourceUsage().maxRSS)} MB, ${kb(rssBefore / 1000)} MB at the start`,
);
for (const band of snapshot.bands) {
  console.log(`band z${band.minZoom}–${band.maxZoom}: ${band.features} features, ${band.vertices} vertices, ${band.pages} pages`);
}

const next = seeded(7);
/** Adds up what is cut, so that no cut can be optimised away. */
let sink = 0;
console.log('zoom  tiles  cpu ms  p50 ms  p95 ms  max ms  valid  features  raw kB   br4 kB  dot');
for (let zoom = FIRST; zoom <= LAST; zoom++) {
  const box = tileWorldBox(tileCoord(zoom, 0, 0));
  const size = box.maxX - box.minX;
  const range = (min, max) => [min, max].map((at) => Math.floor((at + 2 ** 30) / size));
  const [x0, x1] = range(snapshot.box.minX, snapshot.box.maxX);
  const [y0, y1] = range(snapshot.box.minY, snapshot.box.maxY);
  const tiles = [];
  const all = (x1 - x0 + 1) * (y1 - y0 + 1);
  if (all <= SAMPLES) for (let x = x0; x <= x1; x++) for (let y = y0; y <= y1; y++) tiles.push(tileCoord(zoom, x, y));
  else {
    for (let i = 0; i < SAMPLES; i++) {
      tiles.push(tileCoord(zoom, x0 + Math.floor(next() * (x1 - x0 + 1)), y0 + Math.floor(next() * (y1 - y0 + 1))));
    }
  }
  const rounds = tiles.length < 10 ? 9 : 3;
  const times = [];
  let cpu = 0;
  /** CPU time of each round, and of the same tiles with polygons left as they come. */
  const checked = [];
  const unchecked = [];
  let largest = { bytes: new Uint8Array(0), features: 0 };
  for (let round = 0; round < rounds; round++) {
    const usage = process.cpuUsage();
    for (const tile of tiles) {
      const begun = performance.now();
      const cut = cutTile(snapshot, tile, { layerName: 'parcels' });
      // The first round warms up.
      if (round > 0) times.push(performance.now() - begun);
      sink += cut.bytes.length;
      if (cut.bytes.length > largest.bytes.length) largest = cut;
    }
    const used = process.cpuUsage(usage);
    if (round > 0) cpu += (used.user + used.system) / 1000;
    checked.push(used.user + used.system);
    const again = process.cpuUsage();
    for (const tile of tiles) sink += cutTile(snapshot, tile, { layerName: 'parcels', valid: false }).bytes.length;
    const other = process.cpuUsage(again);
    unchecked.push(other.user + other.system);
  }
  times.sort((a, b) => a - b);
  const packed = brotliCompressSync(largest.bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }).length;
  console.log(
    [
      String(zoom).padStart(4),
      String(tiles.length).padStart(5),
      (cpu / times.length).toFixed(3).padStart(6),
      ...[quantile(times, 0.5), quantile(times, 0.95), quantile(times, 1)].map((t) => t.toFixed(3).padStart(6)),
      (Math.min(...checked) / Math.min(...unchecked)).toFixed(2).padStart(5),
      String(largest.features).padStart(8),
      kb(largest.bytes.length).padStart(6),
      kb(packed).padStart(7),
      String(snapshot.zooms[zoom]?.dot ?? '').padStart(3),
    ].join('  '),
  );
}
if (sink === 0) throw new Error('nothing was measured');
