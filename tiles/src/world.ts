/**
 * The world grid: Web Mercator as integers. The square of EPSG:3857 is 2^31 units wide with its origin in the middle, x to the
 * east and y to the **south** (as in tiles), so one unit is 1.87 cm at the equator and equals one tile unit (of 4096) at zoom 19.
 * Int32 holds two worlds: data past the antimeridian keeps its place beside the square instead of smearing across it.
 */
export const GRID = 2 ** 31;
const HALF = GRID / 2;
const INT32_MAX = 2 ** 31 - 1;
/** Half the width of EPSG:3857 in metres: π × 6378137. */
export const MERCATOR_HALF_WIDTH = Math.PI * 6378137;
/** Latitude where the square of EPSG:3857 ends. */
export const MAX_LATITUDE = 85.0511287798066;

const GRID_PER_DEGREE = GRID / 360;
const GRID_PER_RADIAN = GRID / (2 * Math.PI);
const GRID_PER_METRE = HALF / MERCATOR_HALF_WIDTH;
const RADIANS = Math.PI / 180;

/** Longitude in degrees → exact (unrounded) grid x. */
export function lonToWorld(lon: number): number {
  return lon * GRID_PER_DEGREE;
}

/**
 * Latitude in degrees → exact grid y, positive south. Past 89.78° it is held at the end of int32, far outside every tile.
 * EPSG:4490 and EPSG:4326 are treated alike: the two ellipsoids differ by 0.1 mm in the semi-minor axis.
 */
export function latToWorld(lat: number): number {
  const y = -Math.log(Math.tan(Math.PI / 4 + (lat * RADIANS) / 2)) * GRID_PER_RADIAN;
  if (y > INT32_MAX) return INT32_MAX;
  if (y < -INT32_MAX) return -INT32_MAX;
  return y;
}

/** Grid x → longitude in degrees. */
export function worldToLon(x: number): number {
  return x / GRID_PER_DEGREE;
}

/** Grid y → latitude in degrees. */
export function worldToLat(y: number): number {
  return (2 * Math.atan(Math.exp(-y / GRID_PER_RADIAN)) - Math.PI / 2) / RADIANS;
}

/** EPSG:3857 easting in metres → grid x. */
export function eastingToWorld(x: number): number {
  return x * GRID_PER_METRE;
}

/** EPSG:3857 northing in metres → grid y, held at the ends of int32. */
export function northingToWorld(y: number): number {
  return Math.max(-INT32_MAX, Math.min(INT32_MAX, -y * GRID_PER_METRE));
}
