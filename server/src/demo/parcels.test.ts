import { fileURLToPath } from 'node:url';
import { kinks, polygon } from '@turf/turf';
import type { Position } from 'geojson';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from './cells.js';
import { demoContext, layerFeatures } from './features.js';
import { readInstance } from './instance.js';
import { insideRing, ringArea, signedArea2 } from './plane.js';

interface Parcel {
  code: string;
  district: string;
  town: string;
  area: number;
  ring: Position[]; // open
  border: boolean;
}

let parcels: Parcel[] = [];
let seconds = 0;
let cells: readonly Cell[] = [];

beforeAll(async () => {
  const city = await readInstance(fileURLToPath(new URL('../../../data/chongqing', import.meta.url)));
  cells = demoContext(city).cells();
  const started = process.cpuUsage();
  const features = [...layerFeatures(city, 'parcels')];
  seconds = process.cpuUsage(started).user / 1e6;
  parcels = features.map(({ properties: p, geometry }) => ({
    code: String(p.code),
    district: String(p.district_code),
    town: String(p.town_name),
    area: Number(p.area_m2),
    ring: geometry.type === 'Polygon' ? geometry.coordinates[0]!.slice(0, -1) : [],
    border: String(p.code).slice(9, 12) === '999',
  }));
}, 120_000);

const edgeKeys = (ring: Position[]) => ring.map((p, i) => [p.join(), ring[(i + 1) % ring.length]!.join()] as const);
const box = (ring: Position[]) => ({
  west: Math.min(...ring.map((p) => p[0]!)),
  east: Math.max(...ring.map((p) => p[0]!)),
  south: Math.min(...ring.map((p) => p[1]!)),
  north: Math.max(...ring.map((p) => p[1]!)),
});

const meet = (a: ReturnType<typeof box>, b: ReturnType<typeof box>) =>
  a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;

describe('parcels', () => {
  it('are at least 30,000, thousands in each district, soon made', () => {
    expect(parcels.length).toBeGreaterThanOrEqual(30_000);
    for (const district of ['500102', '500113', '500115']) {
      expect(parcels.filter((p) => p.district === district).length).toBeGreaterThan(2000);
    }
    expect(seconds).toBeLessThan(10); // of processor time; about 2 on an idle machine
  });

  it('are valid: closed counter-clockwise rings that do not touch or cross themselves', () => {
    const bad = parcels.filter((p) => p.ring.length < 3 || signedArea2(p.ring) <= 0 || !simple(p.ring));
    expect(bad.map((p) => p.code)).toEqual([]);
    for (let i = 0; i < parcels.length; i += 40) {
      const { ring } = parcels[i]!;
      expect(kinks(polygon([[...ring, ring[0]!]])).features).toEqual([]);
    }
  });

  it('have the area they say, of a sensible size', () => {
    expect(parcels.filter((p) => Math.abs(p.area - ringArea(p.ring)) > 0.06)).toEqual([]);
    const sizes = parcels.map((p) => p.area).sort((a, b) => a - b);
    expect(sizes[0]).toBeGreaterThan(280);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(20_000);
  });

  it('stay inside their township unless they lie across a border', () => {
    const byTown = new Map(cells.map((c) => [`${c.district} ${c.name}`, c]));
    const outside = parcels.filter((p) => {
      const cell = byTown.get(`${p.district} ${p.town}`)!;
      return !p.border && !p.ring.every((at) => cell.rings.some((ring) => insideRing(ring, at)));
    });
    expect(outside.map((p) => p.code)).toEqual([]);
  });

  it('share their edges exactly with the neighbours in the block', () => {
    const edges = new Set(parcels.flatMap((p) => edgeKeys(p.ring).map(([a, b]) => `${a} ${b}`)));
    const blocks = new Map<string, number>();
    const blockOf = (p: Parcel) => `${p.district} ${p.town} ${p.code.slice(9, 12)}`;
    for (const p of parcels) blocks.set(blockOf(p), (blocks.get(blockOf(p)) ?? 0) + 1);
    const alone = parcels.filter(
      (p) => blocks.get(blockOf(p))! > 1 && !edgeKeys(p.ring).some(([a, b]) => edges.has(`${b} ${a}`)),
    );
    expect(alone.length / parcels.length).toBeLessThan(0.002);
  });

  it('do not overlap', () => {
    const grid = new Map<string, Parcel[]>();
    let overlaps = 0;
    for (const p of parcels) {
      const b = box(p.ring);
      const near = new Set<Parcel>();
      for (let x = Math.floor(b.west * 500); x <= b.east * 500; x++) {
        for (let y = Math.floor(b.south * 500); y <= b.north * 500; y++) {
          const key = `${x} ${y}`;
          const here = grid.get(key);
          for (const q of here ?? []) near.add(q);
          if (here) here.push(p);
          else grid.set(key, [p]);
        }
      }
      for (const q of near) if (meet(b, box(q.ring)) && overlap(p.ring, q.ring) > 1) overlaps++;
    }
    expect(overlaps).toBe(0);
  }, 60_000);

  it('lie across the border of two districts in a few dozen places', () => {
    const border = parcels.filter((p) => p.border);
    const districtAt = (at: Position) => cells.find((c) => c.rings.some((ring) => insideRing(ring, at)))?.district;
    const across = border.filter((p) => new Set(p.ring.map(districtAt)).size === 2);
    expect(border.length).toBeGreaterThan(40);
    expect(across.length).toBe(border.length);
  });
});

/** No corner twice, no two edges that cross or touch other than neighbours at their corner. */
function simple(ring: Position[]): boolean {
  const n = ring.length;
  if (new Set(ring.map((p) => p.join())).size !== n) return false;
  const side = (a: Position, b: Position, c: Position) =>
    Math.sign((b[0]! - a[0]!) * (c[1]! - a[1]!) - (b[1]! - a[1]!) * (c[0]! - a[0]!));
  for (let i = 0; i < n; i++) {
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue;
      const [a, b, c, d] = [ring[i]!, ring[i + 1]!, ring[j]!, ring[(j + 1) % n]!];
      if (side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0) {
        if (meet(box([a, b]), box([c, d]))) return false;
      }
    }
  }
  return true;
}

/** Area in m² that two convex rings have in common, by clipping one with every edge of the other. */
function overlap(ring: Position[], other: Position[]): number {
  let left = ring;
  for (let i = 0; i < other.length && left.length > 0; i++) {
    const a = other[i]!;
    const b = other[(i + 1) % other.length]!;
    const d = left.map((p) => (b[0]! - a[0]!) * (p[1]! - a[1]!) - (b[1]! - a[1]!) * (p[0]! - a[0]!));
    left = left.flatMap((p, k) => {
      const q = left[(k + 1) % left.length]!;
      const [dp, dq] = [d[k]!, d[(k + 1) % left.length]!];
      const t = dp / (dp - dq);
      const cut: Position[] = dp * dq < 0 ? [[p[0]! + t * (q[0]! - p[0]!), p[1]! + t * (q[1]! - p[1]!)]] : [];
      return dp >= 0 ? [p, ...cut] : cut;
    });
  }
  return left.length < 3 ? 0 : ringArea(left);
}
