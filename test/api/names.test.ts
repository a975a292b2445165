import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bring, caseFile } from '../bring.js';
import { type Caller, signIn, startYutu, type Yutu } from '../harness.js';

/** Fields that are called as parameters of the API are. */

let yutu: Yutu;
let steward: Caller;
const LAYER = '/api/collections/imp_reserved/items';
/** Names of the standards and of this API, with what the two features have there. */
const MORE = ['offset', 'crs', 'sortby', 'properties', 'since', 'signed', 'collections', 'by', 'q', 'skipGeometry'];

beforeAll(async () => {
  yutu = await startYutu();
  steward = await signIn(yutu, 'steward-planning');
  bring(yutu, 'imp_reserved', caseFile('imp-reserved.geojson'));
  const names = [...MORE, 'in', 'null', 'date', 'F', 'Limit'];
  const features = ['a', 'b'].map((end, i) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [106.5 + i / 100, 29.5] },
    properties: Object.fromEntries(names.map((name) => [name, `${name} ${end}`])),
  }));
  bring(yutu, 'more_names', features);
});
afterAll(() => yutu?.remove());

const matched = async (query: string, layer = LAYER) => {
  const { status, json } = await steward.get(`${layer}?${query}`);
  return status === 200 ? json.numberMatched : [status, json.code, json.parameter];
};

describe('a field that is called as a parameter', () => {
  it('does not take the parameter over', async () => {
    expect(await matched('')).toBe(2);
    for (const query of [
      'f=json',
      'f=geojson',
      'limit=1',
      'bbox=106,29,107,30',
      'datetime=2024-01-01/..',
      "filter=type='park'&f=json",
    ])
      expect([query, await matched(query)]).toEqual([query, query.startsWith('filter') ? 1 : 2]);
    expect(await matched('limit=5&type=park')).toBe(1);
    expect(await matched('f=3F')).toEqual([400, 'format_unsupported', 'f']);
    expect(await matched('bbox=x')).toEqual([400, 'parameter_invalid', 'bbox']);
  });

  it('is reached by filter', async () => {
    for (const [filter, count] of [
      ["f='3F'", 1],
      ["preview='p'", 1],
      ["bbox='x' OR bbox='y'", 2],
      ['limit > 5', 1],
      ["filter='q' AND after='z'", 1],
      ["datetime LIKE '202_'", 2],
      ["constructor='c' AND toString='t'", 1],
    ] as const) {
      expect([filter, await matched(`filter=${encodeURIComponent(filter)}&f=json`)]).toEqual([filter, count]);
      const json = { op: '=', args: [{ property: 'preview' }, 'o'] };
      expect(await matched(`filter-lang=cql2-json&filter=${encodeURIComponent(JSON.stringify(json))}`)).toBe(1);
    }
  });

  it('named preview is no look as somebody else', async () => {
    expect(await matched('preview=p')).toEqual([400, 'parameter_invalid', 'preview']);
    expect(await matched(`preview=${'p'.repeat(32)}`)).toEqual([403, 'preview_not_yours', undefined]);
    // Neither what stands in another value nor another spelling of the name hides one.
    expect(await matched(`filter=preview='p'&preview=${'p'.repeat(32)}`)).toEqual([403, 'preview_not_yours', undefined]);
    expect(await matched(`%70review=${'p'.repeat(32)}`)).toEqual([403, 'preview_not_yours', undefined]);
    const tile = '/api/collections/imp_reserved/tiles/WebMercatorQuad/0/0/0';
    expect((await steward.get(`${tile}?preview=p`)).status).toBe(400);
    expect((await steward.get(`${tile}?f=mvt&f=json`)).status).toBe(400);
    expect((await steward.get(tile)).status).toBe(200);
  });

  it('means on every layer what it means on the others', async () => {
    const more = '/api/collections/more_names/items';
    for (const name of MORE) {
      expect([name, await matched(`${name}=x`, more)]).toEqual([name, [400, 'parameter_invalid', name]]);
      const filter = encodeURIComponent(`${name} = '${name} a'`);
      expect([name, await matched(`filter=${filter}`, more)]).toEqual([name, 1]);
    }
    expect(await matched('offset=0&limit=1', more)).toBe(2);
    expect(await matched('sortby=x')).toEqual([400, 'parameter_unknown', 'sortby']);
    const { json } = await steward.get(`${more}?sortby=x`);
    expect(json.detail).toContain('filter=sortby=');
    // Other words of the language are quoted; upper case is another name.
    for (const name of ['in', 'null'])
      expect(await matched(`filter=${encodeURIComponent(`"${name}"='${name} a'`)}`, more)).toBe(1);
    expect(await matched(`filter=${encodeURIComponent("date='date b'")}`, more)).toBe(1);
    expect(await matched('F=F%20a', more)).toBe(1);
    expect(await matched('Limit=Limit%20b', more)).toBe(1);
  });
});
