import { readFileSync } from 'node:fs';
import * as turf from '@turf/turf';
import type { Feature, FeatureCollection, LineString, MultiLineString, Polygon, Position } from 'geojson';
import { expect, it } from 'vitest';

/** The rivers go a little beyond the city and end there, not at the rectangle that their source was cut to (data/prepare/rivers.js). */
function base<G extends LineString | MultiLineString | Polygon>(name: string): FeatureCollection<G> {
  return JSON.parse(readFileSync(new URL(`../data/chongqing/base/${name}.geojson`, import.meta.url), 'utf8'));
}
const AROUND_KM = 5;
/** One river rises in the city, in the north-east. */
const SPRINGS: Position[] = [[108.99722, 31.6775]];
const parts = base<LineString | MultiLineString>('rivers').features.flatMap(({ geometry: g }) =>
  g.type === 'LineString' ? [g.coordinates] : g.coordinates,
);
const ends = parts.flatMap((part) => [part[0]!, part.at(-1)!]);

it('no line of longitude or latitude cuts rivers', () => {
  for (const axis of [0, 1]) {
    const different = new Set(ends.map(String));
    expect(new Set([...different].map((end) => end.split(',')[axis])).size, 'ends on one line').toBe(different.size);
    const all = parts.flat().map((position) => position[axis]!);
    for (const outermost of [Math.min(...all), Math.max(...all)]) expect(all.filter((n) => n === outermost)).toHaveLength(1);
  }
});

it('each ends at another river, at its spring, or a few kilometres beyond the city', () => {
  const city = turf.union(base<Polygon>('districts'))!;
  const beyond = turf.polygonToLine(turf.buffer(city, AROUND_KM, { units: 'kilometers' })!);
  const edges = turf.flatten(beyond as Feature<MultiLineString>).features as unknown as Feature<LineString>[];
  const kilometres = (line: Feature<LineString>, end: Position) => turf.nearestPointOnLine(line, end).properties.dist;
  for (const part of parts)
    for (const end of [part[0]!, part.at(-1)!]) {
      const spring = SPRINGS.some((place) => turf.distance(place, end) < 0.01);
      const mouth = parts.some((other) => other !== part && kilometres(turf.lineString(other), end) < 0.01);
      const edge = edges.some((line) => kilometres(line, end) < 0.01);
      expect(spring || mouth || edge, `the end at ${end}`).toBe(true);
    }
  for (const part of parts) expect(part.some((position) => turf.booleanPointInPolygon(position, city))).toBe(true);
});
