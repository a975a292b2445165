import type { Collection } from '../api/types';

type Box = [number, number, number, number];

/** Around a box, so that its outline is not on the frame: a share of its size on each side. */
const air = ([w, s, e, n]: Box, share: number): Box => {
  const [dx, dy] = [(e - w) * share || 0.01, (n - s) * share || 0.01];
  return [w - dx, s - dy, e + dx, n + dy];
};

const size = ([w, s, e, n]: Box) => (e - w) * (n - s);

/**
 * Where to look so that several views of a layer differ: the smallest area that one of them is limited to, with as much again around it;
 * else the layer's extent. Boxes in degrees.
 */
export function placeOf(layer: Collection, seen: (Collection | null)[]): Box | undefined {
  const areas = seen.flatMap((c) => (c?.yutu.access.area ? [c.yutu.access.area.bbox] : []));
  const [smallest] = areas.sort((a, b) => size(a) - size(b));
  return smallest ? air(smallest, 0.35) : layer.extent.spatial.bbox[0];
}

/** The zoom from which a layer is drawn at all. */
export const drawnFrom = ({ yutu }: Collection): number => Math.max(yutu.style.minZoom ?? 0, yutu.zooms.min) + 0.2;
