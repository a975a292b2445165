export type Corner = [number, number];

/** Degrees within which two clicks are one: a decimetre. */
const SAME = 1e-6;

/** Whether a click gives the ring a new corner: not where the last one is. */
export const isCorner = (corners: readonly Corner[], [lng, lat]: Corner): boolean => {
  const last = corners.at(-1);
  return !last || Math.abs(last[0] - lng) > SAME || Math.abs(last[1] - lat) > SAME;
};

/** The closed ring. At least three corners. */
export const ringOf = (corners: readonly Corner[]): GeoJSON.Polygon => ({
  type: 'Polygon',
  coordinates: [[...corners, corners[0]!]],
});

/** What the map shows of a ring on its way: its corners, a line between two, from three on the area. */
export function sketchOf(corners: readonly Corner[]): GeoJSON.FeatureCollection {
  const feature = (kind: string, geometry: GeoJSON.Geometry): GeoJSON.Feature => ({
    type: 'Feature',
    properties: { kind },
    geometry,
  });
  const shape: GeoJSON.Feature[] =
    corners.length > 2
      ? [feature('asked', ringOf(corners))]
      : corners.length === 2
        ? [feature('asked', { type: 'LineString', coordinates: [...corners] })]
        : [];
  return {
    type: 'FeatureCollection',
    features: [...shape, ...corners.map((at) => feature('corner', { type: 'Point', coordinates: at }))],
  };
}
