import { TILE_EXTENT } from '../tile.js';
import { GRID } from '../world.js';

/** From this zoom on a tile holds every feature with every vertex; below, level of detail decides. */
export const FULL_ZOOM = 14;

/** Width of one tile unit on the world grid. */
export function unitSize(zoom: number): number {
  return GRID / TILE_EXTENT / 2 ** zoom;
}
