import { describe, expect, it } from 'vitest';
import { areaUnits, readRedLine } from './redline';

const home: [number, number, number, number] = [105.2, 28.1, 110.3, 32.3];
const square = (lon: number, lat: number, d = 0.01) => [
  [lon, lat],
  [lon + d, lat],
  [lon + d, lat + d],
  [lon, lat + d],
  [lon, lat],
];
const polygon = (...rings: number[][][]) => ({ type: 'Polygon', coordinates: rings });
const read = (json: unknown) => readRedLine(JSON.stringify(json), home);
const fault = (json: unknown) => {
  const r = read(json);
  return r.ok ? null : r.fault;
};

describe('a red line file', () => {
  it('is a polygon, with its area estimated', () => {
    const r = read(polygon(square(107, 29.5)));
    expect(r).toMatchObject({ ok: true, parts: 1 });
    if (r.ok) expect(r.squareMetres / 1e6).toBeCloseTo(1.08, 1);
  });
  it('may be a collection: its parts become one MultiPolygon', () => {
    const feature = (g: unknown) => ({ type: 'Feature', properties: {}, geometry: g });
    const r = read({
      type: 'FeatureCollection',
      features: [feature(polygon(square(107, 29.5))), feature({ type: 'MultiPolygon', coordinates: [[square(107.1, 29.5)]] })],
    });
    expect(r).toMatchObject({ ok: true, parts: 2, polygon: { type: 'MultiPolygon' } });
  });
  it('has its ring closed and its heights dropped', () => {
    const open = square(107, 29.5)
      .slice(0, 4)
      .map(([x, y]) => [x!, y!, 200]);
    const r = read(polygon(open));
    expect(r.ok && r.polygon.coordinates).toEqual([square(107, 29.5)]);
  });
  it('says what else it is', () => {
    expect(readRedLine('宗地,面积', home)).toEqual({ ok: false, fault: { code: 'not_json' } });
    expect(fault({ hello: 1 })).toEqual({ code: 'not_geojson' });
    expect(fault({ type: 'FeatureCollection', features: [] })).toEqual({ code: 'empty' });
    expect(fault({ type: 'LineString', coordinates: square(107, 29.5) })).toEqual({ code: 'geometry_type', found: 'LineString' });
    expect(
      fault(
        polygon([
          [107, 29.5],
          [107.1, 29.5],
        ]),
      ),
    ).toEqual({ code: 'bad_ring', part: 1 });
    expect(fault({ type: 'Polygon', coordinates: [[['a', 1]]] })).toEqual({ code: 'bad_ring', part: 1 });
  });
  it('tells swapped axes, projected metres and another place apart', () => {
    expect(fault(polygon(square(107, 29.5).map(([x, y]) => [y!, x!])))).toEqual({ code: 'swapped' });
    expect(fault(polygon(square(36_400_000, 3_270_000, 500)))).toMatchObject({ code: 'projected' });
    expect(fault(polygon(square(116.4, 39.9)))).toMatchObject({ code: 'outside' });
  });
  it('says where it crosses itself', () => {
    const bow = polygon([
      [107, 29],
      [107.1, 29.1],
      [107.1, 29],
      [107, 29.1],
      [107, 29],
    ]);
    const f = fault(bow);
    expect(f?.code).toBe('crossing');
    if (f?.code === 'crossing') expect([f.lon, f.lat]).toEqual([expect.closeTo(107.05, 6), expect.closeTo(29.05, 6)]);
  });
});

describe('area units', () => {
  it('knows that fifteen mu are a hectare', () => {
    expect(areaUnits(10_000)).toEqual({ mu: 15, hectares: 1, squareKm: 0.01 });
  });
});
