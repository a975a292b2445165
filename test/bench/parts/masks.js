import { join } from 'node:path';
import { warmUp } from '../beside.js';
import { cityOf, cityWidth } from '../data/city.js';
import { fill, places, withDatabase } from '../database.js';
import { cutTile, opened, packed, prepareMask, tileLonLatBox } from '../engine.js';
import { count, ms, table, times } from '../format.js';
import { tilesAt } from '../sample.js';
import { median } from '../statistics.js';

const PLACES = 20_000;
const ROUNDS = 5;
const ZOOMS = [10, 12, 14];
const CENTRE = [106.55, 29.56];
const SIDES = 400;

/** What rights cost: a cold tile under a row filter, a choice of fields, an area, each beside the same tile unmasked. */
export const masks = {
  title: 'Masks',
  run: (bench) =>
    withDatabase(bench.server, async (url, client) => {
      const layer = cityOf(bench.parcels).find(({ name }) => name === 'parcels');
      await fill(client, layer, bench.say);
      const file = join(bench.folder, 'masked.snapshot');
      await packed(url, layer, file);
      const snapshot = opened(file);
      const area = areaOf(bench.parcels);
      const limited = await areaMask(bench, client, url, layer, area.wkt);
      const prepared = {
        row: prepareMask(snapshot, { views: [{ columns: null, rows: WORTH_SEEING, limited: false }], members: null, cut: null }),
        'all rows pass': prepareMask(snapshot, {
          views: [{ columns: null, rows: EVERY, limited: false }],
          members: null,
          cut: null,
        }),
        field: prepareMask(snapshot, { views: [{ columns: [1, 3], rows: null, limited: false }], members: null, cut: null }),
        area: prepareMask(snapshot, limited),
      };
      const spots = await places(client, layer.name, bench.parcels, PLACES);
      const rows = ZOOMS.flatMap((zoom) => measureZoom(bench, layer, snapshot, prepared, area, tilesAt(spots, zoom, 400)));
      if (rows.length === 0) throw new Error('nothing was measured');
      return resultOf(rows, limited);
    }),
};

const WORTH_SEEING = { op: 'in', args: [{ property: 'kind' }, ['住宅', '商业', '教育', '绿地']] };
const EVERY = { op: '>', args: [{ property: 'year' }, 0] };

/** A round area with an uneven border in the middle of the city, as WKT, and on which side of the border a tile lies. */
function areaOf(parcels) {
  const radius = cityWidth(parcels) / 5;
  const at = (angle, scale = 1) => scale * radius * (1 + 0.06 * Math.sin(9 * angle) + 0.03 * Math.sin(31 * angle));
  const ring = Array.from({ length: SIDES + 1 }, (_, i) => {
    const angle = ((i % SIDES) / SIDES) * 2 * Math.PI;
    return `${CENTRE[0] + at(angle) * Math.cos(angle)} ${CENTRE[1] + at(angle) * Math.sin(angle)}`;
  });
  const side = (tile) => {
    const [west, south, east, north] = tileLonLatBox(tile);
    const far = [west, east].flatMap((lon) => [south, north].map((lat) => Math.hypot(lon - CENTRE[0], lat - CENTRE[1]) / radius));
    const half = Math.hypot(east - west, north - south) / radius; // the middle of a side may be nearer than its corners
    if (Math.max(...far) < 0.9) return 'inside';
    if (Math.min(...far) - half / 2 > 1.1) return 'outside';
    return 'border';
  };
  return { wkt: `POLYGON((${ring.join(', ')}))`, side };
}

/** Members and cut geometries as the server has them made, by SQL. */
async function areaMask(bench, client, url, layer, wkt) {
  const area = `st_geomfromtext('${wkt}', 4490)`;
  const { rows } = await client.query(
    `select fid::int8::text as fid, st_covers(${area}, geom) as whole from parcels where st_relate(geom, ${area}, 'T********') order by parcels.fid`,
  );
  const file = join(bench.folder, 'border.snapshot');
  const geometry = `st_multi(st_collectionextract(st_intersection(st_makevalid(geom), ${area}), 3))`;
  await packed(url, layer, file, {
    geometry,
    where: `st_relate(geom, ${area}, 'T********') and not st_covers(${area}, geom)`,
  });
  bench.say(`the area holds ${rows.length} parcels, ${rows.filter(({ whole }) => !whole).length} of them in part`);
  return {
    views: [{ columns: null, rows: null, limited: true }],
    members: {
      fids: Float64Array.from(rows, ({ fid }) => Number(fid)),
      bits: Uint32Array.from(rows, () => 1),
      whole: Uint8Array.from(rows, ({ whole }) => (whole ? 1 : 0)),
    },
    cut: opened(file),
  };
}

/** One row for each kind of mask (areas: each side of the border): the ratio to the unmasked tile, tile by tile, in turns. */
function measureZoom({ quick, say }, layer, snapshot, prepared, area, tiles) {
  const chosen = quick ? tiles.slice(0, 40) : tiles;
  const kinds = new Map();
  const cut = (tile, mask) => cutTile(snapshot, tile, { layerName: layer.name, ...(mask && { mask }) });
  for (const mask of [null, ...Object.values(prepared)]) warmUp((tile) => cut(tile, mask), chosen);
  const timed = (tile, mask, into) => {
    const begun = performance.now();
    const { bytes } = cut(tile, mask);
    into.push(performance.now() - begun);
    return bytes.length;
  };
  for (const tile of chosen)
    for (const [name, mask] of Object.entries(prepared)) {
      const kind = name === 'area' ? `area, ${area.side(tile)}` : name;
      const took = { open: [], masked: [] };
      let bytes = 0;
      for (let round = 0; round < ROUNDS; round++) {
        if (round % 2 === 0) timed(tile, null, took.open);
        bytes = timed(tile, mask, took.masked);
        if (round % 2 === 1) timed(tile, null, took.open);
      }
      const one = { open: median(took.open), masked: median(took.masked), bytes };
      kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
    }
  const { z } = chosen[0];
  say(`z${z}: ${chosen.length} tiles`);
  return [...kinds].map(([kind, all]) => ({
    ...{ zoom: z, kind, tiles: all.length },
    ratio: median(all.map(({ open, masked }) => masked / open)),
    open: median(all.map(({ open }) => open)),
    masked: median(all.map(({ masked }) => masked)),
    empty: all.filter(({ bytes }) => bytes === 0).length,
  }));
}

function resultOf(rows, { members }) {
  const worst = (kind) => Math.max(...rows.filter((row) => row.kind === kind).map(({ ratio }) => ratio));
  const verdict = (kind, most) =>
    rows.some((row) => row.kind === kind)
      ? [
          [
            `cold tile under a mask: ${kind}`,
            `≤ ${most} × unmasked`,
            `${times(worst(kind))} at the worst zoom`,
            worst(kind) <= most,
          ],
        ]
      : [];
  return {
    verdicts: [
      ...verdict('row', 1.1),
      ...verdict('all rows pass', 1.1),
      ...verdict('field', 1.1),
      ...verdict('area, inside', 1.2),
      ...verdict('area, outside', 1.2),
      ...verdict('area, border', 9),
    ],
    body: [
      `Parcels of the generated city. The row filter passes a third of the kinds of use, or all rows; the fields are two of five; the area is round with an
uneven border and holds ${count(members.fids.length)} parcels. The same tile with and without the mask in turns, ${ROUNDS} rounds; medians.`,
      table(
        ['mask', 'zoom', 'tiles', 'empty', 'unmasked ms', 'masked ms', 'ratio'],
        rows.map((row) => [row.kind, row.zoom, row.tiles, row.empty, ms(row.open), ms(row.masked), times(row.ratio)]),
      ),
    ].join('\n\n'),
  };
}
