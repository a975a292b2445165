/** A standard pixel of 0.28 mm, as OGC counts scale. */
const PIXEL = 0.00028;
const EQUATOR = 40_075_016.686;

/** Ground metres of a pixel at a zoom and latitude (512-pixel tiles). */
export const metresPerPixel = (zoom: number, lat: number) => (EQUATOR * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom);

/** The denominator of the scale. */
export const ratioAt = (zoom: number, lat: number) => metresPerPixel(zoom, lat) / PIXEL;

/** A round length that fits: metres and pixels. */
export function scaleBar(zoom: number, lat: number, room = 120): { metres: number; pixels: number } {
  const per = metresPerPixel(zoom, lat);
  const most = per * room;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = ([5, 2, 1].find((n) => n * power <= most) ?? 1) * power;
  return { metres, pixels: Math.round(metres / per) };
}
