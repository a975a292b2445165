import { tileAt } from '@yutu/tiles';
import { describe, expect, it } from 'vitest';
import type { Change } from '../store/changes.js';
import { planFor } from './overlay.js';
import { Touched } from './touched.js';

const at = (version: number, lon: number, lat: number, more: Partial<Change> = {}): Change => ({
  version,
  fid: version,
  oldBox: null,
  newBox: [lon, lat, lon, lat],
  ...more,
});
const layer = (version: number) => ({ id: 'l', version });

describe('the version a tile depends on', () => {
  const here = tileAt(14, 106.55, 29.56);
  const there = tileAt(14, 107.5, 30);

  it('is the newest that touched it, by the old place or the new', () => {
    const touched = new Touched();
    expect(touched.versionOf(layer(5), here)).toBe(5);
    touched.note('l', 7, [at(6, 106.55, 29.56), at(7, 107.5, 30, { oldBox: [106.55, 29.56, 106.55, 29.56] })]);
    expect([touched.versionOf(layer(7), here), touched.versionOf(layer(7), there)]).toEqual([7, 7]);
    touched.note('l', 8, [at(8, 107.5, 30)]);
    expect([touched.versionOf(layer(8), here), touched.versionOf(layer(8), there)]).toEqual([7, 8]);
    expect(touched.versionOf(layer(8), tileAt(14, 100, 20))).toBe(5);
    // Asked for an older state it does not tell of later edits.
    expect(touched.versionOf(layer(6), here)).toBe(6);
  });

  it('is that of an edit beside it, where features are drawn beside their place', () => {
    const touched = new Touched();
    touched.versionOf(layer(1), here);
    touched.note('l', 2, [at(2, 106.55, 29.56)]);
    const beside = tileAt(14, 106.6, 29.56);
    expect([touched.versionOf(layer(2), beside), touched.versionOf(layer(2), beside, 0.01)]).toEqual([1, 2]);
    expect(touched.versionOf(layer(2), there, 0.01)).toBe(1);
  });

  it('is the layer’s own while edits are not known, and after something else than an edit', () => {
    const touched = new Touched();
    touched.versionOf(layer(1), here);
    expect(touched.versionOf(layer(2), here)).toBe(2);
    touched.note('l', 3, null);
    expect(touched.versionOf(layer(3), there)).toBe(3);
    expect(touched.knownUpTo('l')).toBe(3);
  });

  it('reaches into the buffer of the next tile, and across the antimeridian', () => {
    const touched = new Touched();
    const east = tileAt(4, 179.9, 0.1);
    const west = { ...east, x: 0 };
    touched.versionOf(layer(1), west);
    touched.note('l', 2, [at(2, 179.9999, 0.1)]);
    expect([touched.versionOf(layer(2), east), touched.versionOf(layer(2), west)]).toEqual([2, 2]);
    expect(touched.versionOf(layer(2), { ...east, x: 5 })).toBe(1);
  });

  it('forgets the oldest of very many, and their tiles with them', () => {
    const touched = new Touched();
    touched.versionOf(layer(1), here);
    touched.note(
      'l',
      1501,
      Array.from({ length: 1500 }, (_, i) => at(i + 2, 107.5, 30)),
    );
    const kept = touched.versionOf(layer(1501), here);
    expect(kept).toBeGreaterThan(900);
    expect(touched.versionOf(layer(1501), there)).toBe(1501);
  });
});

describe('pending edits', () => {
  it('are drawn over the base while few; many call for a new one', () => {
    expect([planFor(1, 40), planFor(499, 40), planFor(500, 40), planFor(1000, 40), planFor(1001, 40)]).toEqual([
      'overlay',
      'overlay',
      'overlay and rebuild',
      'overlay and rebuild',
      'rebuild',
    ]);
    expect([planFor(1999, 300_000), planFor(2000, 300_000), planFor(30_001, 300_000)]).toEqual([
      'overlay',
      'overlay and rebuild',
      'rebuild',
    ]);
    expect(planFor(900, 18_000)).toBe('overlay and rebuild');
  });
});
