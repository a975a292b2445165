import type { SearchResult } from '../api/types';
import { readCoordinates } from './coordinates';
import { fromBaidu, fromGcj } from './shifted';

type Place = [lng: number, lat: number];
type CoordinateHit = Omit<SearchResult, 'kind'> & { kind: 'coordinates' };

const words = ([lng, lat]: Place) =>
  `${Math.abs(lng).toFixed(6)}°${lng < 0 ? 'W' : 'E'} ${Math.abs(lat).toFixed(6)}°${lat < 0 ? 'S' : 'N'}`;

function hit(place: Place, subtitleZh: string, subtitleEn: string): CoordinateHit {
  const [lng, lat] = place;
  const title = words(place);
  return {
    kind: 'coordinates',
    id: `${subtitleEn}/${title}`,
    titleZh: title,
    titleEn: title,
    subtitleZh,
    subtitleEn,
    bbox: [lng, lat, lng, lat],
    locked: false,
  };
}

/** A place written as numbers, in CGCS2000; a bare pair may also have been copied from a public map, which shows it aside. */
export function coordinateHits(text: string, home: [number, number, number, number]): CoordinateHit[] {
  return readCoordinates(text, home).flatMap(({ lng, lat, meridian }) => {
    const place: Place = [lng, lat];
    if (meridian) return [hit(place, `CGCS2000，中央经线 ${meridian}°`, `CGCS2000, central meridian ${meridian}°`)];
    return [
      hit(place, 'CGCS2000', 'CGCS2000'),
      hit(fromGcj(place), '来自高德/腾讯', 'Copied from Amap/Tencent'),
      hit(fromBaidu(place), '来自百度', 'Copied from Baidu'),
    ];
  });
}
