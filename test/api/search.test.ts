import { afterAll, beforeAll, expect, it } from 'vitest';
import { anonymous, signIn, startYutu, underneath, type Yutu } from '../harness.js';

/** An instance of its own, with a planner who works for a district. */
const OWN = '500112';
let yutu: Yutu;
beforeAll(async () => {
  yutu = await startYutu();
  await yutu.stop();
  await underneath(yutu, (query) =>
    query(`update yutu.account set organisation = $1 where username = 'planner'`, [`district-${OWN}`]),
  );
  yutu = await yutu.again();
});
afterAll(() => yutu?.remove());

interface Result {
  kind: string;
  id: string;
  titleZh: string;
  bbox: [number, number, number, number] | null;
}
const search = async (caller: Awaited<ReturnType<typeof signIn>>, q: string): Promise<Result[]> => {
  const { status, json } = await caller.get(`/api/search?q=${encodeURIComponent(q)}`);
  expect(status).toBe(200);
  return json.results;
};

it.each([
  ['萬州', '万州区'],
  ['萬州區', '万州区'],
  ['渝中區', '渝中区'],
  ['萬', '万州区'],
])('finds %s, which is written in traditional characters', async (text, title) => {
  expect((await search(anonymous(yutu), text)).map(({ titleZh }) => titleZh)).toContain(title);
});

it.each(['萬州', '學校'])('what is found for %s is what is found in simplified characters', async (text) => {
  const ids = async (q: string) => (await search(await signIn(yutu, 'planner'), q)).map(({ kind, id }) => `${kind} ${id}`);
  expect(await ids(text)).toEqual(await ids(text.replace('萬', '万').replace('學', '学')));
  expect((await ids(text)).length).toBeGreaterThan(0);
});

it('puts the caller’s own district first, and what lies in it', async () => {
  const caller = await signIn(yutu, 'planner');
  const found = await search(caller, '区');
  expect(found.find(({ kind }) => kind === 'division')!.id).toBe(OWN);
  const [w, s, e, n] = found.find(({ id }) => id === OWN)!.bbox!;
  const inside = found
    .filter(({ kind, id }) => kind === 'place' && id.startsWith('places/'))
    .map(({ bbox }) => bbox![0] >= w && bbox![0] <= e && bbox![1] >= s && bbox![1] <= n);
  // none of its own behind somebody else's
  expect(inside.lastIndexOf(true)).toBeLessThan(inside.includes(false) ? inside.indexOf(false) : inside.length);
});
