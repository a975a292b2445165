import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column } from '../column.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { snapshotOf, type TestFeature, unitToLonLat } from '../testing/tiles.js';
import type { Position, TestGeometry } from '../testing/wkb.js';
import { tileCoord } from '../tile.js';
import { cutTile, prepareOverlay } from './cut.js';
import { type MaskMembers, prepareMask, preparePatch } from './mask.js';

/** A town of some kilometres, and the tiles over its north-west corner at every zoom that matters. */
const TOWN = tileCoord(12, 3260, 1692);
const TILES = Array.from({ length: 12 }, (_, i) => {
  const z = 5 + i;
  const shift = z - TOWN.z;
  return tileCoord(z, Math.floor(TOWN.x * 2 ** shift), Math.floor(TOWN.y * 2 ** shift));
});
const COLUMNS: Column[] = [
  { name: 'open', type: 'text' },
  { name: 'secret', type: 'text' },
  { name: 'shown', type: 'boolean' },
];

interface Lot {
  x: number;
  y: number;
  size: number;
  shape: 'point' | 'line' | 'polygon';
  open: string;
  secret: string;
  shown: boolean;
}
const lot: fc.Arbitrary<Lot> = fc.record({
  x: fc.integer({ min: 0, max: 1500 }),
  y: fc.integer({ min: 0, max: 1500 }),
  size: fc.integer({ min: 1, max: 200 }),
  shape: fc.constantFrom('point', 'line', 'polygon'),
  open: fc.constantFrom('a', 'b', 'c'),
  secret: fc.constantFrom('s', 't', 'u'),
  shown: fc.boolean(),
});
const at = (x: number, y: number): Position => unitToLonLat(TOWN, x, y);
const corners = ({ x, y, size }: Lot) => [at(x, y), at(x + size, y), at(x + size, y + size), at(x, y + size)];
const geometryOf = (l: Lot): TestGeometry => {
  if (l.shape === 'point') return { type: 'Point', coordinates: at(l.x, l.y) };
  if (l.shape === 'line') return { type: 'LineString', coordinates: corners(l) };
  return { type: 'Polygon', coordinates: [[...corners(l), corners(l)[0]!]] };
};
const feature = (l: Lot, fid: number): TestFeature => ({
  fid,
  geometry: geometryOf(l),
  values: [l.open, l.secret, l.shown],
});

/** The rows of a layer by their ids, before and after edits; null: deleted. */
type Edited = Map<number, Lot | null>;
const all = (lots: readonly Lot[], edited: Edited): TestFeature[] => {
  const rows = new Map<number, Lot | null>(lots.map((l, fid) => [fid, l]));
  for (const [fid, l] of edited) rows.set(fid, l);
  return [...rows].flatMap(([fid, l]) => (l ? [feature(l, fid)] : []));
};
const overlayOf = (base: Snapshot, edited: Edited) =>
  prepareOverlay(base, {
    hide: Float64Array.from(edited.keys()),
    extra: snapshotOf(all([], edited), COLUMNS, { alone: true }),
  });
/** Sees the rows that are shown, and of them what is open. */
const maskOf = (snapshot: Snapshot) =>
  prepareMask(snapshot, {
    views: [{ columns: [0], rows: { op: '=', args: [{ property: 'shown' }, true] }, limited: false }],
    members: null,
    cut: null,
  });
const cutAll = (snapshot: Snapshot, options: object = {}, tiles = TILES) =>
  tiles.map((tile) => cutTile(snapshot, tile, { layerName: 'layer', mask: maskOf(snapshot), ...options }));

const world = fc.record({
  lots: fc.array(lot, { minLength: 1, maxLength: 60 }),
  changes: fc.array(
    fc.record({ which: fc.nat(70), to: lot, how: fc.constantFrom('secret', 'open', 'move', 'delete', 'hidden') }),
    { maxLength: 25 },
  ),
});

describe('an edit', () => {
  it('that changes nothing of what is shown changes no byte, at any zoom', () => {
    fc.assert(
      fc.property(world, ({ lots, changes }) => {
        const edited: Edited = new Map();
        for (const { which, to, how } of changes) {
          const before = lots[which];
          // Shown rows change in what is not told of them; those that are not shown in anything, and come and go.
          if (before?.shown) edited.set(which, { ...before, secret: to.secret });
          else if (how === 'delete' && before) edited.set(which, null);
          else edited.set(which, { ...to, shown: false });
        }
        const base = snapshotOf(all(lots, new Map()), COLUMNS);
        expect(cutAll(base, { overlay: overlayOf(base, edited) })).toEqual(cutAll(base));
      }),
      { numRuns: 150 },
    );
  });

  it('of hidden rows changes nothing of how edits of others show', () => {
    fc.assert(
      fc.property(world, fc.array(lot, { minLength: 1, maxLength: 30 }), ({ lots, changes }, hidden) => {
        const edited: Edited = new Map(
          changes.map(({ which, to, how }) => [which, how === 'delete' && which < lots.length ? null : to]),
        );
        const more: Edited = new Map([...edited, ...hidden.map((l, i) => [100 + i, { ...l, shown: false }] as const)]);
        const base = snapshotOf(all(lots, new Map()), COLUMNS);
        expect(cutAll(base, { overlay: overlayOf(base, more) })).toEqual(cutAll(base, { overlay: overlayOf(base, edited) }));
      }),
      { numRuns: 150 },
    );
  });

  it('is drawn in full detail as the next build will draw it, to the byte', () => {
    const deep = TILES.filter(({ z }) => z >= 14);
    fc.assert(
      fc.property(world, ({ lots, changes }) => {
        const edited: Edited = new Map();
        for (const { which, to, how } of changes) {
          const before = lots[which];
          if (!before || how === 'move') edited.set(which, to);
          else if (how === 'delete') edited.set(which, null);
          else if (how === 'hidden') edited.set(which, { ...before, shown: !before.shown });
          else edited.set(which, { ...before, [how]: to[how] });
        }
        const base = snapshotOf(all(lots, new Map()), COLUMNS);
        const anew = snapshotOf(all(lots, edited), COLUMNS);
        expect(cutAll(base, { overlay: overlayOf(base, edited) }, deep)).toEqual(cutAll(anew, {}, deep));
      }),
      { numRuns: 150 },
    );
  });

  it('of values alone leaves a feature in its detail, and is shown at every zoom that shows it', () => {
    const lots = Array.from(
      { length: 400 },
      (_, i): Lot => ({
        ...{ x: 4 * (i % 20), y: 4 * Math.floor(i / 20), size: 3, shape: 'polygon', open: 'a', secret: 's', shown: true },
      }),
    );
    const base = snapshotOf(all(lots, new Map()), COLUMNS);
    const edited: Edited = new Map(lots.map((l, fid) => [fid, { ...l, open: 'b' }]));
    const [before, after] = [cutAll(base), cutAll(base, { overlay: overlayOf(base, edited) })];
    expect(after.map((t) => [t.features, t.reduced])).toEqual(before.map((t) => [t.features, t.reduced]));
    expect(before[0]!.features).toBeLessThan(400);
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
    expect(after.map(({ bytes }) => text(bytes).replace('\x0a\x01b', '\x0a\x01a'))).toEqual(
      before.map(({ bytes }) => text(bytes)),
    );
  });

  it('outside what a view cuts changes no byte of what it shows cut', () => {
    fc.assert(
      fc.property(fc.array(lot, { minLength: 1, maxLength: 30 }), fc.array(fc.nat(29), { maxLength: 12 }), (lots, which) => {
        const base = snapshotOf(all(lots, new Map()), COLUMNS);
        const fids = [...new Set(which)].filter((fid) => fid < lots.length);
        const members = (of: readonly number[]): MaskMembers => ({
          fids: Float64Array.from([...of].sort((a, b) => a - b)),
          bits: new Uint32Array(of.length).fill(1),
          whole: new Uint8Array(of.length),
        });
        // The north-western half of each is what the view shows; only the rest is edited.
        const cutOf = (of: readonly number[], options = {}) =>
          snapshotOf(
            of.map((fid) => feature({ ...lots[fid]!, size: Math.ceil(lots[fid]!.size / 2) }, fid)),
            COLUMNS,
            options,
          );
        const every = [...lots.keys()];
        const mask = prepareMask(base, {
          views: [{ columns: [0], rows: null, limited: true }],
          members: members(every),
          cut: cutOf(every),
        });
        const patch = preparePatch(base, {
          edited: Float64Array.from(fids),
          members: members(fids),
          cut: fids.length > 0 ? cutOf(fids, { alone: true }) : null,
        });
        const overlay = overlayOf(base, new Map(fids.map((fid) => [fid, { ...lots[fid]!, size: lots[fid]!.size + 50 }])));
        expect(cutAll(base, { mask, patch, overlay })).toEqual(cutAll(base, { mask }));
      }),
      { numRuns: 100 },
    );
  });
});
