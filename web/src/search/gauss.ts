/** The ellipsoid of CGCS2000. */
const A = 6_378_137;
const F = 1 / 298.257222101;
const E2 = F * (2 - F);
const DEGREE = Math.PI / 180;

/** Gauss-Krüger backwards: metres north of the equator and east of the central meridian to degrees, to a millimetre within a zone. */
export function unproject(north: number, east: number, meridian: number): { lng: number; lat: number } {
  const phi = footpoint(north);
  const [sin, cos, t] = [Math.sin(phi), Math.cos(phi), Math.tan(phi)];
  const t2 = t * t;
  const eta2 = (E2 / (1 - E2)) * cos * cos;
  const N = A / Math.sqrt(1 - E2 * sin * sin);
  const M = (N * (1 - E2)) / (1 - E2 * sin * sin);
  const d = east / N;
  const lat =
    phi -
    ((t * N) / M) *
      (d ** 2 / 2 - (d ** 4 / 24) * (5 + 3 * t2 + eta2 - 9 * eta2 * t2) + (d ** 6 / 720) * (61 + 90 * t2 + 45 * t2 * t2));
  const lng =
    (d - (d ** 3 / 6) * (1 + 2 * t2 + eta2) + (d ** 5 / 120) * (5 + 28 * t2 + 24 * t2 * t2 + 6 * eta2 + 8 * eta2 * t2)) / cos;
  return { lng: meridian + lng / DEGREE, lat: lat / DEGREE };
}

/** The latitude whose meridian arc is as long. */
function footpoint(arc: number): number {
  const n = F / (2 - F);
  const radius = (A / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64);
  const mu = arc / radius;
  return (
    mu +
    ((3 * n) / 2 - (27 * n ** 3) / 32) * Math.sin(2 * mu) +
    ((21 * n ** 2) / 16 - (55 * n ** 4) / 32) * Math.sin(4 * mu) +
    ((151 * n ** 3) / 96) * Math.sin(6 * mu) +
    ((1097 * n ** 4) / 512) * Math.sin(8 * mu)
  );
}
