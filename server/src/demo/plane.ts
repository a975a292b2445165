import type { Position } from 'geojson';

/** A place on a local plane, in metres east and north of its origin. */
export interface Point {
  x: number;
  y: number;
}

/** A local plane in metres; good to a few parts in ten thousand over a township. */
export interface Plane {
  toPlane(position: Position): Point;
  /** Longitude and latitude rounded to 7 decimals (about 1 cm): equal points stay equal. */
  toPosition(point: Point): Position;
}

const A = 6378137; // CGCS2000
const F = 1 / 298.257222101;
const E2 = F * (2 - F);
const RAD = Math.PI / 180;

/** Lengths of one degree east and one degree north at a latitude, in metres on the CGCS2000 ellipsoid. */
export function metresPerDegree(latitude: number): Point {
  const s = Math.sin(latitude * RAD);
  const w = Math.sqrt(1 - E2 * s * s);
  return { x: (A / w) * Math.cos(latitude * RAD) * RAD, y: ((A * (1 - E2)) / (w * w * w)) * RAD };
}

/** Rounds a degree to 7 decimals. */
export const round7 = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;

/** The local plane around a position. */
export function planeAt(origin: Position): Plane {
  const [lon = 0, lat = 0] = origin;
  const scale = metresPerDegree(lat);
  return {
    toPlane: ([x = 0, y = 0]) => ({ x: (x - lon) * scale.x, y: (y - lat) * scale.y }),
    toPosition: ({ x, y }) => [round7(lon + x / scale.x), round7(lat + y / scale.y)],
  };
}

/** Twice the signed area of a ring in its own units; positive when counter-clockwise. Closed or open rings alike. */
export function signedArea2(ring: readonly Position[]): number {
  const [x0 = 0, y0 = 0] = ring[0] ?? [];
  let sum = 0;
  for (let i = 0; i < ring.length; i++) {
    const [ax = 0, ay = 0] = ring[i]!;
    const [bx = 0, by = 0] = ring[(i + 1) % ring.length]!;
    sum += (ax - x0) * (by - y0) - (bx - x0) * (ay - y0);
  }
  return sum;
}

/** Area of a small ring of degrees in square metres on the ellipsoid (within 1e-5 for rings under 10 km). */
export function ringArea(ring: readonly Position[]): number {
  let low = 90;
  let high = -90;
  for (const [, y = 0] of ring) {
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  const scale = metresPerDegree((low + high) / 2);
  return (Math.abs(signedArea2(ring)) / 2) * scale.x * scale.y;
}

/** Length of a line of degrees in metres, taken piece by piece. */
export function lineLength(line: readonly Position[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) {
    const [ax = 0, ay = 0] = line[i - 1]!;
    const [bx = 0, by = 0] = line[i]!;
    const scale = metresPerDegree((ay + by) / 2);
    sum += Math.hypot((bx - ax) * scale.x, (by - ay) * scale.y);
  }
  return sum;
}

/** Whether a position lies inside a ring (even-odd rule). */
export function insideRing(ring: readonly Position[], [x = 0, y = 0]: Position): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax = 0, ay = 0] = ring[i]!;
    const [bx = 0, by = 0] = ring[j]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
