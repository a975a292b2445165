import { readFileSync } from 'node:fs';
import os from 'node:os';
import { quantile } from './cut.js';

const ms = (value) => (value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toPrecision(2));
const kB = (bytes) => (bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0);
const MB = (bytes) => (bytes / 1e6).toFixed(0);
const count = (n) => Math.round(n).toLocaleString('en-US');
const times = (value) => `${value >= 10 ? value.toFixed(0) : value.toFixed(1)} ×`;

function table(head, rows) {
  return [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The report in Markdown. */
export function report({ command, versions, load, parcels, layers, http, withoutHttp }) {
  const parts = [
    `Command: \`${command}\``,
    `When: ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `Machine: ${os.cpus().length} cores (${cpuName()}), ${(os.totalmem() / 1024 ** 3).toFixed(0)} GB of memory, ${os.type()} ${os.release()}`,
    `Versions: Node ${process.versions.node}, PostgreSQL ${versions.server}, PostGIS ${versions.postgis}; JIT off, ${versions.workers} parallel workers a query, shared_buffers ${versions.buffers}`,
    `Load average when it began and ended: ${load.map((n) => n.toFixed(1)).join(' and ')} (all that ran on the machine, this bench included)`,
    '## Reached or not',
    verdicts({ layers, http, withoutHttp }),
    `## A cold tile, beside SQL\n\n${count(parcels)} parcels and what belongs to them, tables in EPSG:4490 with GiST. ${coldNotes}`,
    ...layers.map(
      (layer) =>
        `### ${layer.name}: ${count(layer.pack.features)} features, ${count(layer.pack.vertices)} vertices\n\n${zoomTable(layer.zooms)}`,
    ),
    `## Building a snapshot\n\n${packNotes}\n\n${packTable(layers)}`,
    `## Over HTTP\n\n${http ? `${httpNotes}\n\n${httpTable(http)}` : `Not measured: ${withoutHttp}.`}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

const coldNotes = `Milliseconds and kB uncompressed. SQL is \`ST_AsMVT(ST_AsMVTGeom(ST_Transform(geom, 3857), …))\`, prepared, as
Martin, pg_tileserv and tipg send it, with one round trip over the socket; "cut" is \`cutTile\` on one thread from a snapshot in memory,
without HTTP and without any tile cache. The same tiles in turns, three rounds or more after one to warm up, the
cutter warmed up for 0.3 s a zoom; the ratio is the median over the tiles of median SQL / median cut. Below zoom 14 the cut tile is generalised, SQL sends all: the ratio there is of what the map needs, not of equal bytes.`;
const packNotes = `Each in a process of its own: binary COPY out of PostgreSQL, which shares the cores, read row by row, packed, in one thread.
"Processor" is the packing process alone. The peak holds the snapshot itself.`;
const httpNotes = `The demonstration on PostGIS, gzip, wrk with one thread and 64 connections on the same machine; of three rounds in
turns the one in the middle. "Per core" is answers per second of
processor time of the server process, its worker threads included: what it would do with a core of its own while wrk has another.`;

function zoomTable(zooms) {
  const head = [
    'zoom',
    'tiles',
    'SQL p50',
    'p95',
    'max',
    'cut p50',
    'p95',
    'max',
    'ratio',
    'SQL kB p50',
    'max',
    'cut kB p50',
    'max',
    'largest, brotli 4',
  ];
  return table(
    head,
    zooms.map((z) => [
      z.zoom,
      z.tiles,
      ...[z.sql.p50, z.sql.p95, z.sql.max, z.cut.p50, z.cut.p95, z.cut.max].map(ms),
      times(z.ratio),
      ...[z.sqlBytes.p50, z.sqlBytes.max, z.cutBytes.p50, z.cutBytes.max, z.packedMax].map(kB),
    ]),
  );
}

function packTable(layers) {
  return table(
    ['layer', 'seconds', 'processor s', 'features/s', 'vertices/s', 'vertices/s of processor', 'peak RSS MB', 'snapshot MB'],
    layers.map(({ name, pack }) => [
      name,
      pack.seconds.toFixed(1),
      pack.cpuSeconds.toFixed(1),
      count(pack.features / pack.seconds),
      count(pack.vertices / pack.seconds),
      count(pack.vertices / pack.cpuSeconds),
      MB(pack.rssPeak),
      MB(pack.bytes),
    ]),
  );
}

function httpTable(http) {
  return table(
    ['answer', 'tiles', 'kB', 'per second', 'cores used', 'per core', 'p50 ms', 'p95', 'p99'],
    http.map((h) => [
      h.name,
      h.tiles,
      kB(h.tileBytes),
      count(h.perSecond),
      h.cores.toFixed(2),
      count(h.perCore),
      ...[h.p50, h.p95, h.p99].map(ms),
    ]),
  );
}

function verdicts({ layers, http, withoutHttp }) {
  const deep = (layer) => layer.zooms.filter(({ zoom }) => zoom >= 10 && zoom <= 14);
  const low = layers.flatMap(({ zooms }) => zooms.filter(({ zoom }) => zoom < 10));
  const rows = layers.flatMap((layer) => {
    const ratios = deep(layer).flatMap((zoom) => zoom.ratios);
    if (ratios.length === 0) return [];
    const median = quantile(ratios, 0.5);
    return [
      [`cold tile z10–z14, ${layer.name}`, '≥ 25 × SQL (median)', `${times(median)}, ${ratios.length} tiles`, median >= 25],
    ];
  });
  if (rows.length > 0) {
    const p95 = Math.max(...layers.flatMap((layer) => deep(layer).map(({ cut }) => cut.p95)));
    rows.push(['cold tile z10–z14', 'p95 ≤ 5 ms', `${ms(p95)} ms at the worst zoom`, p95 <= 5]);
  }
  if (low.length > 0) {
    const least = low.reduce((a, b) => (b.ratio < a.ratio ? b : a));
    const largest = Math.max(...low.map(({ packedMax }) => packedMax));
    const slowest = Math.max(...low.map(({ cut }) => cut.p95));
    rows.push(['cold tile z0–z9', '≥ 200 × SQL', `${times(least.ratio)} at the worst (z${least.zoom})`, least.ratio >= 200]);
    rows.push(['cold tile z0–z9', '≤ 5 ms to cut', `${ms(slowest)} ms (p95 of the worst zoom)`, slowest <= 5]);
    rows.push(['cold tile z0–z9', '≤ 500 kB compressed', `${kB(largest)} kB`, largest <= 500_000]);
  }
  const pace = Math.min(
    ...layers.filter(({ pack }) => pack.vertices > pack.features).map(({ pack }) => pack.vertices / pack.cpuSeconds),
  );
  const peak = Math.max(...layers.map(({ pack }) => pack.rssPeak));
  rows.push([
    'snapshot build',
    '≥ 3 M vertices/s per core',
    `${(pace / 1e6).toFixed(1)} M (the slower of parcels and streets)`,
    pace >= 3e6,
  ]);
  rows.push(['snapshot build', 'RSS ≤ 600 MB', `${MB(peak)} MB`, peak <= 600e6]);
  if (http) {
    const [open, closed, , uncached] = http;
    const share = closed.perCore / open.perCore;
    rows.push(['cached tile', '≥ 40,000/s on one core', `${count(open.perCore)}/s of processor time`, open.perCore >= 40_000]);
    rows.push(['cached tile', 'p99 ≤ 5 ms at 64 connections', `${ms(open.p99)} ms`, open.p99 <= 5]);
    rows.push(['cached tile of a restricted layer', '≥ 0.9 of the public rate', share.toFixed(2), share >= 0.9]);
    rows.push([
      'uncached tile z14, compressed',
      '≥ 10,000/s per core',
      `${count(uncached.perCore)}/s of processor time`,
      uncached.perCore >= 10_000,
    ]);
  } else rows.push(['over HTTP', '', withoutHttp, null]);
  return table(
    ['what', 'to reach', 'measured', ''],
    rows.map(([what, target, value, ok]) => [
      what,
      target,
      value,
      ok === null ? 'not measured' : ok ? 'reached' : '**not reached**',
    ]),
  );
}

function cpuName() {
  return (os.cpus()[0]?.model ?? 'unknown').replace(/\s+/g, ' ').trim();
}

/** Facts about the database that the figures depend on. */
export async function versionsOf(client) {
  const { rows } = await client.query(
    `select current_setting('server_version') as server, postgis_lib_version() as postgis,
       current_setting('max_parallel_workers_per_gather') as workers, current_setting('shared_buffers') as buffers`,
  );
  return rows[0];
}

/** The part of docs/performance.md that people write: above the line that says the rest is generated. */
export function keptPart(file, line) {
  try {
    return readFileSync(file, 'utf8').split(line)[0];
  } catch {
    return '# Performance\n\n';
  }
}
