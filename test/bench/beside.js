import { brotliCompressSync, constants } from 'node:zlib';
import { cutTile } from './engine.js';
import { count, kB, ms, table, times } from './format.js';
import { largest, median, spread } from './statistics.js';

/** Rounds a tile is measured in, more where there are few tiles, so that a zoom has so many figures at least. */
const ROUNDS = 3;
const FIGURES = 12;
/** A tile that takes SQL longer is asked for once to warm up and once to be measured: it is no matter of noise. */
const SLOW_MS = 200;
/** So long the cutter runs before it is measured, as it would have in a server. */
const WARM_MS = 300;

/**
 * Cuts the same tiles of one zoom by SQL and from the snapshot, in turns, after one round to warm up.
 * @param bySql has a tile made, gives its bytes
 * @param seconds after so many no further tile is begun
 * @throws Error when nothing was measured. Far out SQL may rightly come to nothing: it drops what is smaller than a unit.
 */
export async function sideBySide(bySql, layer, snapshot, tiles, { seconds }) {
  const byCut = (tile) => cutTile(snapshot, tile, { layerName: layer.name });
  warmUp(byCut, tiles);
  const results = [];
  const ends = performance.now() + seconds * 1000;
  for (const tile of tiles) {
    if (results.length > 0 && performance.now() > ends) break;
    results.push(await oneTile(bySql, byCut, tile, Math.max(ROUNDS, Math.ceil(FIGURES / tiles.length))));
  }
  const zoom = tiles[0]?.z;
  const empty = (key) => results.every((result) => result[key] === 0);
  if (results.length === 0 || empty('cutBytes') || (zoom >= 10 && empty('sqlBytes')))
    throw new Error(`${layer.name}, zoom ${zoom}: nothing was measured`);
  const all = (key) => results.flatMap((result) => result[key]);
  return {
    zoom,
    tiles: results.length,
    sql: spread(all('sql')),
    cut: spread(all('cut')),
    ratios: results.map(({ sql, cut }) => median(sql) / median(cut)),
    ratio: median(results.map(({ sql, cut }) => median(sql) / median(cut))),
    sqlBytes: spread(all('sqlBytes')),
    cutBytes: spread(all('cutBytes')),
    packed: spread(all('packed')),
  };
}

/** Runs the cutter as it would have run in a server. */
export function warmUp(byCut, tiles) {
  const warm = performance.now() + WARM_MS;
  for (let i = 0; performance.now() < warm; i++) byCut(tiles[i % tiles.length]);
}

async function oneTile(bySql, byCut, tile, rounds) {
  const result = { sql: [], cut: [] };
  let last;
  const measure = {
    sql: async () => {
      result.sqlBytes = await bySql(tile);
    },
    cut: () => {
      last = byCut(tile);
      result.cutBytes = last.bytes.length;
    },
  };
  for (let round = 0; round <= rounds; round++) {
    // whoever comes second finds the processor's caches as the first left them
    for (const turn of round % 2 === 0 ? ['sql', 'cut'] : ['cut', 'sql']) {
      const begun = performance.now();
      await measure[turn]();
      const took = performance.now() - begun;
      if (round > 0) result[turn].push(took);
      else if (turn === 'sql' && took > SLOW_MS) rounds = 1;
    }
  }
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
  result.packed = last.bytes.length && brotliCompressSync(last.bytes, options).length;
  return result;
}

/** A row for each zoom. */
export function zoomTable(zooms) {
  const head = ['zoom', 'tiles', 'SQL p50', 'p95', 'max', 'cut p50', 'p95', 'max', 'ratio'];
  const sizes = ['SQL kB p50', 'max', 'cut kB p50', 'max', 'brotli 4 kB p50', 'max'];
  return table(
    [...head, ...sizes],
    zooms.map((z) => [
      z.zoom,
      count(z.tiles),
      ...[z.sql.p50, z.sql.p95, z.sql.max, z.cut.p50, z.cut.p95, z.cut.max].map(ms),
      times(z.ratio),
      ...[z.sqlBytes, z.cutBytes, z.packed].flatMap(({ p50, max }) => [kB(p50), kB(max)]),
    ]),
  );
}

/** The figures of several zooms together, each tile counted once. */
export function together(zooms) {
  const ratios = zooms.flatMap((zoom) => zoom.ratios);
  return {
    tiles: ratios.length,
    ratio: median(ratios),
    slowest: largest(zooms.map(({ cut }) => cut.p95)),
    packed: largest(zooms.map(({ packed }) => packed.max)),
  };
}
