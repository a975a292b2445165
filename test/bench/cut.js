import { brotliCompressSync, constants } from 'node:zlib';
import { cutTile, GRID, tileCoord } from '@yutu/tiles';
import { seeded } from './city.js';

/** Rounds a tile is measured in, more where there are few tiles, so that a zoom has so many figures at least. */
const ROUNDS = 3;
const FIGURES = 12;
/** So long the cutter runs before it is measured, as it would have in a server. */
const WARM_MS = 300;

/**
 * Cuts the same random tiles of one zoom by SQL and from the snapshot, in turns: one round to warm up, then three or more. Tiles lie
 * around features picked at random. A zoom whose tiles take SQL long gets fewer of them.
 */
export async function sideBySide(client, layer, snapshot, zoom, { tiles: wanted, seconds }) {
  const tiles = pick(snapshot, zoom, wanted);
  const statement = peerStatement(layer);
  const bySql = async ({ z, x, y }) => {
    const { rows } = await client.query({ name: layer.name, text: statement, values: [z, x, y] });
    return rows[0].mvt?.length ?? 0;
  };
  const results = [];
  const rounds = Math.max(ROUNDS, Math.ceil(FIGURES / tiles.length));
  const warm = performance.now() + WARM_MS;
  for (let i = 0; performance.now() < warm; i++) cutTile(snapshot, tiles[i % tiles.length], { layerName: layer.name });
  const ends = performance.now() + seconds * 1000;
  for (const tile of tiles) {
    if (results.length > 0 && performance.now() > ends) break;
    let largest = { bytes: new Uint8Array(0), features: 0 };
    const byCut = () => {
      largest = cutTile(snapshot, tile, { layerName: layer.name });
      return largest.bytes.length;
    };
    const result = { sql: [], cut: [], sqlBytes: 0, cutBytes: 0, packedBytes: 0, features: 0 };
    for (let round = 0; round <= rounds; round++) {
      // whoever comes second finds the processor's caches as the first left them
      const turns = round % 2 === 0 ? ['sql', 'cut'] : ['cut', 'sql'];
      for (const turn of turns) {
        const begun = performance.now();
        const size = turn === 'sql' ? await bySql(tile) : byCut();
        const took = performance.now() - begun;
        if (round > 0) result[turn].push(took);
        result[`${turn}Bytes`] = size;
      }
    }
    result.features = largest.features;
    result.packedBytes =
      largest.bytes.length && brotliCompressSync(largest.bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }).length;
    results.push(result);
  }
  return summary(zoom, results);
}

/**
 * What Martin, pg_tileserv and tipg send for a table in EPSG:4490, prepared. Without the margin at the lowest zooms: there it reaches past
 * 180°, the transformed box turns inside out and nothing is found.
 */
export function peerStatement({ name, columns }) {
  return `select st_asmvt(tile, '${name}', 4096, 'geom', 'fid') as mvt from (
    select st_asmvtgeom(st_transform(geom, 3857), st_tileenvelope($1, $2, $3), 4096, 64, true) as geom,
      fid, ${columns.map((c) => `"${c.name}"`).join(', ')}
    from ${name} where geom && st_transform(st_tileenvelope($1, $2, $3, margin => case when $1 < 3 then 0 else 0.015625 end), 4490)
  ) as tile where geom is not null`;
}

function pick(snapshot, zoom, wanted) {
  const random = seeded(zoom + 1);
  const band = snapshot.bands.at(-1);
  const size = GRID / 2 ** zoom;
  const tiles = new Map();
  for (let i = 0; i < 20 * wanted && tiles.size < wanted; i++) {
    const { box, count } = band.page(Math.floor(random() * band.pages));
    const at = 4 * Math.floor(random() * count);
    const [x, y] = [box[at], box[at + 1]].map((v) => Math.floor((v + GRID / 2) / size));
    tiles.set(`${x}/${y}`, tileCoord(zoom, x, y));
  }
  return [...tiles.values()];
}

export const quantile = (values, q) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
};
const median = (values) => quantile(values, 0.5);
const times = (values) => ({ p50: median(values), p95: quantile(values, 0.95), max: Math.max(...values) });

/** @throws Error when nothing was measured. Far out SQL may rightly come to nothing: it drops what is smaller than a unit. */
function summary(zoom, results) {
  const empty = (key) => results.every((result) => result[key] === 0);
  if (results.length === 0 || empty('cutBytes') || (zoom >= 10 && empty('sqlBytes')))
    throw new Error(`zoom ${zoom}: nothing was measured`);
  const bytes = (key) => results.map((result) => result[key]);
  return {
    zoom,
    tiles: results.length,
    sql: times(results.flatMap(({ sql }) => sql)),
    cut: times(results.flatMap(({ cut }) => cut)),
    ratios: results.map(({ sql, cut }) => median(sql) / median(cut)),
    ratio: median(results.map(({ sql, cut }) => median(sql) / median(cut))),
    sqlBytes: { p50: median(bytes('sqlBytes')), max: Math.max(...bytes('sqlBytes')) },
    cutBytes: { p50: median(bytes('cutBytes')), max: Math.max(...bytes('cutBytes')) },
    packedMax: Math.max(...bytes('packedBytes')),
    features: Math.max(...bytes('features')),
  };
}
