type Shape = GeoJSON.Polygon | GeoJSON.MultiPolygon;

const polygonsOf = (shape: Shape) => (shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates);

/** Whether a point lies inside, by counting crossings over all rings. */
export function contains(shape: Shape, [x = 0, y = 0]: GeoJSON.Position): boolean {
  let inside = false;
  for (const ring of polygonsOf(shape).flat()) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi = 0, yi = 0] = ring[i]!;
      const [xj = 0, yj = 0] = ring[j]!;
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}

/** A point to write a name at: the centroid of the largest part, or the middle of that part's widest span at the centroid's height. */
export function insidePoint(shape: Shape): GeoJSON.Position {
  const largest = polygonsOf(shape)
    .map((rings) => ({ rings, ...centroid(rings[0] ?? []) }))
    .reduce((a, b) => (b.area > a.area ? b : a));
  const part: GeoJSON.Polygon = { type: 'Polygon', coordinates: largest.rings };
  if (contains(part, largest.at)) return largest.at;
  const y = largest.at[1]!;
  const crossings = largest.rings
    .flatMap((ring) => ring.flatMap((a, i) => crossing(a, ring[(i + 1) % ring.length]!, y)))
    .sort((a, b) => a - b);
  let best: [number, number] = [largest.at[0]!, 0];
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const [from, to] = [crossings[i]!, crossings[i + 1]!];
    if (to - from > best[1]) best = [(from + to) / 2, to - from];
  }
  return [best[0], y];
}

function crossing([x0 = 0, y0 = 0]: GeoJSON.Position, [x1 = 0, y1 = 0]: GeoJSON.Position, y: number): number[] {
  return y0 > y === y1 > y ? [] : [x0 + ((x1 - x0) * (y - y0)) / (y1 - y0)];
}

function centroid(ring: GeoJSON.Position[]): { area: number; at: [number, number] } {
  const [ox = 0, oy = 0] = ring[0] ?? [];
  let area = 0;
  let x = 0;
  let y = 0;
  // relative to the first point: degrees around 100 lose digits when multiplied
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = [ring[i]![0]! - ox, ring[i]![1]! - oy];
    const [bx, by] = [ring[i + 1]![0]! - ox, ring[i + 1]![1]! - oy];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  if (area === 0) return { area: 0, at: [ox, oy] };
  return { area: Math.abs(area / 2), at: [ox + x / (3 * area), oy + y / (3 * area)] };
}
