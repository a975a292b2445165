import { describe, expect, it } from 'vitest';
import { checkDraft } from './check.js';
import { geojsonSource } from './source.js';

const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const check = (value: unknown) => checkDraft(bytes(value));
const point = (x: unknown = 106.5, y: unknown = 29.5, properties: unknown = {}) => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Point', coordinates: [x, y] },
});
const collection = (...features: unknown[]) => ({ type: 'FeatureCollection', features });
const nested = (depth: number): unknown =>
  depth === 0 ? { type: 'Point', coordinates: [1, 2] } : { type: 'GeometryCollection', geometries: [nested(depth - 1)] };

describe('a draft', () => {
  it('may be a collection, a feature or a geometry; what has no geometry is left out', () => {
    const { name, features, extent } = check({
      ...collection(point(), { type: 'Feature', geometry: null }, point(107, 30)),
      name: ' 我的 ',
    });
    expect([name, features.map((f) => f.id), extent]).toEqual(['我的', [1, 3], [106.5, 29.5, 107, 30]]);
    expect(check(point()).features).toHaveLength(1);
    expect(
      check({
        type: 'LineString',
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      }).extent,
    ).toEqual([1, 2, 3, 4]);
    expect(check(nested(8)).features).toHaveLength(1);
  });

  it('keeps texts, numbers and truth values; lists and objects become text; any name will do', () => {
    const json = `{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2,3]},
      "properties":{"a":"甲","b":1.5,"c":false,"d":null,"e":[1,{"f":2}],"__proto__":"x","constructor":1}}`;
    const { properties } = check(json).features[0]!;
    expect(Object.entries(properties)).toEqual([
      ['a', '甲'],
      ['b', 1.5],
      ['c', false],
      ['e', '[1,{"f":2}]'],
      ['__proto__', 'x'],
      ['constructor', 1],
    ]);
  });

  it.each([
    ['nothing', '', /valid JSON/],
    ['half a document', '{"type":"FeatureColl', /valid JSON/],
    ['bytes that are no text', new Uint8Array([0x22, 0xff, 0xfe, 0x22]), /valid JSON/],
    ['a list', [], /GeoJSON object/],
    ['something else', { hello: 1 }, /GeoJSON object/],
    ['a type that is a name of every object', { type: 'constructor' }, /GeoJSON object/],
    ['features that are no list', { type: 'FeatureCollection', features: {} }, /"features" must be a list/],
    ['what is no feature', collection(point(), 7), /feature 2 is no GeoJSON feature/],
    ['an unknown geometry', collection({ type: 'Feature', geometry: { type: 'toString', coordinates: [] } }), /unknown type/],
    ['nothing to draw', collection({ type: 'Feature', geometry: null }), /nothing that can be drawn/],
    ['an empty geometry', { type: 'MultiPoint', coordinates: [] }, /nothing that can be drawn/],
    ['metres', collection(point(36400123, 3270123)), /feature 1 has 36400123, 3270123, which is not longitude and latitude/],
    ['coordinates that are text', collection(point('106', '29')), /no number/],
    ['coordinates that are null', collection(point(null, null)), /no number/],
    ['a line of one point', { type: 'LineString', coordinates: [[1, 2]] }, /too few/],
    [
      'a ring that is none',
      {
        type: 'Polygon',
        coordinates: [
          [
            [1, 2],
            [3, 4],
            [1, 2],
          ],
        ],
      },
      /too few/,
    ],
    ['coordinates too shallow', { type: 'Polygon', coordinates: [1, 2] }, /no list/],
    ['coordinates too deep', { type: 'Point', coordinates: [[1, 2]] }, /no number/],
    ['collections in collections', nested(9), /too deep/],
    [
      'another coordinate system',
      { ...collection(point()), crs: { type: 'name', properties: { name: 'EPSG:4546' } } },
      /longitude and latitude/,
    ],
    ['too many features', collection(...Array.from({ length: 50_001 }, () => point())), /more than 50000 features/],
    [
      'too many positions',
      { type: 'MultiPoint', coordinates: Array.from({ length: 1_000_001 }, () => [1, 2]) },
      /more than 1000000 positions/,
    ],
    [
      'too many properties',
      collection(point(1, 2, Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`p${i}`, i])))),
      /more than 200 properties/,
    ],
    ['too many bytes', new Uint8Array(10 * 1024 * 1024 + 1), /larger than 10 MB/],
  ])('is refused in words when it holds %s', (_what, given, words) => {
    expect(() => (given instanceof Uint8Array ? checkDraft(given) : check(given))).toThrow(
      expect.objectContaining({ name: 'YutuError', message: expect.stringMatching(words) }),
    );
  });

  it('gives tiles at any zoom, and nothing where nothing is', () => {
    const source = geojsonSource(check(collection(point())).features);
    expect(source.tile({ z: 0, x: 0, y: 0 }).features).toBe(1);
    expect(source.tile({ z: 18, x: 208_622, y: 108_609 }).features + source.tile({ z: 18, x: 0, y: 0 }).features).toBeLessThan(2);
    expect(source.tile({ z: 5, x: 0, y: 0 })).toEqual({ bytes: new Uint8Array(0), features: 0, named: 0, reduced: 0 });
  });
});
