import { describe, expect, it } from 'vitest';
import { paths, rootPaths } from '../../server/src/openapi/paths/index.js';
import { deeds } from './deeds.js';
import { excused, overHttpOnly } from './excused.js';
import { explore } from './explore.js';
import { type Rules, rules } from './rules.js';
import { actors } from './world.js';

/** No one person can come to see what they could not see: every sequence of up to four deeds, by the server's own rules. */
const DEEDS = 4;

it('every operation that writes is a deed of the model, or excused with its reason', () => {
  const writing = Object.values({ ...paths, ...rootPaths }).flatMap((item) =>
    (['post', 'put', 'patch', 'delete'] as const).flatMap((method) => item[method]?.operationId ?? []),
  );
  const told = new Set<string>([...Object.keys(deeds), ...Object.keys(excused), ...overHttpOnly]);
  expect(writing.filter((operation) => !told.has(operation!))).toEqual([]);
  expect(writing.length).toBeGreaterThan(40);
});

describe('alone', () => {
  it.each(actors)('%s comes to see nothing more', (actor) => {
    const { states, tried, found } = explore(rules, actor, DEEDS);
    console.log(`${actor}: ${states} states, ${tried} deeds tried`);
    expect(found).toBeNull();
    // A key writes nothing: its world stands still.
    expect(states).toBeGreaterThan(actor === 'named' ? 0 : 1);
  });
});

/** Rules broken on purpose: the model finds the way that each opens. */
const mutants: [string, actor: string, Partial<Rules>][] = [
  ['an emergency may be to oneself', 'security', { getterRefusal: () => null }],
  ['anybody is on duty', 'planner-b', { giverRefusal: () => null, getterRefusal: () => null }],
  ['who asks decides', 'planner-b', { decisionRefusal: () => null }],
  ['a limit is lifted for the own organisation', 'security', { liftRefusal: () => null }],
  ['who makes an account confirms it', 'admin', { confirmRefusal: () => null }],
  ['no account waits to be confirmed', 'admin', { waits: () => false }],
  ['anybody signs a pair', 'steward-b', { stepRefusal: () => null, giverRefusal: () => null }],
];
it.each(mutants)('the model finds out that %s', (_what, actor, broken) => {
  expect(explore({ ...rules, ...broken }, actor, DEEDS).found).not.toBeNull();
});
