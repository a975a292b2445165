import type { Collection } from '../api/types';
import type { Box } from './GlMap';
import type { Scene } from './scene';

/** Closed layers as hatched extents: the city's land when the extent covers most of the city, else its box. */
export function extents(closed: Collection[], home: Box): Scene['closed'] {
  const size = ([w, s, e, n]: Box) => (e - w) * (n - s);
  const boxes = closed.flatMap(({ extent }) => extent.spatial.bbox.slice(0, 1));
  const small = boxes.filter((box) => size(box) < 0.5 * size(home));
  return {
    city: boxes.length > small.length,
    boxes: {
      type: 'FeatureCollection',
      features: small.map(([w, s, e, n]) => ({
        type: 'Feature',
        properties: {},
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [w, s],
              [e, s],
              [e, n],
              [w, n],
              [w, s],
            ],
          ],
        },
      })),
    },
  };
}
