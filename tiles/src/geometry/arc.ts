/** Segments that a quarter of a circle becomes, as with PostGIS' ST_CurveToLine: they stay within 1/3,300 of the radius. */
const SEGMENTS_PER_QUADRANT = 32;
const STEP = Math.PI / 2 / SEGMENTS_PER_QUADRANT;

/**
 * Hands on the vertices of the circular arc from (x0, y0) through (x1, y1) to (x2, y2), without its start. An arc whose ends are one
 * point is the circle with the other as its opposite; three points on a line are that line. Both directions give the same vertices,
 * to the bit: neighbours that share an arc fit.
 */
export function linearise(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  vertex: (x: number, y: number) => void,
): void {
  if (x0 > x2 || (x0 === x2 && y0 > y2)) {
    const points: number[] = [];
    linearise(x2, y2, x1, y1, x0, y0, (x, y) => void points.push(x, y));
    for (let i = points.length - 4; i >= 0; i -= 2) vertex(points[i]!, points[i + 1]!);
    vertex(x2, y2);
    return;
  }
  const closed = x0 === x2 && y0 === y2;
  // Relative to the start, where the numbers are small.
  const ax = x1 - x0;
  const ay = y1 - y0;
  const bx = x2 - x0;
  const by = y2 - y0;
  const turn = ax * by - ay * bx;
  const a = ax * ax + ay * ay;
  const b = bx * bx + by * by;
  const cx = closed ? ax / 2 : (by * a - ay * b) / (2 * turn);
  const cy = closed ? ay / 2 : (ax * b - bx * a) / (2 * turn);
  const radius = Math.hypot(cx, cy);
  // Not on a line, and not so nearly that the circle cannot be told.
  if (!(radius > 0 && radius < 1e6 * Math.sqrt(Math.max(a, b)))) {
    vertex(x1, y1);
    vertex(x2, y2);
    return;
  }
  const start = Math.atan2(-cy, -cx);
  let sweep = 2 * Math.PI;
  if (!closed) {
    sweep = Math.atan2(by - cy, bx - cx) - start;
    if (turn > 0 && sweep <= 0) sweep += 2 * Math.PI;
    if (turn < 0 && sweep >= 0) sweep -= 2 * Math.PI;
  }
  const segments = Math.max(1, Math.ceil(Math.abs(sweep) / STEP - 1e-9));
  for (let i = 1; i < segments; i++) {
    const angle = start + (i * sweep) / segments;
    vertex(x0 + cx + radius * Math.cos(angle), y0 + cy + radius * Math.sin(angle));
  }
  vertex(x2, y2);
}
