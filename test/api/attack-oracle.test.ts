import { beforeAll, describe, expect, it } from 'vitest';
import { type Caller, signIn } from '../harness.js';
import { shared } from '../instance.js';
import { auc } from '../statistics.js';

/**
 * A department with a narrow grant asks about parcels that it is not shown: with filters that raise for them, or take long, were they
 * computed for them. Neither the answer nor its time tells that they are there.
 */
let housing: Caller;
let shown: string;
/** A district whose parcels it is not shown, and one that there is not; names of one length. */
const [hidden, absent] = ['渝北区', '渝无区'];

const items = (filter: string, limit = 5) =>
  housing.get(`/api/collections/parcels/items?limit=${limit}&filter=${encodeURIComponent(filter)}`);
const statistics = (filter: string) =>
  housing.get(`/api/collections/parcels/statistics?by=land_use&of=area_m2&filter=${encodeURIComponent(filter)}`);

beforeAll(async () => {
  housing = await signIn(shared(), 'steward-housing');
  shown = (await items('area_m2 > 0')).json.features[0].properties.district_name;
});

it('is shown some districts and not others', async () => {
  expect(shown).not.toBe(hidden);
  expect((await items(`district_name = '${shown}'`)).json.numberMatched).toBeGreaterThan(0);
  expect((await items(`district_name = '${hidden}'`)).json.numberMatched).toBe(0);
  const steward = await signIn(shared(), 'steward');
  const all = await steward.get(`/api/collections/parcels/items?limit=1&district_code=500112`);
  expect(all.json.features[0].properties.district_name).toBe(hidden);
});

const raising = [
  'area_m2 * 1e308 > 1',
  'area_m2 * -1e308 * 1e308 < 1',
  'area_m2 + 1.7e308 + 1.7e308 > 1',
  '1 / (area_m2 - area_m2) > 1',
  '1 % (area_m2 - area_m2) > 1',
  '1 div (area_m2 * 0) > 1',
  '1e-300 * area_m2 * 1e-300 > 1',
  'S_TOUCHES(geometry, geometry)',
  'S_OVERLAPS(geometry, POLYGON((106 29, 107 29, 107 30, 106 29)))',
];

describe('a filter that would raise', () => {
  it.each(raising)('%s: hidden parcels answer as parcels that there are not', async (expression) => {
    for (const ask of [items, statistics]) {
      const [there, not] = [
        await ask(`district_name = '${hidden}' AND ${expression}`),
        await ask(`district_name = '${absent}' AND ${expression}`),
      ];
      expect([there.status, not.status]).toEqual([200, 200]);
      const plain = (text: string) =>
        text
          .replaceAll(encodeURIComponent(hidden), '?')
          .replaceAll(encodeURIComponent(absent), '?')
          .replace(/"timeStamp":"[^"]*"/, '');
      expect(plain(there.text)).toBe(plain(not.text));
    }
    // And over what it is shown: an answer, too.
    expect((await items(`district_name = '${shown}' AND ${expression}`)).status).toBe(200);
  });

  it.each([
    'S_INTERSECTS(geometry, POLYGON((106 29, 107 30, 107 29, 106 30, 106 29)))',
    'S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(106 29), POINT(107 30)))',
    "term_end > '0000-01-01'",
    "term_end > '2026-01-01T24:30:00Z'",
  ])('%s: a literal that is no good is refused, whatever the rows', async (expression) => {
    const answers = await Promise.all(
      [hidden, absent, shown].map((name) => items(`district_name = '${name}' AND ${expression}`)),
    );
    expect(answers.map(({ status, json }) => [status, json.parameter])).toEqual(Array(3).fill([400, 'filter']));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });
});

describe('a filter that takes long', () => {
  it('takes no longer over hidden parcels than over parcels that there are not', async () => {
    let asked = 0;
    const dear = `(${Array(4).fill('area_m2 * 1.5 + 2').join(' + ')}) < 0`;
    const time = (name: string) => async () => {
      const begun = performance.now();
      // No answer is kept for it: every question is another one.
      const { status, text } = await items(`district_name = '${name}' AND (area_m2 < ${--asked} OR ${dear})`);
      expect([status, status === 200 ? '' : text]).toEqual([200, '']);
      return performance.now() - begun;
    };
    expect(Math.abs((await auc(time(hidden), time(absent), 60)) - 0.5)).toBeLessThan(0.25);
  });
});
