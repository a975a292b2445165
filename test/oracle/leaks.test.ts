import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engine } from '../harness.js';
import { edits, figures, revocations, unnoticed } from './leaks/events.js';
import { Examination } from './leaks/examine.js';
import { looksFor, sightOf } from './leaks/rules.js';
import { inTurns, makeCast, type Stage, setStage } from './leaks/stage.js';
import { contents, seeded, subjects } from './leaks/world.js';

/**
 * The leak matrix: every caller × every layer, on every surface, against rules and brute-force SQL that know nothing of the server's
 * own reckoning (test/oracle/leaks). Every pair is asked for its collection, items and tiles; a seeded sample for all the rest.
 */
const seed = Number(process.env.LEAKS_SEED ?? 20261122);
const cast = makeCast(seed);
const { world, fixed, cases, pairs } = cast;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage(cast);
}, 400_000);
afterAll(() => stage?.yutu.remove());

function told(what: string, examination: Examination): void {
  console.log(`${what}: ${examination.comparisons} comparisons on ${engine}, ${examination.findings.length} differences`);
  expect(examination.findings.slice(0, 12)).toEqual([]);
  expect(examination.comparisons).toBeGreaterThan(0);
}

describe('the world', () => {
  it('is worth looking at', () => {
    expect(fixed.length).toBeGreaterThanOrEqual(30);
    expect(world.callers.length).toBeGreaterThanOrEqual(40);
    const live = world.grants.filter((g) => g.state === 'live');
    for (const kind of new Set(subjects.map((s) => s.kind)))
      expect(
        live.some((g) => g.subject.kind === kind),
        kind,
      ).toBe(true);
    for (const content of contents)
      expect(live.some((g) => g.precision === content.precision && g.maxZoom === content.maxZoom)).toBe(true);
    for (const state of ['expired', 'future', 'revoked', 'unsigned'])
      expect(
        world.grants.some((g) => g.state === state),
        state,
      ).toBe(true);
    const sights = pairs.map(([caller, layer]) => sightOf(world, caller, layer));
    const counted = {
      refused: sights.filter((s) => s.refused).length,
      undiscoverable: sights.filter((s) => !s.refused && !s.discover).length,
      closed: sights.filter((s) => s.discover && s.views.length === 0).length,
      single: sights.filter((s) => s.views.length === 1).length,
      several: sights.filter((s) => s.views.length > 1).length,
      limited: sights.filter((s) => s.views.length > 0 && s.views.every((v) => v.area || v.rows || v.precision)).length,
    };
    console.log(counted);
    for (const [kind, n] of Object.entries(counted)) expect(n, kind).toBeGreaterThan(20);
    expect(pairs.some(([c, l]) => looksFor(sightOf(world, c, l), 'query').length > 2)).toBe(true);
  });
});

describe('every caller and layer', () => {
  it('collection, items and tiles show what the rules allow and nothing else', async () => {
    const examination = stage.examination();
    await inTurns(pairs, examination, async ([caller, layer, turn]) => {
      await examination.collection(caller, layer);
      await examination.items(caller, layer);
      for (const coord of Examination.coords(turn)) await examination.tile(caller, layer, coord);
    });
    told('every pair', examination);
  });

  it('every other surface, for a sample of pairs', async () => {
    const examination = stage.examination();
    const random = seeded(seed);
    const sample = pairs.filter(() => random() < 0.12);
    await inTurns(sample, examination, ([caller, layer]) => examination.everySurface(caller, layer, random));
    told(`${sample.length} pairs on every surface`, examination);
  });

  it('catalogue, dataset tiles and search', async () => {
    const examination = stage.examination();
    await inTurns(world.callers, examination, async (caller) => {
      await examination.catalogue(caller);
      for (const text of ['张', 'l0', '李家1']) await examination.search(caller, text);
    });
    told('catalogue and search', examination);
  });
});

describe('grants at random', () => {
  const random = seeded(seed);
  const some = (n: number) => [...world.callers].sort(() => random() - 0.5).slice(0, n);

  it('show what the rules allow, and more grants never less', async () => {
    const examination = stage.examination();
    await inTurns(cases.growing, examination, async ([less, more]) => {
      for (const [turn, caller] of some(14).entries()) {
        for (const layer of [less, more]) {
          await examination.collection(caller, layer);
          await examination.items(caller, layer);
          for (const coord of Examination.coords(turn)) await examination.tile(caller, layer, coord);
        }
        await examination.growing(caller, less, more);
        if (turn % 5 === 0) await examination.everySurface(caller, more, random);
      }
    });
    told(`${cases.growing.length * 2} random layers`, examination);
  });

  it('tell nothing of what they do not show: two worlds, the same bytes', async () => {
    const examination = stage.examination();
    const callers = world.callers.filter(({ name }) => ['anonymous', 'planner-transport', 'key-outside'].includes(name));
    await inTurns(cases.worlds, examination, async ([one, other]) => {
      for (const caller of callers) await examination.worlds(caller, one, other, random);
    });
    told(`${cases.worlds.length} pairs of worlds`, examination);
  });
});

// The last: it changes versions and grants.
describe('what happens', () => {
  it('is heard of by those who may know of the layer', async () => {
    const examination = stage.examination();
    const edited = fixed.filter((layer, i) => i % 2 === 0 && world.callers.some((c) => c.name === `steward-${layer.owner}`));
    await unnoticed(examination, edited);
    await edits(examination, edited);
    await revocations(examination, 5);
    await figures(examination);
    told(`${edited.length} edits, 10 revocations`, examination);
  });
});
