export interface PlaceReport {
  see: (lon: number, lat: number) => void;
  report: () => string[];
}

/**
 * Watches where coordinates lie against the city's box. Data whose axes were swapped, or that lies elsewhere, is let in
 * (a neighbour's data is legitimate) but said.
 */
export function checkPlace(home: readonly [number, number, number, number]): PlaceReport {
  const [west, south, east, north] = home;
  const inside = (x: number, y: number) => x >= west - 1 && x <= east + 1 && y >= south - 1 && y <= north + 1;
  let seen = 0;
  let outside = 0;
  let swapped = 0;
  return {
    see(lon, lat) {
      seen++;
      if (inside(lon, lat)) return;
      outside++;
      if (inside(lat, lon)) swapped++;
    },
    report() {
      if (seen === 0 || outside < seen / 2) return [];
      if (swapped > outside / 2)
        return ['warning: latitude and longitude seem to be swapped: most coordinates lie in the city only the other way round'];
      return ['warning: most coordinates lie outside the city'];
    },
  };
}
