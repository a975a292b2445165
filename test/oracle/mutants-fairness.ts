import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, scratch } from '../harness.js';

/**
 * Copies of the built queues, each with one rule of fairness broken, must fail a contest between a client that asks for much and others that
 * ask for little. Run by `npm run mutants`, like those of the access rules.
 */
interface Mutant {
  name: string;
  file: string;
  /** Occurs exactly once in the built file. */
  from: string;
  to: string;
}
const mutants: Mutant[] = [
  { name: 'clients take no turns', file: 'db/fair-queue.js', from: 'toTheBack(this.classes, name);', to: '' },
  { name: 'every address has a turn', file: 'db/fair-queue.js', from: "anonymous ? 'anonymous' :", to: 'false ? "" :' },
  { name: 'addresses take no turns', file: 'db/fair-queue.js', from: 'toTheBack(members, id);', to: '' },
  { name: 'nobody makes room', file: 'db/turns.js', from: 'this.line.surplus(client)', to: 'undefined' },
  { name: 'one client may have all', file: 'db/turns.js', from: '< this.shares.client', to: '< Infinity' },
  { name: 'the anonymous may have all', file: 'db/turns.js', from: 'this.anonymous < this.shares.anonymous', to: 'true' },
  { name: 'who left is waited for', file: 'db/turns.js', from: "client.signal?.addEventListener('abort', left);", to: '' },
  { name: 'who has left may come in', file: 'db/turns.js', from: 'throwIfLeft(client);', to: '' },
  { name: 'one may have all streams', file: 'live/places.js', from: 'own >= MOST_OF_ONE', to: 'false' },
  {
    name: 'the anonymous may have all streams',
    file: 'live/places.js',
    from: 'client.anonymous && this.strangers',
    to: 'false && this.strangers',
  },
  { name: 'no stream makes room', file: 'live/places.js', from: 'client.anonymous || largest', to: 'true || largest' },
];

type Client = { id: string; anonymous: boolean; signal: AbortSignal | null };
const person = (id: string, signal: AbortSignal | null = null): Client => ({ id, anonymous: false, signal });
const stranger = (id: string): Client => ({ id, anonymous: true, signal: null });

let folder: string;
let copies = 0;
beforeAll(() => {
  mkdirSync(scratch(), { recursive: true });
  folder = mkdtempSync(join(scratch(), 'mutant-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the built server, whose modules nobody has loaded yet. */
function copy(): string {
  const dist = join(folder, String(++copies));
  cpSync(join(root, 'server/dist'), dist, { recursive: true });
  writeFileSync(join(dist, 'package.json'), '{"type":"module"}');
  return dist;
}

/** What is unfair about the copy. */
async function findings(dist: string): Promise<string[]> {
  const load = (file: string) => import(/* @vite-ignore */ pathToFileURL(join(dist, file)).href);
  const [{ Turns }, { Places }] = [await load('db/turns.js'), await load('live/places.js')];
  const found: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) found.push(what);
  };
  /** Who begins, one after the other, when each asks for so many at once. */
  const contest = async (turns: InstanceType<typeof Turns>, asks: [Client, number][], rounds: number) => {
    const begun: string[] = [];
    const leaves: (() => void)[] = [];
    for (const [client, times] of asks)
      for (let i = 0; i < times; i++)
        turns.enter(client).then(
          (leave: () => void) => {
            begun.push(client.id);
            leaves.push(leave);
          },
          () => begun.push(`${client.id} refused`),
        );
    for (let i = 0; i < rounds; i++) {
      await turn();
      leaves.shift()?.();
    }
    await turn();
    return begun;
  };
  const strangers = Array.from({ length: 8 }, (_, i): [Client, number] => [stranger(`-${i}`), 3]);
  const li: [Client, number] = [person('li'), 2];

  const inTurns = await contest(new Turns(1), [[person('greedy'), 9], li], 4);
  must(inTurns.lastIndexOf('li') < 5 && inTurns.includes('li'), 'a client waits behind all that another asked for');
  const amongStrangers = await contest(new Turns(1), [...strangers, li], 5);
  must(amongStrangers.filter((id) => id === 'li').length === 2, 'addresses are counted as clients');
  must(new Set(amongStrangers.filter((id) => id !== 'li')).size > 2, 'one address has the turns of all');
  const shares = { client: 3, anonymous: 2 };
  const shared = await contest(new Turns(10, undefined, shares), [[person('greedy'), 20], ...strangers], 0);
  must(shared.filter((id) => id === 'greedy').length === 3, 'one client has more than its share');
  must(shared.filter((id) => id.startsWith('-')).length === 2, 'the anonymous have more than their share');
  const full = new Turns(1, { waiting: 4, patienceMs: 60_000 });
  must(!(await contest(full, [[person('greedy'), 9], li], 0)).includes('li refused'), 'a line full of one’s refuses another');

  const left = new AbortController();
  const gone = new Turns(1);
  const waits = contest(
    gone,
    [
      [person('greedy'), 1],
      [person('gone', left.signal), 2],
    ],
    0,
  );
  left.abort();
  must((await waits).filter((id) => id === 'gone refused').length === 2, 'who left is waited for');
  const late = await contest(new Turns(5), [[person('gone', left.signal), 1]], 0);
  must(late[0] === 'gone refused', 'who has left comes in');

  const places = new Places(3, (item: { client: Client }) => places.leave(item.client, item), 60);
  const enter = (client: Client) => {
    try {
      places.check(client);
      places.enter(client, { client });
      return true;
    } catch {
      return false;
    }
  };
  const times = (n: number, client: Client) => Array.from({ length: n }, () => enter(client)).filter(Boolean).length;
  must(times(55, person('greedy')) === 50, 'one has more than its streams');
  must(strangers.filter(([client]) => enter(client)).length === 3, 'the anonymous have more than their share of streams');
  must(times(7, person('wang')) === 7 && times(2, person('li')) === 2, 'who is known finds no room');
  return found;
}

describe('the contest', () => {
  it('finds nothing in a copy that is not broken', async () => {
    expect(await findings(copy())).toEqual([]);
  });

  it.each(mutants)('finds out that $name', async ({ file, from, to }) => {
    const dist = copy();
    const path = join(dist, file);
    const text = readFileSync(path, 'utf8');
    expect(text.split(from).length - 1, `“${from}” occurs in ${file}`).toBe(1);
    writeFileSync(path, text.replace(from, to));
    const found = await findings(dist);
    console.log(found[0]);
    expect(found.length).toBeGreaterThan(0);
  });
});
