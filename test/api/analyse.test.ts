import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, anonymous, type Caller, eventually, signIn, startYutu, underneath, type Yutu } from '../harness.js';
import { day, inner, revoke } from '../story.js';

/** Red lines laid over parcels: what is told, what is not, and that the numbers are those of plain SQL. */
let yutu: Yutu;
let steward: Caller;
let planner: Caller;
let coarse: Caller;
let grant: string;

/** Over the rivers' confluence: four districts, of which the planner was given two. */
const box: Box = [106.5, 29.53, 106.6, 29.6];
type Box = [west: number, south: number, east: number, north: number];
const polygon = ([w, s, e, n]: Box) => ({
  type: 'Polygon',
  coordinates: [
    [
      [w, s],
      [e, s],
      [e, n],
      [w, n],
      [w, s],
    ],
  ],
});
const share = async (to: string, content: object): Promise<string> => {
  const answer = await steward.post('/api/grants', {
    layers: ['parcels'],
    kind: 'single',
    subject: { kind: 'organisation', id: to },
    reason: '用地审查',
    actions: ['analyse'],
    fields: ['code', 'land_use'].map((name) => ({ name, form: 'value' })),
    area: { divisions: [inner.yuzhong, inner.jiangbei] },
    until: day(3),
    ...content,
  });
  expect([answer.status, answer.status === 201 ? '' : answer.text]).toEqual([201, '']);
  return answer.json.grants[0].id;
};
const analyse = (caller: Caller, body: object, layer = 'parcels') => caller.post(`/api/collections/${layer}/analyse`, body);

beforeAll(async () => {
  yutu = await startYutu();
  steward = await signIn(yutu, 'steward');
  planner = await signIn(yutu, 'planner');
  coarse = await signIn(yutu, 'steward-health');
  grant = await share('transport', {});
  await share('health', { area: null, precision: { kind: 'grid', metres: 300 } });
});
afterAll(() => yutu?.remove());

const answers: Record<string, Answer> = {};

describe('a red line over a layer', () => {
  it('is answered with numbers, without geometries', async () => {
    answers.area = await analyse(planner, { geometry: polygon(box), by: 'land_use' });
    answers.coarse = await analyse(coarse, { geometry: polygon(box), by: 'land_use' });
    answers.own = await analyse(steward, { geometry: polygon(box) });
    for (const [name, { status, text, headers }] of Object.entries(answers)) {
      expect([name, status, status === 200 ? '' : text]).toEqual([name, 200, '']);
      expect(text).not.toMatch(/coordinates|"code"/);
      expect(headers['cache-control']).toBe('private, no-store');
    }
    const { json } = answers.area;
    expect(json.total.features).toBeGreaterThan(50);
    expect(json.classes.length).toBeGreaterThan(3);
    expect(json.total.mu).toBeCloseTo(json.total.hectares * 15, 1);
    expect(json.total.hectares * 10_000).toBeCloseTo(json.total.squareMetres, 3);
    for (const [unit, digits] of [
      ['squareMetres', 0],
      ['hectares', 4],
      ['mu', 2],
    ] as const) {
      const parts = [...json.classes, ...(json.other ? [json.other] : [])].map((c: Record<string, number>) => c[unit]!);
      expect([unit, Number(parts.reduce((a, b) => a + b, 0).toFixed(digits))]).toEqual([unit, json.total[unit]]);
    }
    expect([json.zone, json.total.plane]).toEqual([null, undefined]);
    expect(json.outside.share).toBeGreaterThan(0.05);
    expect(json.outside.share).toBeLessThan(0.95);
    expect(answers.own.json).toMatchObject({ by: null, outside: { share: 0, hectares: 0 }, precision: null });
    expect(answers.own.json.total.features).toBeGreaterThan(json.total.features);
    expect(answers.coarse.json.precision).toEqual({ kind: 'grid', metres: 300 });
  });

  it('is measured in the plane of a zone as well, where one is known', async () => {
    const { json } = await analyse(steward, { geometry: polygon(box), by: 'land_use', zone: 4545 });
    expect(json.zone).toBe(4545);
    // By 106.55° E in the zone of 108° E the plane is larger by about 0.03 % of scale, twice over.
    const ratio = json.polygon.plane.squareMetres / json.polygon.squareMetres;
    expect([ratio > 1.0002, ratio < 1.001]).toEqual([true, true]);
    const planes = [...json.classes, ...(json.other ? [json.other] : [])].map(
      (c: { plane: { squareMetres: number } }) => c.plane.squareMetres,
    );
    expect(planes.reduce((a, b) => a + b, 0)).toBe(json.total.plane.squareMetres);
    for (const zone of [4550, 3857, 1.5]) {
      const wrong = await analyse(steward, { geometry: polygon(box), zone });
      expect([zone, wrong.status, wrong.json.code]).toEqual([zone, 400, 'parameter_invalid']);
    }
  });

  it('tells a small overlap as what it is', async () => {
    // 7 m by 7 m, of a layer about nobody.
    const side = 0.00007;
    const [lon, lat] = [106.55, 29.56];
    const small = await analyse(
      await signIn(yutu, 'steward-civil'),
      { geometry: polygon([lon, lat, lon + side, lat + side]) },
      'districts',
    );
    expect(small.status).toBe(200);
    expect(small.json.total.hectares).toBeGreaterThan(0.003);
    expect(small.json.total.hectares).toBeLessThan(0.007);
  });

  it('gives no other way to the features', async () => {
    for (const path of ['items', 'statistics?by=land_use', 'export', 'tiles/WebMercatorQuad/12/1700/3260'])
      expect([path, (await planner.get(`/api/collections/parcels/${path}`)).status]).toEqual([path, 403]);
    const { yutu: layer, links } = (await planner.get('/api/collections/parcels')).json;
    expect(layer.access).toMatchObject({ actions: ['discover', 'analyse'], analyseBy: ['code', 'land_use'], verifiable: [] });
    expect(layer.featureCount).toBeNull();
    expect(links.map((l: { href: string }) => l.href)).toContain(`${yutu.url}/api/collections/parcels/analyse`);
  });

  it('is for those who were given it', async () => {
    const body = { geometry: polygon(box) };
    expect((await analyse(anonymous(yutu), body)).status).toBe(401);
    expect((await analyse(await signIn(yutu, 'steward-water'), body)).json.code).toBe('not_granted');
    const [hidden, absent] = await Promise.all(['petition_sites', 'no_such_layer'].map((layer) => analyse(planner, body, layer)));
    expect([hidden!.status, absent!.status]).toEqual([404, 404]);
    expect(hidden!.text.replaceAll('petition_sites', '?')).toBe(absent!.text.replaceAll('no_such_layer', '?'));
  });
});

describe('a red line that cannot be', () => {
  const tiny = 0.0002;
  const many = Array.from({ length: 2_001 }, (_, i) => {
    const turn = (2 * Math.PI * i) / 2_000;
    return i === 2_000 ? [106.56, 29.56] : [106.55 + 0.01 * Math.cos(turn), 29.56 + 0.01 * Math.sin(turn)];
  });
  many[0] = many[2_000]!;
  it.each<[string, object, number, string]>([
    ['smaller than the policy says', polygon([106.55, 29.56, 106.55 + tiny, 29.56 + tiny]), 422, 'polygon_too_small'],
    [
      'with a small part beside a large one',
      {
        type: 'MultiPolygon',
        coordinates: [polygon(box).coordinates, polygon([106.7, 29.56, 106.7 + tiny, 29.56 + tiny]).coordinates],
      },
      422,
      'polygon_too_small',
    ],
    ['of too many corners', { type: 'Polygon', coordinates: [many] }, 400, 'parameter_invalid'],
    [
      'that crosses itself',
      {
        type: 'Polygon',
        coordinates: [
          [
            [106.5, 29.5],
            [106.6, 29.6],
            [106.6, 29.5],
            [106.5, 29.6],
            [106.5, 29.5],
          ],
        ],
      },
      400,
      'parameter_invalid',
    ],
    ['with swapped axes', polygon([29.5, 106.5, 29.6, 106.6]), 400, 'parameter_invalid'],
    ['elsewhere', polygon([2.2, 48.8, 2.4, 48.9]), 400, 'parameter_invalid'],
    ['that is a point', { type: 'Point', coordinates: [106.5, 29.5] }, 400, 'parameter_invalid'],
    ['of words', { type: 'Polygon', coordinates: 'x' }, 400, 'parameter_invalid'],
  ])('%s is refused with a sentence', async (_what, geometry, status, code) => {
    const answer = await analyse(planner, { geometry });
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.text).not.toMatch(/select|org_planning|node_modules|ST_/i);
  });

  it('by a field that is hidden, is told what it is told by one that does not exist', async () => {
    const by = async (name: string) => (await analyse(planner, { geometry: polygon(box), by: name })).text.replaceAll(name, '?');
    const absent = await by('no_such_field');
    expect(JSON.parse(absent)).toMatchObject({ status: 400, code: 'parameter_invalid', allowed: ['code', 'land_use'] });
    expect(await by('holder')).toBe(absent);
    expect(await by('area_m2')).toBe(absent);
  });
});

describe('in the end', () => {
  it('a revoked right is gone', async () => {
    await revoke(steward, grant);
    expect((await analyse(planner, { geometry: polygon(box) })).status).toBe(403);
  });

  it('the owner sees that it was done', async () => {
    const rows = await eventually(async () => {
      const { usage } = (await steward.get('/api/collections/parcels/usage')).json;
      const found = usage.filter((r: { surface: string }) => r.surface === 'analyse');
      return found.length > 0 ? found : undefined;
    });
    expect(rows.some((r: { features: number }) => r.features === answers.area!.json.total.features)).toBe(true);
  });

  it('the numbers are those of plain SQL', async () => {
    await yutu.stop();
    const red = `st_makeenvelope(${box.join(', ')}, 4490)`;
    const districts = `(select st_union(d.geom) from yutu.division d where d.code in ('${inner.yuzhong}', '${inner.jiangbei}')
      and d.edition = (select max(edition) from yutu.division))`;
    const size = (g: string) => `st_area(st_setsrid(${g}, 4326)::geography)`;
    const found = await underneath(yutu, async (query) => {
      const classes = (shown: string, where: string) =>
        query(`with cut as materialized (select p.land_use, st_intersection(${shown}, ${red}) as g from org_planning.parcels p where ${where})
          select land_use as value, count(*)::int as features, round(sum(${size('g')})::numeric / 10000, 4)::float8 as hectares
          from cut where st_area(g) > 0 group by 1 order by 1`);
      return {
        area: await classes(`st_intersection(p.geom, ${districts})`, `st_relate(p.geom, ${districts}, 'T********')`),
        coarse: await classes(`st_setsrid(yutu.coarse(st_setsrid(p.geom, 4326), 'grid', 300), 4490)`, 'true'),
        own: await query(
          `select count(*)::int as features, round(sum(${size(`st_intersection(p.geom, ${red})`)})::numeric / 10000, 4)::float8 as hectares,
             round((${size(`st_union(st_intersection(p.geom, ${red}))`)} / ${size(red)})::numeric, 3)::float8 as covered
           from org_planning.parcels p where st_area(st_intersection(p.geom, ${red})) > 0`,
        ),
        outside: await query(
          `select round(${size(`st_difference(${red}, ${districts})`)}::numeric / 10000, 4)::float8 as hectares`,
        ),
      };
    });
    const told = (answer: Answer) =>
      answer.json.classes
        .map(({ value, features, hectares }: Record<string, unknown>) => ({ value, features, hectares }))
        .sort((a: { value: string }, b: { value: string }) => (a.value < b.value ? -1 : 1));
    // Classes sum to the total as they are told: one may be a square metre off by itself.
    const near = (classes: { value: unknown; features: unknown; hectares: number }[]) =>
      classes.map((c) => ({ ...c, hectares: expect.closeTo(c.hectares, 3.5) }));
    expect(told(answers.area!)).toEqual(near(found.area as never));
    expect(told(answers.coarse!)).toEqual(near(found.coarse as never));
    expect(answers.area!.json.outside.hectares).toBeCloseTo(found.outside[0].hectares, 3.5);
    const { features, hectares, covered } = found.own[0];
    expect(answers.own!.json.total).toMatchObject({ features, hectares: expect.closeTo(hectares, 3.5) });
    expect(answers.own!.json.covered).toBeCloseTo(covered, 3);
  });
});
