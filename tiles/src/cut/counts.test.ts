import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column } from '../column.js';
import { parseCql2Text } from '../filter/text.js';
import { decode, snapshotOf } from '../testing/tiles.js';
import { tileCoord } from '../tile.js';
import { type CutOptions, cutTile, prepareOverlay } from './cut.js';
import { prepareMask } from './mask.js';

const COLUMNS: Column[] = [
  { name: 'rank', type: 'integer' },
  { name: 'kind', type: 'text' },
];
const COUNTED = { counts: 'point_count' };

/** Points in and about a town; a few of them on one spot. */
const points = (n: number, spread: number, seed: number) => {
  const random = fc.sample(fc.double({ min: -spread, max: spread, noNaN: true }), { numRuns: 2 * n, seed });
  return Array.from({ length: n }, (_, fid) => ({
    fid,
    geometry: {
      type: 'Point' as const,
      coordinates: (fid % 9 === 8 ? [106.5, 29.5] : [106.5 + random[2 * fid]!, 29.5 + random[2 * fid + 1]!]) as [number, number],
    },
    values: [(fid * 7919) % 101, fid % 2 ? 'odd' : 'even'],
  }));
};

/** What the tile that holds everything shows, at any zoom: id → for how many it stands. */
function shown(snapshot: ReturnType<typeof snapshotOf>, zoom: number, options: Partial<CutOptions> = {}): Map<number, number> {
  const side = 2 ** zoom;
  const [west, south, east, north] = snapshot.extent!;
  const column = (lon: number) => Math.floor(((lon + 180) / 360) * side);
  const row = (lat: number) => Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * side);
  const found = new Map<number, number>();
  for (let x = column(west); x <= column(east); x++)
    for (let y = row(north); y <= row(south); y++)
      for (const { id, properties } of decode(cutTile(snapshot, tileCoord(zoom, x, y), { layerName: 'layer', ...options }).bytes))
        found.set(id, (properties.point_count as number | undefined) ?? 1);
  return found;
}
const sum = (counts: Map<number, number>) => [...counts.values()].reduce((all, n) => all + n, 0);

describe('counts', () => {
  it.each([undefined, 'rank'])('add up to all points at every zoom, ranked by %s', (rank) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.constantFrom(0.0002, 0.01, 0.4), fc.nat(), (n, spread, seed) => {
        const snapshot = snapshotOf(points(n, spread, seed), COLUMNS, { ...COUNTED, ...(rank && { rank }) });
        // far in, a town of 0.4° is a great many tiles
        for (const zoom of spread > 0.1 ? [0, 3, 6, 9] : [0, 5, 8, 10, 11, 12, 13]) {
          const counts = shown(snapshot, zoom);
          const { reduced } = snapshot.zooms[zoom]!;
          expect([zoom, sum(counts), counts.size]).toEqual([zoom, n, reduced]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are of the points nearest by, and end where every point is drawn', () => {
    const two = [...points(40, 0.0001, 7), ...points(60, 0.0001, 8).map((p) => ({ ...p, fid: p.fid + 100 }))];
    for (const { fid, geometry } of two) if (fid >= 100) geometry.coordinates[0] += 5;
    const snapshot = snapshotOf(two, COLUMNS, COUNTED);
    const counts = shown(snapshot, 3);
    const [west, east] = [0, 100].map((from) => sum(new Map([...counts].filter(([id]) => id >= from && id < from + 100))));
    expect([west, east]).toEqual([40, 60]);
    expect(counts.size).toBeLessThan(10);
    expect([...shown(snapshotOf(points(40, 0.0001, 7), COLUMNS, COUNTED), 14).values()]).toEqual(Array(40).fill(1));
  });

  it('are given to those only who may see every point', () => {
    const snapshot = snapshotOf(points(300, 0.001, 3), COLUMNS, COUNTED);
    const under = (...views: { columns: number[] | null; rows: string | null }[]) =>
      shown(snapshot, 6, {
        mask: prepareMask(snapshot, {
          views: views.map(({ columns, rows }) => ({
            columns,
            rows: rows === null ? null : parseCql2Text(rows),
            limited: false,
          })),
          members: null,
          cut: null,
        }),
      });
    expect(sum(under({ columns: [1], rows: null }))).toBe(300);
    expect(sum(under({ columns: [1], rows: "kind = 'odd'" }, { columns: null, rows: null }))).toBe(300);
    const half = under({ columns: null, rows: "kind = 'odd'" });
    expect(sum(half)).toBe(half.size);
    const members = { fids: Float64Array.of(1, 2), bits: Uint32Array.of(1, 1), whole: Uint8Array.of(1, 1) };
    const mask = prepareMask(snapshot, { views: [{ columns: null, rows: null, limited: true }], members, cut: null });
    const held = shown(snapshot, 6, { mask });
    expect(sum(held)).toBe(held.size);
  });

  it('leave pending edits to the next build: what is new counts for itself', () => {
    const all = points(200, 0.001, 5);
    const snapshot = snapshotOf(all, COLUMNS, COUNTED);
    const extra = snapshotOf([{ ...all[0]!, fid: 1_000 }], COLUMNS);
    const counts = shown(snapshot, 6, { overlay: prepareOverlay(snapshot, { hide: Float64Array.of(), extra }) });
    expect([counts.get(1_000), sum(counts)]).toEqual([1, 201]);
  });

  it('need a name that no column has, and are not there unless asked for', () => {
    expect(() => snapshotOf([], [{ name: 'point_count', type: 'integer' }], COUNTED)).toThrow(/point_count/);
    const plain = shown(snapshotOf(points(300, 0.001, 3), COLUMNS), 6);
    expect(sum(plain)).toBe(plain.size);
  });
});
