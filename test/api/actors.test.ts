import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Caller, signIn, type Yutu } from '../harness.js';
import { administered, Hands, looked, people, startCity, undoing } from '../model/cast.js';
import { excused } from '../model/excused.js';
import { requestOf } from '../model/palette.js';
import { type Operation, operationsOf } from '../operations.js';
import { seeded } from '../oracle/leaks/world.js';
import { day } from '../story.js';

/**
 * The model's question asked of the server itself: random sequences of up to four writing operations of its own document, by one person
 * alone, after which nothing in that person's hands shows more than before. `MODEL_SEQUENCES` for more of them.
 */
const SEQUENCES = Number(process.env.MODEL_SEQUENCES ?? (process.env.YUTU_TEST_ENGINE === 'postgis' ? 2_000 : 200));
const seed = Number(process.env.MODEL_SEED ?? 20261201);

let yutu: Yutu;
let operations: Operation[];
const hands = new Map<string, Hands>();
/** Who undoes what a sequence did. */
const undoers: Caller[] = [];
beforeAll(async () => {
  yutu = await startCity();
  operations = (await operationsOf(yutu)).filter(({ id, method }) => method !== 'GET' && !(id in excused));
  for (const name of people) hands.set(name, await Hands.of(yutu, name));
  for (const name of undoing) undoers.push(await signIn(yutu, name));
}, 120_000);
afterAll(() => yutu?.remove());

/** Agreements and grants that were made are taken back, so that the next one starts where this one did. */
async function undo(): Promise<void> {
  for (const by of undoers) {
    for (const { id, can } of (await by.get('/api/agreements')).json.agreements)
      if (can.includes('end') && made.has(id)) await by.post(`/api/agreements/${id}/end`, { reason: '试毕' });
    for (const { id, can } of (await by.get('/api/grants')).json.grants)
      if (can.includes('revoke') && made.has(id)) await by.delete(`/api/grants/${id}`, { reason: '试毕' });
  }
}
const made = new Set<string>();

it(`${SEQUENCES} random sequences by one person alone end with nothing more in sight`, async () => {
  const random = seeded(seed);
  const of = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const done: Record<string, number> = {};
  const first = [...hands.values()][0]!;
  await first.take((await undoers[2]!.get('/api/grants')).json);
  // Somebody's request that waits: its steward may decide it, its applicant may not.
  const asked = await hands.get('planner')!.callers[0]!.post('/api/requests', {
    layer: looked[0],
    purpose: '试',
    actions: ['view'],
    fields: [{ name: 'name', form: 'value' }],
    until: day(2),
  });
  expect(asked.status).toBe(201);
  const ids = { requests: [asked.json.id], grants: [...first.ids].slice(0, 5) };
  /** What went through for whom: half of the time that is tried again, or nearly all would be refused. */
  const went = new Map<string, Operation[]>(people.map((name) => [name, []]));
  const accounts = [...people, ...administered];
  const organisations = ['transport', 'emergency', 'civil', 'authority'];
  const findings: unknown[] = [];
  /** What each saw last, and after how many changes that was: nobody's sight changes while nothing is done. */
  const last = new Map<string, { sight: Map<string, number>; changes: number }>();
  let changes = 0;
  for (let i = 0; i < SEQUENCES && findings.length === 0; i++) {
    const actor = people[i % people.length]!;
    const own = hands.get(actor)!;
    const kept = last.get(actor);
    const before = kept?.changes === changes ? kept.sight : await own.sight();
    last.set(actor, { sight: before, changes });
    const way: string[] = [];
    for (let left = 1 + Math.floor(random() * 4); left > 0; left--) {
      const palette = {
        of,
        layers: looked,
        organisations,
        accounts,
        administered,
        ids,
        told: [...own.ids],
        keys: [...own.ids],
      };
      const again = went.get(actor)!;
      const operation = again.length > 0 && random() < 0.5 ? of(again) : of(operations);
      const { method, path, body } = requestOf(operation, palette);
      const answer = await of(own.callers).send(method, path, body);
      expect([path, answer.status < 500]).toEqual([path, true]);
      if (answer.status >= 300) continue;
      way.push(`${method} ${path} ${JSON.stringify(body)}`);
      done[operation.id] = (done[operation.id] ?? 0) + 1;
      if (!again.includes(operation)) again.push(operation);
      if (answer.text === '') continue;
      const told = new Set(own.ids);
      await own.take(answer.json);
      for (const id of own.ids) if (!told.has(id)) made.add(id);
    }
    if (way.length === 0) continue;
    changes += 1;
    const after = await own.sight();
    const more = [...after].filter(([what, count]) => count > (before.get(what) ?? 0)).map(([what]) => what);
    if (more.length > 0) findings.push({ sequence: i, actor, way, more });
    if (way.some((one) => /grants|agreements|decision/.test(one))) await undo();
    own.forget();
  }
  console.log(`succeeded: ${JSON.stringify(done)}`);
  expect(findings).toEqual([]);
  // Enough of it went through to have tried anything.
  expect(Object.keys(done).length).toBeGreaterThan(4);
}, 400_000);
