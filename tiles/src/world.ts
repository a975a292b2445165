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
const TABLE_END = 80;
const STEPS_PER_DEGREE = 32;
const TABLE = projectionTable();

/** Longitude in degrees → exact (unrounded) grid x. */
export function lonToWorld(lon: number): number {
  return lon * GRID_PER_DEGREE;
}

/**
 * Latitude in degrees → grid y, positive south. Past 89.78° it is held at the end of int32, far outside every tile. Up to 80° it
 * comes from a table of cubics, a thousandth of a unit or less from the formula (0.02 mm) and eight times as fast.
 * EPSG:4490 and EPSG:4326 are treated alike: the two ellipsoids differ by 0.1 mm in the semi-minor axis.
 */
export function latToWorld(lat: number): number {
  if (lat >= -TABLE_END && lat <= TABLE_END) {
    const step = Math.round(lat * STEPS_PER_DEGREE);
    const t = lat - step / STEPS_PER_DEGREE;
    const at = 4 * (step + TABLE_END * STEPS_PER_DEGREE);
    return TABLE[at]! + t * (TABLE[at + 1]! + t * (TABLE[at + 2]! + t * TABLE[at + 3]!));
  }
  const y = mercatorY(lat * RADIANS);
  if (y > INT32_MAX) return INT32_MAX;
  if (y < -INT32_MAX) return -INT32_MAX;
  return y;
}

function mercatorY(radians: number): number {
  return -Math.log(Math.tan(Math.PI / 4 + radians / 2)) * GRID_PER_RADIAN;
}

/** Taylor's polynomials of the projection every 1/32 degree, coefficients per degree. */
function projectionTable(): Float64Array {
  const steps = 2 * TABLE_END * STEPS_PER_DEGREE + 1;
  const table = new Float64Array(4 * steps);
  for (let i = 0; i < steps; i++) {
    const radians = (i / STEPS_PER_DEGREE - TABLE_END) * RADIANS;
    const secant = 1 / Math.cos(radians);
    const tangent = Math.tan(radians);
    const scale = -GRID_PER_RADIAN * secant;
    table[4 * i] = radians === 0 ? 0 : mercatorY(radians);
    table[4 * i + 1] = scale * RADIANS;
    table[4 * i + 2] = (scale * tangent * RADIANS ** 2) / 2;
    table[4 * i + 3] = (scale * (1 + 2 * tangent * tangent) * RADIANS ** 3) / 6;
  }
  return table;
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
