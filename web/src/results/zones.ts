/** CGCS2000 Gauss-Krüger in EPSG: first code of each series, degrees of a zone; the first meridian is 75° E. */
const SERIES = [
  [4534, 3],
  [4513, 3],
  [4502, 6],
  [4491, 6],
] as const;

/** The central meridian of a zone; nothing for none. */
export function meridianOf(epsg: number | null): number | '' {
  const series = epsg === null ? undefined : SERIES.find(([first]) => epsg >= first);
  return series ? 75 + series[1] * (epsg! - series[0]) : '';
}

/** The 3° zones that a place reaches into: their number, meridian and EPSG code. */
export function zonesOf([west, , east]: readonly [number, number, number, number]) {
  const numbers = [];
  for (let zone = Math.max(25, Math.round(west / 3)); zone <= Math.min(45, Math.round(east / 3)); zone++) numbers.push(zone);
  return numbers.map((zone) => ({ zone, meridian: 3 * zone, epsg: 4534 + zone - 25 }));
}
