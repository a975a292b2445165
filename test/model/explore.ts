import { type Deed, deeds } from './deeds.js';
import { type Rules, rules as sound } from './rules.js';
import { callersOf, sightOf, type User } from './sight.js';
import { inHandsOf, nameOf, type World } from './world.js';

/** Everything that the actor can try now, as anybody in hand. Keys and the public write nothing. */
export function* choices(rules: Rules, world: World): Generator<Deed> {
  const people = callersOf(rules, world).filter((caller): caller is User => caller.kind === 'user');
  // Links are used by whoever holds them, signed in or not.
  const nobody = { rules, world, user: null as never };
  for (const operation of ['resetPassword', 'confirmFactor']) yield* deeds[operation]!(nobody);
  for (const user of people)
    for (const [operation, make] of Object.entries(deeds))
      if (operation !== 'resetPassword' && operation !== 'confirmFactor') yield* make({ rules, world, user });
}

export interface Explored {
  states: number;
  tried: number;
  /** The first way to see more, as deeds, and what is seen. */
  found: { deeds: string[]; seen: string[] } | null;
}

/** Breadth first through every sequence of deeds by one actor alone; equal states are merged. */
export function explore(rules: Rules, actor: string, most: number): Explored {
  const start = inHandsOf(actor);
  // What the sound rules show: broken ones may show more before anything is done.
  const before = sightOf(sound, start);
  const atOnce = [...sightOf(rules, start)].filter((one) => !before.has(one));
  if (atOnce.length > 0) return { states: 1, tried: 0, found: { deeds: [], seen: atOnce } };
  const known = new Set([nameOf(start)]);
  let edge: { world: World; deeds: string[] }[] = [{ world: start, deeds: [] }];
  let tried = 0;
  for (let depth = 0; depth < most; depth++) {
    const beyond: typeof edge = [];
    for (const { world, deeds: way } of edge)
      for (const deed of choices(rules, world)) {
        tried += 1;
        const next = deed.next();
        if (next === null) continue;
        if (depth < most - 1) {
          const name = nameOf(next);
          if (known.has(name)) continue;
          known.add(name);
          beyond.push({ world: next, deeds: [...way, deed.name] });
        }
        const seen = [...sightOf(rules, next)].filter((one) => !before.has(one));
        if (seen.length > 0) return { states: known.size, tried, found: { deeds: [...way, deed.name], seen } };
      }
    edge = beyond;
  }
  return { states: known.size, tried, found: null };
}
