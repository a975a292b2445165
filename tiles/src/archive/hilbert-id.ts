import type { TileCoord } from '../tile.js';

/**
 * A tile's number in an archive: its place along one Hilbert curve per zoom, all zooms in a row (PMTiles v3, "Entries"). The
 * four children of the n-th tile of a zoom are 4n … 4n + 3 of the next one.
 */
export function tileId({ z, x, y }: TileCoord): number {
  let place = 0;
  for (let s = 2 ** (z - 1); s >= 1; s /= 2) {
    const right = x >= s ? 1 : 0;
    const below = y >= s ? 1 : 0;
    place += s * s * ((3 * right) ^ below);
    x -= right * s;
    y -= below * s;
    if (below === 0) {
      if (right === 1) [x, y] = [s - 1 - x, s - 1 - y];
      [x, y] = [y, x];
    }
  }
  return firstId(z) + place;
}

/** The tile at a place (0 … 4^z − 1) along the curve of a zoom. */
export function tileAtPlace(z: number, place: number): TileCoord {
  let [x, y] = [0, 0];
  for (let s = 1; s < 2 ** z; s *= 2) {
    const quarter = place % 4;
    place = Math.floor(place / 4);
    const right = quarter >> 1;
    const below = (quarter ^ right) & 1;
    if (below === 0) {
      if (right === 1) [x, y] = [s - 1 - x, s - 1 - y];
      [x, y] = [y, x];
    }
    x += right * s;
    y += below * s;
  }
  return { z, x, y };
}

const firstId = (z: number): number => (4 ** z - 1) / 3;
