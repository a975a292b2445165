import { join } from 'node:path';
import { sideBySide, together, zoomTable } from '../beside.js';
import { cityOf } from '../data/city.js';
import { realLayers } from '../data/real.js';
import { fill, places, withDatabase } from '../database.js';
import { opened, packed } from '../engine.js';
import { count, kB, MB, ms, table, times } from '../format.js';
import { peer } from '../peer.js';
import { tilesAt } from '../sample.js';

const PLACES = 20_000;
const NAMES = ['tz', 'water', 'shore', 'points', 'parcels', 'streets'];
const DEEP = [10, 14];

/** Cold tiles of real and generated layers beside the SQL that other servers send, and what building their snapshots takes. */
export const cut = {
  title: 'A cold tile, beside SQL',
  async run(bench) {
    const chosen = bench.layers ?? (bench.quick ? ['shore', 'parcels'] : NAMES);
    const known = layersOf(bench);
    const unknown = chosen.filter((name) => !known[name]);
    if (unknown.length > 0) throw new Error(`no layer ${unknown.join(', ')}: there are ${Object.keys(known).join(', ')}`);
    const layers = [];
    for (const name of chosen) layers.push(await measure(bench, known[name]));
    return {
      verdicts: layers.flatMap(verdictsOf),
      body: [notes, ...layers.map(layerText), packNotes, packTable(layers)].join('\n\n'),
    };
  },
};

function layersOf(bench) {
  const [parcels, streets] = cityOf(bench.parcels);
  const addresses = cityOf(10 * bench.parcels).find(({ name }) => name === 'addresses');
  return {
    ...realLayers(bench.say),
    points: { ...addresses, name: 'points', title: 'addresses of a generated city' },
    parcels: { ...parcels, title: 'parcels of a generated city, which share their borders vertex by vertex' },
    streets: { ...streets, title: 'streets of a generated city' },
  };
}

/** Loads a layer, packs it, and cuts its tiles zoom by zoom; each in a database of its own, so that none disturbs the next. */
const measure = (bench, layer) =>
  withDatabase(bench.server, async (url, client) => {
    const { features } = await fill(client, layer, bench.say);
    const file = join(bench.folder, `${layer.name}.snapshot`);
    const pack = await packed(url, layer, file, { expected: features, say: bench.say });
    bench.say(`${layer.name}: packed, ${(pack.vertices / pack.seconds / 1e6).toFixed(2)} M vertices/s`);
    const snapshot = opened(file);
    const spots = await places(client, layer.name, features, PLACES);
    const zooms = [];
    for (let zoom = bench.zooms[0]; zoom <= bench.zooms[1]; zoom++) {
      const tiles = tilesAt(spots, zoom, bench.tiles);
      const result = await sideBySide(peer(client, layer), layer, snapshot, tiles, bench);
      zooms.push(result);
      bench.say(
        `${layer.name} z${zoom}: ${result.tiles} tiles, SQL ${ms(result.sql.p50)} ms, cut ${ms(result.cut.p50)} ms, ${times(result.ratio)}`,
      );
    }
    bench.remove(file);
    return { ...layer, pack, zooms };
  });

function verdictsOf({ name, pack, zooms }) {
  const rows = [];
  const deep = zooms.filter(({ zoom }) => zoom >= DEEP[0] && zoom <= DEEP[1]);
  const far = zooms.filter(({ zoom }) => zoom < DEEP[0]);
  if (deep.length > 0) {
    const { tiles, ratio, slowest } = together(deep);
    rows.push([`cold tile z10–z14, ${name}`, '≥ 25 × SQL (median)', `${times(ratio)}, ${tiles} tiles`, ratio >= 25]);
    rows.push([`cold tile z10–z14, ${name}`, 'p95 ≤ 5 ms', `${ms(slowest)} ms at the worst zoom`, slowest <= 5]);
  }
  if (far.length > 0) {
    const { tiles, ratio, slowest, packed: bytes } = together(far);
    const least = far.reduce((a, b) => (b.ratio < a.ratio ? b : a));
    const worst = `${times(least.ratio)} at the worst (z${least.zoom})`;
    rows.push([`cold tile z0–z9, ${name}`, '≥ 200 × SQL (median)', `${times(ratio)}, ${tiles} tiles; ${worst}`, ratio >= 200]);
    rows.push([`cold tile z0–z9, ${name}`, '≤ 5 ms to cut', `${ms(slowest)} ms (p95 of the worst zoom)`, slowest <= 5]);
    rows.push([`cold tile z0–z9, ${name}`, '≤ 500 kB compressed', `${kB(bytes)} kB`, bytes <= 500_000]);
  }
  const pace = pack.vertices / pack.cpuSeconds;
  // a point is all attributes and no line: features count there, and no figure is set for them
  if (pack.vertices > 2 * pack.features)
    rows.push([`snapshot build, ${name}`, '≥ 3 M vertices/s per core', `${(pace / 1e6).toFixed(1)} M`, pace >= 3e6]);
  const grown = pack.rssPeak - pack.rssBefore;
  rows.push([`snapshot build, ${name}`, 'RSS ≤ 600 MB', `${MB(grown)} MB above the start`, grown <= 600e6]);
  return rows;
}

const notes = `Tables in EPSG:4490 with GiST. Milliseconds and kB. SQL is \`ST_AsMVT(ST_AsMVTGeom(ST_Transform(geom, 3857), …))\`, prepared, as
Martin, pg_tileserv and tipg send it, with one round trip over the socket (the driver takes the bytes as hexadecimal text, which costs
it 2–4 ms a megabyte); "cut" is \`cutTile\` on one thread from a snapshot in memory, without HTTP and without any tile cache. Different
tiles around features picked at random, each by both in turns, three rounds or more after one to warm up (one round where SQL takes
over 200 ms), the cutter warmed up for 0.3 s a zoom; the ratio is the median over the tiles of median SQL / median cut. Far out there
are few tiles, and a zoom is left when its time is up. Below zoom 14 the cut tile is generalised, SQL sends all: the ratio there is of
what the map needs, not of equal bytes. Latitudes past 85.05° are moved there: \`ST_Transform\` refuses the poles.`;

const layerText = ({ name, title, pack, zooms }) =>
  `### ${name}: ${title}\n\n${count(pack.features)} features, ${count(pack.vertices)} vertices\n\n${zoomTable(zooms)}`;

const packNotes = `### Building their snapshots

Each in a process of its own: binary COPY out of PostgreSQL, which shares the cores, read row by row, packed, in one thread.
"Processor" is the packing process alone; the peak is above what it held before the first row.`;

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
      MB(pack.rssPeak - pack.rssBefore),
      MB(pack.bytes),
    ]),
  );
}
