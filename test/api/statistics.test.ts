import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, anonymous, type Caller, signIn, startYutu, underneath, type Yutu } from '../harness.js';
import { day } from '../story.js';

/** Features by class: over what may be spoken of, and with the numbers of plain SQL. */
let yutu: Yutu;
let nobody: Caller;
let steward: Caller;
let coarse: Caller;
beforeAll(async () => {
  yutu = await startYutu();
  nobody = anonymous(yutu);
  steward = await signIn(yutu, 'steward');
  coarse = await signIn(yutu, 'planner');
  const { status, text } = await steward.post('/api/grants', {
    layers: ['parcels'],
    kind: 'single',
    subject: { kind: 'organisation', id: 'transport' },
    reason: '概略统计',
    actions: ['query'],
    fields: [
      { name: 'land_use', form: 'value' },
      { name: 'holder', form: 'code' },
    ],
    area: null,
    precision: { kind: 'point', metres: 500 },
    until: day(3),
  });
  expect([status, status === 201 ? '' : text]).toEqual([201, '']);
});
afterAll(() => yutu?.remove());

const statistics = (caller: Caller, layer: string, query = '') => caller.get(`/api/collections/${layer}/statistics?${query}`);
const bbox = '106.5,29.53,106.56,29.57';
const questions = {
  all: () => statistics(nobody, 'places'),
  classes: () => statistics(nobody, 'places', 'by=district_code&of=population'),
  breaks: () => statistics(nobody, 'places', 'by=population&breaks=30000,100000'),
  filtered: () => statistics(steward, 'parcels', `by=land_use&of=area_m2&filter=${encodeURIComponent('area_m2 > 5000')}`),
  boxed: () => statistics(steward, 'parcels', `by=land_use&bbox=${bbox}`),
  coarse: () => statistics(coarse, 'parcels', `by=land_use&bbox=${bbox}`),
};
const answers = {} as Record<keyof typeof questions, Answer>;

describe('statistics', () => {
  it.each(Object.keys(questions) as (keyof typeof questions)[])('answer %s', async (name) => {
    const answer = await questions[name]();
    answers[name] = answer;
    expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
    const { classes, others, numberMatched } = answer.json;
    expect(classes.reduce((sum: number, c: { count: number }) => sum + c.count, others)).toBe(numberMatched);
  });

  it('agree with the items of the same question', async () => {
    const items = async (caller: Caller) =>
      (await caller.get(`/api/collections/parcels/items?limit=1&bbox=${bbox}`)).json.numberMatched;
    expect(answers.boxed.json.numberMatched).toBe(await items(steward));
    expect(answers.coarse.json.numberMatched).toBe(await items(coarse));
    expect(answers.coarse.json.numberMatched).not.toBe(answers.boxed.json.numberMatched);
  });

  it('tell the bounds of classes by number', async () => {
    const found = answers.breaks.json.classes.map(({ from, to }: Record<string, unknown>) => [from, to]);
    expect(found).toEqual(
      expect.arrayContaining([
        [null, 30_000],
        [30_000, 100_000],
        [100_000, null],
      ]),
    );
  });

  it('are not sent twice', async () => {
    const { headers } = answers.classes;
    const again = await nobody.get('/api/collections/places/statistics?by=district_code&of=population', {
      'if-none-match': headers.etag!,
    });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it.each([
    ['by=no_such', 'by'],
    ['of=name_zh', 'of'],
    ['of=no_such', 'of'],
    ['by=name_zh&breaks=1', 'by'],
    ['breaks=1', 'by'],
    ['by=population&breaks=2,1', 'breaks'],
    ['by=population&breaks=', 'breaks'],
    ['by=population&breaks=NaN', 'breaks'],
    ['bbox=1,2,3', 'bbox'],
    ['filter=no_such%3D1', 'filter'],
    ['by=%22;select', 'by'],
    ['where=1', 'where'],
  ])('refuse %s', async (query, parameter) => {
    const { status, json, text } = await statistics(nobody, 'places', query);
    expect([status, json.parameter]).toEqual([400, parameter]);
    expect(text).not.toMatch(/syntax|pg_|relation/);
  });

  it('tell of a coded field what they tell of one that does not exist', async () => {
    const by = async (name: string) => (await statistics(coarse, 'parcels', `by=${name}`)).text;
    const absent = await by('no_such');
    expect(JSON.parse(absent)).toMatchObject({ status: 400, allowed: ['land_use'] });
    expect(await by('holder')).toBe(absent);
    expect(await by('right_type')).toBe(absent);
  });

  it('are for those who may query', async () => {
    expect((await statistics(nobody, 'parcels', 'by=land_use')).status).toBe(401);
    expect((await statistics(coarse, 'hazard_points', 'by=kind')).status).toBe(403);
    expect((await statistics(nobody, 'no_such_layer')).status).toBe(404);
  });

  it('have the numbers of plain SQL', async () => {
    await yutu.stop();
    const box = `st_makeenvelope(${bbox}, 4490)`;
    const found = await underneath(yutu, async (query) => ({
      all: await query('select count(*)::int as count from base.places'),
      classes: await query(`select district_code as value, count(*)::int as count, sum(population)::float8 as sum,
        min(population)::float8 as min, max(population)::float8 as max from base.places group by 1`),
      breaks: await query(`select case when population < 30000 then 0 when population < 100000 then 1
        when population >= 100000 then 2 end as value, count(*)::int as count from base.places group by 1`),
      filtered: await query(`select land_use as value, count(*)::int as count, round(sum(area_m2))::float8 as sum
        from org_planning.parcels where area_m2 > 5000 group by 1`),
      boxed: await query(
        `select land_use as value, count(*)::int as count from org_planning.parcels where st_intersects(geom, ${box}) group by 1`,
      ),
      coarse: await query(`select land_use as value, count(*)::int as count from org_planning.parcels
        where st_intersects(st_setsrid(yutu.coarse(st_setsrid(geom, 4326), 'point', 500), 4490), ${box}) group by 1`),
    }));
    type Row = Record<string, number | string | null>;
    const sorted = (rows: Row[]) => [...rows].sort((a, b) => (String(a.value) < String(b.value) ? -1 : 1));
    expect(answers.all.json.numberMatched).toBe(found.all[0].count);
    expect(sorted(answers.classes.json.classes)).toEqual(sorted(found.classes));
    const place = (from: number | null, to: number | null) =>
      from === null ? (to === null ? null : 0) : [30_000, 100_000].indexOf(from) + 1;
    expect(
      sorted(
        answers.breaks.json.classes.map((c: Row) => ({
          value: place((c.from ?? null) as null, (c.to ?? null) as null),
          count: c.count,
        })),
      ),
    ).toEqual(sorted(found.breaks));
    const rounded = answers.filtered.json.classes.map(({ value, count, sum }: Row) => ({
      value,
      count,
      sum: Math.round(Number(sum)),
    }));
    expect(sorted(rounded)).toEqual(sorted(found.filtered));
    expect(sorted(answers.boxed.json.classes)).toEqual(sorted(found.boxed));
    expect(sorted(answers.coarse.json.classes)).toEqual(sorted(found.coarse));
  });
});
