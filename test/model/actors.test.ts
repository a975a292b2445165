import { describe, expect, it } from 'vitest';
import { paths, rootPaths } from '../../server/src/openapi/paths/index.js';
import { deeds } from './deeds.js';
import { excused } from './excused.js';
import { explore } from './explore.js';
import { type Rules, rules } from './rules.js';
import { actors, start } from './world.js';

/** No one person can come to see what they could not see: every sequence of up to four deeds, by the server's own rules. */
const DEEDS = 4;

it('every operation that writes is either a deed of the model or excused with its reason, and nothing else is', () => {
  const writing = Object.values({ ...paths, ...rootPaths }).flatMap((item) =>
    (['post', 'put', 'patch', 'delete'] as const).flatMap((method) => item[method]?.operationId ?? []),
  );
  expect([...Object.keys(deeds), ...Object.keys(excused)].sort()).toEqual(writing.sort());
  expect(Object.entries(excused).filter(([, reason]) => reason.trim() === '')).toEqual([]);
  expect(writing.length).toBeGreaterThan(40);
});

describe('alone', () => {
  it.each(actors)('%s comes to see nothing more', (actor) => {
    const { states, tried, found } = explore(rules, actor, DEEDS);
    console.log(`${actor}: ${states} states, ${tried} deeds tried`);
    expect(found).toBeNull();
    // A key writes nothing: its world stands still.
    expect(states).toBeGreaterThan(actor in start.keys ? 0 : 1);
  });
});

const takesAlone: Rules['credentialRefusal'] = (by, deed, held) =>
  deed.kind === 'accept' || deed.kind === 'hand_over' ? null : rules.credentialRefusal(by, deed, held);

/** Rules broken on purpose: the model finds the way that each opens. */
const mutants: [string, actor: string, Partial<Rules>][] = [
  ['an emergency may be to oneself', 'security', { getterRefusal: () => null }],
  ['anybody is on duty', 'planner-b', { giverRefusal: () => null, getterRefusal: () => null }],
  ['who asks decides', 'planner-b', { decisionRefusal: () => null }],
  ['a limit is lifted for the own organisation', 'security', { liftRefusal: () => null }],
  ['who makes an account confirms it', 'admin', { confirmRefusal: () => null }],
  ['no account waits to be confirmed', 'admin', { waits: () => false }],
  ['a colleague’s key is anybody’s to rotate', 'planner-b', { credentialRefusal: () => null }],
  ['an administrator takes a key over alone', 'org-b', { credentialRefusal: takesAlone }],
  ['a key outlives the office it was made in', 'planner-b', { endedBy: () => null }],
  ['a key outlives the organisation', 'former', { endedBy: () => null }],
  ['anybody signs a pair', 'steward-b', { stepRefusal: () => null, giverRefusal: () => null }],
];
it.each(mutants)('the model finds out that %s', (_what, actor, broken) => {
  expect(explore({ ...rules, ...broken }, actor, DEEDS).found).not.toBeNull();
});
