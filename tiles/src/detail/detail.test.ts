import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Column } from '../column.js';
import { cutTile } from '../cut/cut.js';
import type { Page } from '../snapshot/page.js';
import { Scratch } from '../snapshot/scratch.js';
import type { Band, Snapshot } from '../snapshot/snapshot.js';
import { type DecodedFeature, decode, snapshotOf, type TestFeature, unitToLonLat } from '../testing/tiles.js';
import type { Position, TestGeometry } from '../testing/wkb.js';
import { type TileCoord, tileCoord, tileWorldBox } from '../tile.js';
import { FULL_ZOOM } from './scale.js';
import { SharedPoints } from './shared.js';
import { vertexZooms } from './simplify.js';
import { TileSums } from './tile-sums.js';

const options = { layerName: 'layer' };

/** All tiles of a zoom that meet the snapshot. */
function tilesOf(snapshot: Snapshot, zoom: number): TileCoord[] {
  const box = snapshot.box!;
  const { minX, maxX } = tileWorldBox(tileCoord(zoom, 0, 0));
  const range = (from: number, to: number) => {
    const [first, last] = [from, to].map((at) => Math.floor((at + 2 ** 30) / (maxX - minX)));
    return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
  };
  return range(box.minX, box.maxX).flatMap((x) => range(box.minY, box.maxY).map((y) => tileCoord(zoom, x, y)));
}

const idsAt = (snapshot: Snapshot, zoom: number) =>
  new Set(tilesOf(snapshot, zoom).flatMap((tile) => decode(cutTile(snapshot, tile, options).bytes).map(({ id }) => id)));

const square = (lon: number, lat: number, side: number): Position[] => [
  [lon, lat],
  [lon + side, lat],
  [lon + side, lat + side],
  [lon, lat + side],
  [lon, lat],
];

/** A square town of n × n parcels that share their borders. */
function town(n: number, side: number): TestFeature[] {
  return Array.from({ length: n * n }, (_, fid) => {
    const ring = square(106.5 + (fid % n) * side, 29.5 + Math.floor(fid / n) * side, side);
    return { fid, geometry: { type: 'Polygon', coordinates: [ring] } };
  });
}

describe('vertexZooms', () => {
  it('keeps every vertex that is farther off than the tolerance, at each zoom', () => {
    const coordinate = fc.integer({ min: -(2 ** 30), max: 2 ** 30 });
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate), { minLength: 2, maxLength: 40 }), fc.boolean(), (points, ring) => {
        const xy = Int32Array.from(points.flat());
        const zooms = new Uint8Array(points.length);
        vertexZooms(xy, 0, points.length, ring, zooms);
        for (let zoom = 0; zoom < FULL_ZOOM; zoom += 3) {
          const kept = points.filter((_, i) => zooms[i]! <= zoom);
          if (kept.length < 2) continue;
          const tolerance = 3 * 2 ** (19 - zoom);
          points.forEach(([x, y], i) => {
            if (zooms[i]! <= zoom) return;
            // Between its kept neighbours.
            const before = points.slice(0, i).findLast((_, k) => zooms[k]! <= zoom) ?? kept.at(-1)!;
            const after = points.find((_, k) => k > i && zooms[k]! <= zoom) ?? kept[0]!;
            expect(distance([x, y], before, after)).toBeLessThan(tolerance * (1 + 1e-9));
          });
        }
      }),
    );
  });
});

function distance([x, y]: number[], [x0, y0]: number[], [x1, y1]: number[]): number {
  const [dx, dy] = [x1! - x0!, y1! - y0!];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x! - x0!) * dx + (y! - y0!) * dy) / length));
  return Math.hypot(x! - x0! - t * dx, y! - y0! - t * dy);
}

describe('SharedPoints', () => {
  const folder = mkdtempSync(join(tmpdir(), 'points-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['in memory', null],
    ['from files', 64],
  ] as const)('gives equal points the least of their zooms, %s', (_, limit) => {
    const far = fc.constantFrom(-(2 ** 31) + 1, -1000, 0, 255, 2 ** 30);
    const near = fc.integer({ min: 0, max: 40 });
    const vertex = fc.record({ x: fc.tuple(far, near), y: fc.tuple(far, near), zoom: fc.nat(FULL_ZOOM - 1) });
    fc.assert(
      fc.property(fc.array(vertex, { maxLength: 600, size: 'max' }), (vertices) => {
        const scratch = new Scratch(folder);
        const points = new SharedPoints(limit ?? 0, limit === null ? null : (run) => scratch.create(`points-${run}`));
        const lowest = new Map<string, number>();
        for (const { x, y, zoom } of vertices) {
          const at = [x[0] + x[1], y[0] + y[1]] as const;
          points.note(...at, zoom);
          lowest.set(String(at), Math.min(zoom, lowest.get(String(at)) ?? FULL_ZOOM));
        }
        const files = limit === null ? 0 : points.toFiles();
        if (limit !== null && lowest.size > 2 * limit) expect(files).toBeGreaterThan(1);
        for (const [at, zoom] of lowest) {
          const [x, y] = at.split(',').map(Number);
          expect(points.lowest(x!, y!)).toBe(zoom);
        }
        expect(points.lowest(77_777, 5)).toBe(FULL_ZOOM);
        // another process finds the same in the files
        const again = SharedPoints.from(Array.from({ length: files }, (_, run) => scratch.open(`points-${run}`)));
        if (files > 0)
          for (const [at, zoom] of lowest) expect(again.lowest(...(at.split(',').map(Number) as [number, number]))).toBe(zoom);
        scratch.close();
      }),
      { numRuns: 50 },
    );
  });
});

describe('TileSums', () => {
  it('adds like a map', () => {
    const coordinate = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(
        fc.nat(15),
        fc.array(fc.tuple(coordinate, coordinate, fc.nat(9)), { minLength: 1, maxLength: 3000 }),
        (zoom, adds) => {
          const sums = new TileSums();
          sums.begin(zoom);
          const oracle = new Map<string, number>();
          const last = 2 ** zoom - 1;
          const at = (v: number) => Math.max(0, Math.min(last, Math.floor((v + 2 ** 30) / 2 ** (31 - zoom))));
          for (const [x, y, n] of adds) {
            sums.add(x, y, n);
            const key = `${at(x)}/${at(y)}`;
            oracle.set(key, (oracle.get(key) ?? 0) + n);
          }
          expect(sums.max).toBe(Math.max(...oracle.values()));
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('level of detail', () => {
  const position = fc.tuple(fc.double({ min: 106, max: 107, noNaN: true }), fc.double({ min: 29, max: 30, noNaN: true }));
  const size = fc.constantFrom(1e-7, 1e-5, 1e-3, 0.1);
  const geometry: fc.Arbitrary<TestGeometry> = fc.oneof(
    position.map((coordinates): TestGeometry => ({ type: 'Point', coordinates })),
    fc.tuple(position, size).map(
      ([[x, y], d]): TestGeometry => ({
        type: 'LineString',
        coordinates: [
          [x, y],
          [x + d, y],
          [x + d, y + d],
        ],
      }),
    ),
    fc.tuple(position, size).map(([[x, y], d]): TestGeometry => ({ type: 'Polygon', coordinates: [square(x, y, d)] })),
  );

  it('never goes blank, and what is visible stays visible closer up', () => {
    fc.assert(
      fc.property(fc.array(geometry, { minLength: 1, maxLength: 60 }), (geometries) => {
        const snapshot = snapshotOf(geometries.map((g, fid) => ({ fid, geometry: g })));
        let before = new Set<number>();
        for (const zoom of [0, 4, 7, 9]) {
          const now = idsAt(snapshot, zoom);
          expect(now.size).toBeGreaterThan(0);
          for (const id of before) expect(now.has(id)).toBe(true);
          before = now;
        }
        const band = snapshot.band(FULL_ZOOM);
        expect(band.features).toBe(geometries.length);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps a small layer of small things visible at every zoom', () => {
    const schools = town(5, 0.02).map(({ fid, geometry: g }) => ({
      fid,
      geometry: {
        type: 'Polygon',
        coordinates: [square(...((g as { coordinates: Position[][] }).coordinates[0]![0] as [number, number]), 0.001)],
      } as TestGeometry,
    }));
    const snapshot = snapshotOf(schools);
    expect(idsAt(snapshot, 9).size).toBe(25);
    expect(idsAt(snapshot, 13).size).toBe(25);
  });

  it('keeps the shade of a town: the dots cover what its parcels cover', () => {
    const snapshot = snapshotOf(town(100, 0.0004));
    for (const zoom of [8, 10, 12]) {
      const covered = tilesOf(snapshot, zoom)
        .flatMap((tile) => decode(cutTile(snapshot, tile, { ...options, buffer: 0 }).bytes))
        .flatMap(({ paths }) => paths)
        .reduce((sum, path) => sum + area(path), 0);
      const unit = 2 ** (19 - zoom);
      const box = snapshot.box!;
      const real = ((box.maxX - box.minX) * (box.maxY - box.minY)) / unit ** 2;
      expect(covered / real).toBeGreaterThan(0.9);
      expect(covered / real).toBeLessThan(1.15);
    }
  });

  it('simplifies a shared border alike on both sides', () => {
    const border = Array.from(
      { length: 400 },
      (_, i): Position => [106.5 + 0.01 * Math.sin(i / 9) + 0.002 * Math.sin(i), 29.5 + i * 0.0005],
    );
    const west: Position[] = [[106.3, 29.5], ...border, [106.3, 29.6995], [106.3, 29.5]];
    const east: Position[] = [...border.slice(150), [106.7, 29.6995], [106.7, 29.5], ...border.slice(0, 151)];
    const snapshot = snapshotOf([
      { fid: 1, geometry: { type: 'Polygon', coordinates: [west] } },
      { fid: 2, geometry: { type: 'Polygon', coordinates: [east] } },
    ]);
    for (const zoom of [7, 9, 10]) {
      let shared = 0;
      for (const tile of tilesOf(snapshot, zoom)) {
        const [a, b] = decode(cutTile(snapshot, tile, options).bytes).sort((x, y) => x.id - y.id);
        if (!a || !b) continue;
        const inner = ([x, y]: [number, number]) => x > -64 && x < 4160 && y > -64 && y < 4160;
        const points = new Set(b.paths[0]!.map(String));
        // Inside the tile, every vertex of the west that lies on the border is one of the east.
        const { minX, minY } = tileWorldBox(tile);
        const limit = ([106.45, 106.6] as const).map((lon) => (lon * (2 ** 31 / 360) - minX) / 2 ** (19 - zoom));
        const [top, bottom] = [snapshot.box!.minY, snapshot.box!.maxY].map((y) => (y - minY) / 2 ** (19 - zoom));
        for (const p of a.paths[0]!) {
          if (!inner(p) || p[0] < limit[0]! || p[0] > limit[1]! || Math.abs(p[1] - top!) < 2 || Math.abs(p[1] - bottom!) < 2)
            continue;
          expect(points.has(String(p))).toBe(true);
          shared++;
        }
      }
      expect(shared).toBeGreaterThan(3);
    }
  });

  it('matches at the seams: what two tiles both hold lies at one place', () => {
    const snapshot = snapshotOf(town(120, 0.0005));
    for (const zoom of [10, 11, 12]) {
      const tiles = tilesOf(snapshot, zoom);
      const left = tiles[0]!;
      const right = tiles.find(({ x, y }) => x === left.x + 1 && y === left.y);
      if (!right) continue;
      const near = (features: DecodedFeature[], from: number, shift: number) =>
        features
          .flatMap(({ id, paths }) => paths.map((path) => `${id} ${path.map(([x, y]) => [x + shift, y])}`))
          .filter((text) => {
            const xs = text
              .split(' ')[1]!
              .split(',')
              .filter((_, i) => i % 2 === 0)
              .map(Number);
            return Math.min(...xs) > from - 60 && Math.max(...xs) < from + 60;
          })
          .sort();
      const a = near(decode(cutTile(snapshot, left, options).bytes), 4096, 0);
      const b = near(decode(cutTile(snapshot, right, options).bytes), 4096, 4096);
      expect(a).toEqual(b);
    }
  });

  it('fits dense points into the budget and keeps all of them from zoom 14 on', () => {
    const points = Array.from({ length: 60_000 }, (_, fid): TestFeature => {
      const [x, y] = [Math.sin(fid) * 0.5 + 0.5, Math.sin(fid * 1.618) * 0.5 + 0.5];
      return { fid, geometry: { type: 'Point', coordinates: [106.5 + x * 0.05, 29.5 + y * 0.05] }, values: [`point ${fid}`] };
    });
    const snapshot = snapshotOf(points, [{ name: 'name', type: 'text' }]);
    for (const zoom of [0, 6, 10, 12, 13]) {
      for (const tile of tilesOf(snapshot, zoom))
        expect(gzipSync(cutTile(snapshot, tile, options).bytes).length).toBeLessThan(500_000);
    }
    expect(idsAt(snapshot, 14).size).toBe(60_000);
  });

  const RANKED: Column[] = [{ name: 'rank', type: 'double' }];
  const rankOf = (fid: number) => (fid % 97 === 3 ? null : (fid * 7919) % 4_001);

  it.each(['Point', 'LineString', 'Polygon'] as const)('shows the highest ranks of many (%s)', (type) => {
    const features = town(64, 0.0002).map(({ fid, geometry: g }) => {
      const [ring] = (g as { coordinates: Position[][] }).coordinates;
      const coordinates = type === 'Point' ? ring![0]! : type === 'LineString' ? ring!.slice(0, 2) : [ring!];
      return { fid, geometry: { type, coordinates } as TestGeometry, values: [rankOf(fid)] };
    });
    const snapshot = snapshotOf(features, RANKED, { rank: 'rank' });
    const mean = (fids: Iterable<number>) => {
      const ranks = [...fids].map((fid) => rankOf(fid) ?? 0);
      return ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
    };
    const top = features.reduce((best, { fid }) => ((rankOf(fid) ?? -1) > (rankOf(best) ?? -1) ? fid : best), 0);
    const plain = snapshotOf(features, RANKED);
    for (const zoom of [9, 10]) {
      const shown = idsAt(snapshot, zoom);
      const { full, reduced, hidden } = snapshot.zooms[zoom]!;
      expect(shown.size).toBeGreaterThan(10);
      expect(hidden).toBeGreaterThan(500);
      expect([full + reduced, full + reduced + hidden]).toEqual([shown.size, features.length]);
      expect(shown.has(top)).toBe(true);
      expect(mean(shown)).toBeGreaterThan(1.15 * mean(idsAt(plain, zoom)));
      const closer = idsAt(snapshot, zoom + 1);
      expect([...shown].filter((id) => !closer.has(id))).toEqual([]);
    }
    expect(() => snapshotOf(features, RANKED, { rank: 'name' })).toThrow(/name/);
  });

  it('holds a layer only at its zooms', () => {
    const snapshot = snapshotOf(town(20, 0.001), [], { zooms: { min: 9, max: 15 } });
    expect(idsAt(snapshot, 8).size).toBe(0);
    expect(snapshot.zooms[8]).toMatchObject({ full: 0, reduced: 0, hidden: 400 });
    expect(idsAt(snapshot, 9).size).toBeGreaterThan(3);
    expect(idsAt(snapshot, 15).size).toBe(400);
    expect(idsAt(snapshot, 16).size).toBe(0);
  });
});

function area(path: readonly (readonly [number, number])[]): number {
  return path.slice(1).reduce((sum, [x, y], i) => sum + path[i]![0] * y - x * path[i]![1], 0) / 2;
}

/** The same snapshot as if it had no chunk and group boxes. */
function withoutBoxes(snapshot: Snapshot): Snapshot {
  const none = { longPath: new Uint32Array(0), manyFeature: new Uint32Array(0) };
  const bands = snapshot.bands.map((band) => {
    const page = (number: number): Page => Object.assign({}, band.page(number), none);
    return { ...band, page } as Band;
  });
  return Object.assign(Object.create(Object.getPrototypeOf(snapshot)), snapshot, { bands });
}

describe('chunk and group boxes', () => {
  const around = tileCoord(12, 3260, 1692);
  const [lon, lat] = unitToLonLat(around, 2048, 2048);
  const coil = Array.from({ length: 20_000 }, (_, i): Position => {
    const turn = (i / 20_000) * 2 * Math.PI;
    const r = 0.3 + 0.1 * Math.sin(40 * turn) + 0.02 * Math.sin(900 * turn) + 0.003 * Math.sin(5000 * turn);
    return [lon + 0.2 + r * Math.cos(turn), lat + r * Math.sin(turn)];
  });
  const tiles = [
    tileCoord(8, 203, 105),
    tileCoord(10, 815, 423),
    around,
    tileCoord(14, 13042, 6770),
    tileCoord(15, 26085, 13541),
  ];

  it.each([
    ['a long ring', { type: 'Polygon', coordinates: [[...coil, coil[0]!]] }],
    ['a long line', { type: 'LineString', coordinates: coil }],
  ] as [string, TestGeometry][])('change nothing of %s', (_, g) => {
    const snapshot = snapshotOf([{ fid: 1, geometry: g }]);
    const plain = withoutBoxes(snapshot);
    expect(snapshot.band(22).page(0).longPath.length).toBe(1);
    let drawn = 0;
    const all = [...tiles, ...tilesOf(snapshot, 10)];
    for (const tile of all) {
      const [a] = decode(cutTile(snapshot, tile, options).bytes);
      const [b] = decode(cutTile(plain, tile, options).bytes);
      expect(a === undefined).toBe(b === undefined);
      if (!a || !b) continue;
      drawn++;
      if (g.type === 'LineString') expect(a).toEqual(b);
      else expect(area(a.paths[0]!)).toBeCloseTo(area(b.paths[0]!), 6);
    }
    expect(drawn).toBeGreaterThan(3);
  });

  it('change nothing of many parts', () => {
    const coordinates = Array.from({ length: 3_000 }, (_, i): Position[][] => {
      const [x, y] = [lon + Math.sin(i * 7.1) * 0.4, lat + Math.sin(i * 3.3) * 0.4];
      const outer = square(x, y, 0.004);
      return i % 3 === 0 ? [outer, square(x + 0.001, y + 0.001, 0.001)] : [outer];
    });
    const snapshot = snapshotOf([{ fid: 1, geometry: { type: 'MultiPolygon', coordinates } }]);
    expect(snapshot.band(22).page(0).manyFeature.length).toBe(1);
    const plain = withoutBoxes(snapshot);
    for (const tile of [...tiles, ...tilesOf(snapshot, 10)]) {
      expect(cutTile(snapshot, tile, options)).toEqual(cutTile(plain, tile, options));
    }
  });
});
