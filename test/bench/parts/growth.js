import { join } from 'node:path';
import { warmUp } from '../beside.js';
import { cityOf, cityWidth } from '../data/city.js';
import { checkDisk, fill, places, versionsOf, withDatabase } from '../database.js';
import { cutTile, opened, openedFile, PAGE_CACHE, packed } from '../engine.js';
import { count, MB, ms, table } from '../format.js';
import { tilesAt } from '../sample.js';
import { spread } from '../statistics.js';

const PLACES = 20_000;
const ROUNDS = 3;
const ZOOMS = [0, 4, 6, 8, 9, 10, 11, 12, 13, 14, 16];
/** From the zoom on where the smallest city is so many tiles across, tiles are alike; below, a larger city fills more of a tile. */
const ACROSS = 5;
const FLAT = 1.25;
/** Larger snapshots are not tried in memory. */
const IN_MEMORY = 2e9;
/** What a parcel takes on the disk: in the database, in the snapshot and in what is sorted for it. */
const IN_DATABASE = 1_100;
const IN_FOLDER = 1_400;

/** The same city at several sizes: tiles should cost the same, building no more memory. */
export const growth = {
  title: 'Growth',
  async run(bench) {
    const sizes = [];
    for (const parcels of bench.growth) sizes.push(await measure(bench, parcels));
    return {
      verdicts: verdictsOf(sizes),
      body: [
        notes,
        'In memory:',
        zoomTable(sizes, 'memory'),
        fileNotes,
        zoomTable(sizes, 'file'),
        'Building:',
        buildTable(sizes),
      ].join('\n\n'),
    };
  },
};

const measure = (bench, parcels) =>
  withDatabase(bench.server, async (url, client) => {
    const { folder } = await versionsOf(client);
    checkDisk([folder], parcels * IN_DATABASE);
    checkDisk([bench.folder], parcels * IN_FOLDER);
    checkDisk([bench.folder, folder], parcels * (IN_DATABASE + IN_FOLDER));
    const layer = cityOf(parcels).find(({ name }) => name === 'parcels');
    const loaded = await fill(client, layer, bench.say);
    const file = join(bench.folder, 'growth.snapshot');
    const pack = await packed(url, layer, file, { expected: parcels, say: bench.say });
    bench.say(`${count(parcels)} parcels packed in ${pack.seconds.toFixed(0)} s`);
    const spots = await places(client, layer.name, parcels, PLACES);
    const zoomsOf = (snapshot) => ZOOMS.map((zoom) => timesOf(snapshot, layer, tilesAt(spots, zoom, bench.quick ? 20 : 200)));
    const paged = openedFile(file);
    const zooms = { file: zoomsOf(paged), memory: pack.bytes <= IN_MEMORY ? zoomsOf(opened(file)) : null };
    paged.close();
    bench.remove(file);
    return { parcels, loaded, pack, zooms };
  });

function timesOf(snapshot, layer, tiles) {
  const byCut = (tile) => cutTile(snapshot, tile, { layerName: layer.name });
  warmUp(byCut, tiles);
  const took = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++)
    for (const tile of tiles) {
      const begun = performance.now();
      bytes += byCut(tile).bytes.length;
      took.push(performance.now() - begun);
    }
  if (bytes === 0) throw new Error(`zoom ${tiles[0].z}: nothing was measured`);
  return { zoom: tiles[0].z, tiles: tiles.length, bytes: bytes / took.length, ...spread(took) };
}

function verdictsOf(sizes) {
  const [least, most] = [sizes[0], sizes.at(-1)];
  const alike = Math.min(...ZOOMS.filter((zoom) => 360 / 2 ** zoom <= cityWidth(least.parcels) / ACROSS));
  const deep = ZOOMS.filter((zoom) => zoom >= alike);
  const rows = sizes.map(({ parcels, pack }) => {
    const above = pack.rssPeak - pack.rssBefore;
    return [`snapshot build, ${count(parcels)} parcels`, 'RSS ≤ 600 MB', `${MB(above)} MB above the start`, above <= 600e6];
  });
  const pace = Math.min(...sizes.map(({ pack }) => pack.vertices / pack.cpuSeconds));
  rows.push([
    'snapshot build, parcels',
    '≥ 3 M vertices/s per core',
    `${(pace / 1e6).toFixed(1)} M at the slowest size`,
    pace >= 3e6,
  ]);
  for (const from of ['memory', 'file']) {
    if (sizes.length === 1 || !least.zooms[from] || !most.zooms[from]) continue;
    const grown = deep.map((zoom) => ({ zoom, by: p50(most.zooms[from], zoom) / p50(least.zooms[from], zoom) }));
    const worst = grown.reduce((a, b) => (b.by > a.by ? b : a));
    rows.unshift([
      `tile time from ${count(least.parcels)} to ${count(most.parcels)} features, ${from === 'file' ? 'read from a file' : 'in memory'}`,
      `flat: ≤ ${FLAT} × from z${alike} on`,
      `${worst.by.toFixed(2)} × at the worst (p50 at z${worst.zoom})`,
      worst.by <= FLAT,
    ]);
  }
  return rows;
}

const p50 = (zooms, wanted) => zooms.find(({ zoom }) => zoom === wanted).p50;

const notes = `The generated city of parcels at several sizes, of the same density, growing outwards; tiles around parcels picked at random, cut on one
thread without any tile cache. Milliseconds, p50 / p95. Far out the smaller cities do not fill their tiles.`;
const fileNotes = `Page by page from the file, with ${MB(PAGE_CACHE)} MB for pages (the system may hold the file in its own cache):`;

const zoomTable = (sizes, from) =>
  table(
    ['zoom', ...sizes.flatMap(({ parcels }) => [`${count(parcels)}: p50 / p95`, 'kB'])],
    ZOOMS.map((zoom, i) => [
      zoom,
      ...sizes.flatMap(({ zooms: { [from]: zooms } }) =>
        zooms ? [`${ms(zooms[i].p50)} / ${ms(zooms[i].p95)}`, (zooms[i].bytes / 1000).toFixed(1)] : ['–', '–'],
      ),
    ]),
  );

const buildTable = (sizes) =>
  table(
    [
      'parcels',
      'loading s',
      'building s',
      'processor s',
      'features/s',
      'vertices/s',
      'vertices/s of processor',
      'peak RSS MB above start',
      'snapshot MB',
    ],
    sizes.map(({ parcels, loaded, pack }) => [
      count(parcels),
      loaded.seconds.toFixed(0),
      pack.seconds.toFixed(1),
      pack.cpuSeconds.toFixed(1),
      count(pack.features / pack.seconds),
      count(pack.vertices / pack.seconds),
      count(pack.vertices / pack.cpuSeconds),
      MB(pack.rssPeak - pack.rssBefore),
      MB(pack.bytes),
    ]),
  );
