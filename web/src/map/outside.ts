import { bboxPolygon, difference, featureCollection, multiPolygon } from '@turf/turf';
import type { Box } from './GlMap';

/** All around the city but not the area. */
export function outsideOf(area: GeoJSON.MultiPolygon, [w, s, e, n]: Box): GeoJSON.Feature {
  const around = bboxPolygon([w - 3, s - 3, e + 3, n + 3]);
  return (
    difference(featureCollection<GeoJSON.Polygon | GeoJSON.MultiPolygon>([around, multiPolygon(area.coordinates)])) ?? around
  );
}
