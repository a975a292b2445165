import { expect, it } from 'vitest';
import { readCrs } from './crs.js';

const named = (name: string) => readCrs({ type: 'name', properties: { name } });
const code = (authority: string, n: number) => expect.objectContaining({ authority, code: n });

it.each([
  'urn:ogc:def:crs:OGC:1.3:CRS84',
  'urn:ogc:def:crs:OGC::CRS84',
  'OGC:CRS84',
  'http://www.opengis.net/def/crs/OGC/1.3/CRS84',
  'http://www.opengis.net/def/crs/OGC/0/CRS84h',
  'urn:ogc:def:crs:EPSG::4326',
  'epsg:4490',
  'EPSG:4480',
  'WGS 84',
  'WGS84',
  'CGCS2000',
  'China Geodetic Coordinate System 2000',
  'GCS_WGS_1984',
  'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000"]]',
  'GEOGCS["WGS 84",DATUM["WGS_1984",AUTHORITY["EPSG","6326"]],AUTHORITY["EPSG","4326"]]',
])('%s is longitude and latitude', (name) => expect(named(name)).toBe('lonlat'));

it.each([
  ['EPSG:4547', code('EPSG', 4547)],
  ['EPSG::24326', code('EPSG', 24326)],
  ['urn:ogc:def:crs:EPSG:6.9:4545', code('EPSG', 4545)],
  ['urn:x-ogc:def:crs:EPSG:4545', expect.objectContaining({ code: null })],
  ['http://www.opengis.net/gml/srs/epsg.xml#4545', code('EPSG', 4545)],
  ['https://epsg.io/4545', code('EPSG', 4545)],
  ['ESRI:102025', code('ESRI', 102025)],
  ['urn:ogc:def:crs:OGC:1.3:CRS27', expect.objectContaining({ code: null, name: null })],
  ['WGS 84 / UTM zone 48N', expect.objectContaining({ code: null, name: 'wgs84utmzone48n' })],
  ['PROJCS["x",GEOGCS["WGS 84",AUTHORITY["EPSG","4326"]],UNIT["metre",1]]', expect.objectContaining({ code: null, name: 'x' })],
  ['PROJCRS["x",BASEGEOGCRS["y",ID["EPSG",4490]],ID["EPSG",4545]]', code('EPSG', 4545)],
])('%s is another', (name, crs) => expect(named(name)).toEqual(crs));

it('is given in several ways, and none is none', () => {
  expect(readCrs(undefined)).toBeNull();
  expect(readCrs(null)).toBeNull();
  expect(readCrs('EPSG:4545')).toEqual(code('EPSG', 4545));
  expect(readCrs({ type: 'EPSG', properties: { code: '4545' } })).toEqual(code('EPSG', 4545));
  expect(readCrs({ type: 'EPSG', properties: { code: 4326 } })).toBe('lonlat');
  expect(readCrs({ type: 'link', properties: { href: 'http://spatialreference.org/ref/epsg/4545/proj4/' } })).toEqual(
    code('EPSG', 4545),
  );
  expect(readCrs({ type: 'link', properties: { href: 'http://example.com/crs/42' } })).toMatchObject({
    shown: 'http://example.com/crs/42',
  });
  expect(readCrs({ type: 'ProjectedCRS', name: 'y', id: { authority: 'EPSG', code: 4545 } })).toEqual(code('EPSG', 4545));
  expect(readCrs({ hello: 1 })).toMatchObject({ shown: '{"hello":1}', code: null, name: null });
  expect(readCrs(7)).toMatchObject({ shown: '7' });
});
