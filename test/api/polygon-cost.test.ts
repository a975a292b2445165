import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, type Caller, signIn, startYutu, type Yutu } from '../harness.js';
import { day, parcelsWish } from '../story.js';

/** Polygons that would be dear to lay over a layer: combs, whose teeth cross the whole city. */
let yutu: Yutu;
let steward: Caller;
let planner: Caller;
beforeAll(async () => {
  yutu = await startYutu();
  steward = await signIn(yutu, 'steward');
  planner = await signIn(yutu, 'planner');
});
afterAll(() => yutu?.remove());

/** `teeth` sides from the south of the city to its north, each of `corners` parts. */
function comb(teeth: number, corners = 1) {
  const ring = [
    [106.3, 29.3],
    ...Array.from({ length: teeth }, (_, i) => [106.3 + (0.4 * i) / teeth, i % 2 ? 29.7 : 29.31]),
    [106.7, 29.3],
    [106.3, 29.3],
  ] as [number, number][];
  const fine = ring.flatMap(([x, y], i) => {
    const [fromX, fromY] = ring[i - 1] ?? [x, y];
    return Array.from({ length: i ? corners : 1 }, (_, k) => {
      const share = (k + 1) / corners;
      return share === 1 ? [x, y] : [fromX + (x - fromX) * share, fromY + (y - fromY) * share];
    });
  });
  if (corners > 1) fine[0] = fine.at(-1)!;
  return { type: 'Polygon', coordinates: [fine] };
}

const refusal = ({ status, json }: Answer) => [status, json.code, json.parameter, json.allowed];
const limits = (positionsTimesCrossings: number) => ({ crossings: 100, positionsTimesCrossings });

it.each([102, 1_990])(
  'a red line of %i teeth is refused before the database is asked, with what would be right',
  async (teeth) => {
    const began = Date.now();
    const answer = await steward.post('/api/collections/parcels/analyse', { geometry: comb(teeth) });
    expect(refusal(answer)).toEqual([400, 'parameter_invalid', 'geometry', limits(100_000)]);
    expect(answer.json.detail).toContain(`${teeth}`);
    expect(Date.now() - began).toBeLessThan(2_000);
  },
);

it('the most folded red line that is taken is answered', async () => {
  const answer = await steward.post('/api/collections/parcels/analyse', { geometry: comb(97, 10), by: 'land_use' });
  expect([answer.status, answer.json.total?.features > 5_000]).toEqual([200, true]);
  expect(answer.json.covered).toBeGreaterThan(0.5);
});

it.each([
  ['with few corners', comb(102)],
  ['with many', comb(90, 60)],
])('an area of a request, a grant and a preview may be no more folded, %s', async (_what, polygon) => {
  const given = {
    layers: ['parcels'],
    kind: 'single',
    subject: { kind: 'organisation', id: 'transport' },
    reason: '用地审查',
    actions: ['view'],
    fields: [{ name: 'code', form: 'value' }],
    until: day(3),
  };
  const { layers: _layers, kind: _kind, subject: _subject, reason: _reason, ...grant } = given;
  const answers = {
    grant: await steward.post('/api/grants', { ...given, area: { polygon } }),
    request: await planner.post('/api/requests', { ...parcelsWish, area: { polygon } }),
    preview: await steward.post('/api/access/preview', {
      layer: 'parcels',
      as: 'organisation:transport',
      grant: { ...grant, area: { polygon } },
    }),
  };
  expect(refusal(answers.grant)).toEqual([400, 'parameter_invalid', 'area.polygon', limits(400_000)]);
  expect(refusal(answers.request)).toEqual([400, 'parameter_invalid', 'area.polygon', limits(400_000)]);
  expect(refusal(answers.preview)).toEqual([400, 'parameter_invalid', 'grant.area.polygon', limits(400_000)]);
});
