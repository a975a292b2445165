import { beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller } from '../harness.js';
import { shared } from '../instance.js';
import { allItems, type Feature } from '../story.js';

let nobody: Caller;
let places: Feature[];
beforeAll(async () => {
  nobody = anonymous(shared());
  places = (await allItems(nobody, '/api/collections/places/items?limit=1000')).features;
});

const items = (query: string) => nobody.get(`/api/collections/places/items?${query}`);

describe('items', () => {
  it('are pages of GeoJSON that reach the last feature, each once, in one order', async () => {
    const { features, numberMatched, pages } = await allItems(nobody, '/api/collections/places/items?limit=97');
    expect(numberMatched).toBe(950);
    expect(pages).toBe(10);
    expect(features.map(({ id }) => id)).toEqual(places.map(({ id }) => id));
    expect(new Set(features.map(({ id }) => id)).size).toBe(950);
    expect(features.every(({ id }) => Number.isSafeInteger(id))).toBe(true);
  });

  it('have a hundred to a page unless told otherwise, and say what the standard wants said', async () => {
    const { headers, json } = await items('');
    expect(headers['content-type']).toContain('application/geo+json');
    expect(json.type).toBe('FeatureCollection');
    expect(json.features).toHaveLength(100);
    expect(json.timeStamp).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(json.links.map((link: { rel: string }) => link.rel)).toEqual(expect.arrayContaining(['self', 'next']));
  });

  it('say in members of their own that they are cut, for programs that follow no link', async () => {
    const { json } = await items('');
    expect([json.more, json.numberMatched, json.numberReturned]).toEqual([true, 950, 100]);
    expect(json.description).toMatch(/本页 100 个要素，共 950 个.*100 of 950 features/);
    expect(Object.keys(json).indexOf('description')).toBeLessThan(Object.keys(json).indexOf('features'));
    const whole = (await items('limit=1000')).json;
    expect([whole.more, whole.numberReturned, 'description' in whole]).toEqual([false, 950, false]);
  });

  it('fold the case of every script', async () => {
    const filter = encodeURIComponent("CASEI(name_zh) = CASEI('ΑΒΓ') OR CASEI('ÀÉ Ж Ⅲ Ａ') = CASEI('àé ж ⅲ ａ')");
    expect((await items(`filter=${filter}&limit=1`)).json.numberMatched).toBe(950);
    expect((await items(`filter=${encodeURIComponent("CASEI('É') = CASEI('E')")}`)).json.numberMatched).toBe(0);
  });

  it('keep the filter on the next pages', async () => {
    const { features, numberMatched } = await allItems(nobody, '/api/collections/places/items?limit=7&district_code=500101');
    const expected = places.filter(({ properties }) => properties.district_code === '500101');
    expect(expected.length).toBeGreaterThan(14);
    expect(numberMatched).toBe(expected.length);
    expect(features.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
  });

  it('keep to a box, whatever its form', async () => {
    const box = [106.4, 29.4, 106.8, 29.8] as const;
    const inside = ({ geometry }: Feature) => {
      const [x, y] = geometry.coordinates as [number, number];
      return x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
    };
    const expected = places.filter(inside).map(({ id }) => id);
    expect(expected.length).toBeGreaterThan(10);
    expect(expected.length).toBeLessThan(900);
    for (const form of [box.join(','), `${box[0]},${box[1]},-100,${box[2]},${box[3]},5000`, '106.4%2C29.4%2C106.8%2C29.8']) {
      const found = await allItems(nobody, `/api/collections/places/items?limit=500&bbox=${form}`);
      expect(found.features.map(({ id }) => id)).toEqual(expected);
      expect(found.numberMatched).toBe(expected.length);
    }
  });

  it('take a box across the antimeridian for what it is', async () => {
    expect((await items('bbox=170,-10,-170,10')).json).toMatchObject({ numberMatched: 0, features: [] });
    expect((await items('bbox=100,20,-100,40')).json.numberMatched).toBe(950);
  });

  it('filter by CQL2 text, parentheses and all', async () => {
    const filters: [string, (properties: Record<string, unknown>) => boolean][] = [
      ["district_code = '500101'", (p) => p.district_code === '500101'],
      ['population > 50000', (p) => Number(p.population ?? 0) > 50000],
      ["name_zh LIKE '万%'", (p) => String(p.name_zh).startsWith('万')],
      [
        "district_code IN ('500101','500102') AND population >= 1000",
        (p) => ['500101', '500102'].includes(p.district_code as string) && Number(p.population ?? 0) >= 1000,
      ],
      [
        "(district_code = '500101' OR district_code = '500102') AND population > 10000",
        (p) => ['500101', '500102'].includes(p.district_code as string) && Number(p.population ?? 0) > 10000,
      ],
      [
        "district_code = '500101' OR district_code = '500102' AND population > 10000",
        (p) => p.district_code === '500101' || (p.district_code === '500102' && Number(p.population ?? 0) > 10000),
      ],
      [
        'population BETWEEN 1000 AND 30000',
        (p) => p.population !== null && Number(p.population) >= 1000 && Number(p.population) <= 30000,
      ],
    ];
    for (const [filter, holds] of filters) {
      const expected = places.filter(({ properties }) => holds({ population: null, ...properties })).map(({ id }) => id);
      expect([filter, expected.length > 0]).toEqual([filter, true]);
      const found = await allItems(
        nobody,
        `/api/collections/places/items?limit=500&filter-lang=cql2-text&filter=${encodeURIComponent(filter)}`,
      );
      expect([filter, found.features.map(({ id }) => id)]).toEqual([filter, expected]);
      expect(found.numberMatched).toBe(expected.length);
    }
  });

  it('take no filter for SQL', async () => {
    for (const filter of [
      "name_zh = ''; drop table yutu.layer; --'",
      '1=1); select pg_sleep(5) --',
      'pg_sleep(5) = 1',
      "name_zh = 'a' || version()",
    ]) {
      const { status } = await items(`filter=${encodeURIComponent(filter)}`);
      expect([filter, status]).toEqual([filter, 400]);
    }
    const quote = await items(`name_zh=${encodeURIComponent("'; drop table yutu.layer; --")}`);
    expect([quote.status, quote.json.numberMatched]).toEqual([200, 0]);
  });

  it('answer one by one with the same feature', async () => {
    for (const wanted of [places[0]!, places[474]!, places[949]!]) {
      const { status, headers, json } = await nobody.get(`/api/collections/places/items/${wanted.id}`);
      expect(status).toBe(200);
      expect(headers['content-type']).toContain('application/geo+json');
      expect(json).toMatchObject(wanted);
    }
  });

  it.each(['0', '99999999', '9007199254740993', 'abc', '-1', '1.5', '%00'])('answer 404 (or 400) for item %s', async (fid) => {
    const { status, headers } = await nobody.get(`/api/collections/places/items/${fid}`);
    expect([400, 404]).toContain(status);
    expect(headers['content-type']).toContain('application/problem+json');
  });

  it('know their version: an unchanged page is not sent twice', async () => {
    const first = await items('limit=5');
    expect(first.headers['cache-control']).toContain('no-cache');
    expect(first.headers.etag).toBeTruthy();
    const second = await nobody.get('/api/collections/places/items?limit=5', { 'if-none-match': first.headers.etag! });
    expect([second.status, second.bytes.length]).toEqual([304, 0]);
    const other = await nobody.get('/api/collections/places/items?limit=6', { 'if-none-match': first.headers.etag! });
    expect(other.status).toBe(200);
  });
});

describe('queryables', () => {
  it('list what may be filtered', async () => {
    const { status, headers, json } = await nobody.get('/api/collections/places/queryables');
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('application/schema+json');
    expect(Object.keys(json.properties)).toEqual(expect.arrayContaining(['name_zh', 'population', 'district_code']));
  });
});

describe('parameters that make no sense', () => {
  it.each([
    'limit=abc',
    'limit=0',
    'limit=-5',
    'limit=1e3',
    'limit=',
    'limit=5&limit=6',
    'bbox=1,2,3',
    'bbox=a,b,c,d',
    'bbox=1,2,3,4,5',
    'bbox=106,40,107,29',
    'bbox=NaN,1,2,3',
    'bbox=,,,',
    'bbox=0x6A,29,107,30',
    'population=0x10',
    'population=9007199254740993',
    'filter=population+%3D+9007199254740993',
    `filter=${encodeURIComponent('{"op":"=","args":[{"property":"population"},9007199254740993]}')}&filter-lang=cql2-json`,
    'datetime=yesterday',
    'datetime=2026-13-45',
    'datetime=2026-01-01T00:00:00Z/2025-01-01T00:00:00Z/x',
    'filter=population+%3E',
    'filter=nosuchfield+%3D+1',
    'filter=population+%3D+%27many%27',
    'filter-lang=sql&filter=1',
    'nosuch=1',
    'LIMIT=5',
    'f=xml',
    'population=many',
    'crs=http://www.opengis.net/def/crs/EPSG/0/99999',
  ])('%s is refused with 400 that names the parameter', async (query) => {
    const { status, headers, json } = await items(query);
    expect([query, status]).toEqual([query, 400]);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(json.detail.length).toBeGreaterThan(10);
    const name = query.split('=')[0]!;
    const named = `${json.parameter ?? ''} ${json.detail}`;
    expect(named).toContain(name === 'filter-lang' ? 'filter-lang' : name);
  });

  it.each([
    '/api/collections?nosuch=1',
    '/api/collections/places?nosuch=1',
    '/api/conformance?nosuch=1',
    '/api?nosuch=1',
    '/api/search?q=a&nosuch=1',
  ])('%s is refused with 400', async (path) => {
    expect((await nobody.get(path)).status).toBe(400);
  });

  it('a limit beyond the largest page gives the largest page', async () => {
    const { status, json } = await items('limit=100000');
    expect(status).toBe(200);
    expect(json.features).toHaveLength(950);
  });

  it('a time is taken, also where a layer has none', async () => {
    for (const datetime of [
      '2026-01-01T00:00:00Z',
      '2025-01-01T00:00:00Z/..',
      '../2026-12-31T00:00:00Z',
      '2026-01-01/2026-12-31',
    ])
      expect([datetime, (await items(`datetime=${datetime}`)).status]).toEqual([datetime, 200]);
  });
});

describe('search', () => {
  it.each([
    ['万州', 'division', '500101'],
    ['500101', 'division', '500101'],
    ['宗地', 'layer', 'parcels'],
    ['parcel', 'layer', 'parcels'],
  ])('%s finds the %s %s', async (q, kind, id) => {
    const { status, json } = await nobody.get(`/api/search?q=${encodeURIComponent(q)}`);
    expect(status).toBe(200);
    expect(json.results).toContainEqual(expect.objectContaining({ kind, id }));
  });

  it('says which hits are locked', async () => {
    const { results } = (await nobody.get(`/api/search?q=${encodeURIComponent('宗地')}`)).json;
    expect(results.find((one: { id: string }) => one.id === 'parcels').locked).toBe(true);
  });

  it('takes anything typed', async () => {
    for (const q of ['%', '_', "'", '\\', '"', '(', '🗺', 'a'.repeat(200), ' ']) {
      const { status } = await nobody.get(`/api/search?q=${encodeURIComponent(q)}`);
      expect([q, [200, 400].includes(status)]).toEqual([q, true]);
    }
  });
});
