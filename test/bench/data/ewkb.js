/** The SRID of every table of the bench: CGCS2000. */
export const SRID = 4490;
const HAS_SRID = 0x20000000;

function bytesOf(length, type, count, srid) {
  const bytes = Buffer.allocUnsafe(length);
  bytes[0] = 1;
  bytes.writeUInt32LE(type + (srid ? HAS_SRID : 0), 1);
  if (srid) bytes.writeUInt32LE(SRID, 5);
  if (count !== null) bytes.writeUInt32LE(count, srid ? 9 : 5);
  return bytes;
}

function writeAll(bytes, at, xy) {
  for (let i = 0; i < xy.length; i++) bytes.writeDoubleLE(xy[i], at + 8 * i);
}

/** EWKB of a point. */
export function point(lon, lat) {
  const bytes = bytesOf(25, 1, null, true);
  writeAll(bytes, 9, [lon, lat]);
  return bytes;
}

/** EWKB of a line of [lon, lat, lon, lat, …]. */
export function line(xy) {
  const bytes = bytesOf(13 + 8 * xy.length, 2, xy.length / 2, true);
  writeAll(bytes, 13, xy);
  return bytes;
}

/** EWKB of a polygon of closed rings, each [lon, lat, …]; inside a multipolygon without the SRID. */
export function polygon(rings, srid = true) {
  let at = srid ? 13 : 9;
  const bytes = bytesOf(
    rings.reduce((sum, ring) => sum + 4 + 8 * ring.length, at),
    3,
    rings.length,
    srid,
  );
  for (const ring of rings) {
    bytes.writeUInt32LE(ring.length / 2, at);
    writeAll(bytes, at + 4, ring);
    at += 4 + 8 * ring.length;
  }
  return bytes;
}

/** EWKB of a multipolygon. */
export function multiPolygon(polygons) {
  const parts = polygons.map((rings) => polygon(rings, false));
  return Buffer.concat([bytesOf(13, 6, parts.length, true), ...parts]);
}
