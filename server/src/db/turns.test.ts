import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Client, ClientLeft, runFor } from './client.js';
import { FairQueue } from './fair-queue.js';
import { shareOf, Turns } from './turns.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const second = () => new Promise<void>((resolve) => void setTimeout(resolve, 1_000));
const outcomes = (all: Promise<unknown>[]) =>
  Promise.all(
    all.map((one) =>
      one.then(
        () => 'done',
        (error) => (error instanceof ClientLeft ? 'left' : [error.code, error.more.retryAfter]),
      ),
    ),
  );
const refused = ['overloaded', 2];

describe('turns', () => {
  it('let so many work at once, the others in the order they came', async () => {
    const turns = new Turns(2);
    const begun: number[] = [];
    const work = async (n: number) => {
      begun.push(n);
      await second();
    };
    const all = outcomes([1, 2, 3, 4, 5].map((n) => turns.take(() => work(n))));
    await vi.advanceTimersByTimeAsync(0);
    expect([begun, turns.waiting]).toEqual([[1, 2], 3]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(begun).toEqual([1, 2, 3, 4]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await all).toEqual(Array(5).fill('done'));
  });

  it('are waited for as long as patience lasts; beyond the line’s length they are refused at once', async () => {
    const turns = new Turns(1, { waiting: 3, patienceMs: 2_500 });
    const all = outcomes([1, 2, 3, 4, 5].map(() => turns.take(second)));
    await vi.advanceTimersByTimeAsync(0);
    expect(turns.waiting).toBe(3); // the fifth has gone
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await all).toEqual(['done', 'done', 'done', refused, refused]);
    // who gave up took nobody's turn with them
    const more = outcomes([turns.take(second), turns.take(second)]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await more).toEqual(['done', 'done']);
  });

  it('end with work that fails', async () => {
    const turns = new Turns(1);
    await expect(turns.take(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await turns.take(async () => 7)).toBe(7);
  });
});

const person = (id: string, signal: AbortSignal | null = null): Client => ({ id, anonymous: false, signal });
const stranger = (id: string): Client => ({ id, anonymous: true, signal: null });

describe('turns among clients', () => {
  /** Has each client ask for so many at once, in this order; what begins is noted, a second each. */
  const contest = (turns: Turns, asks: [Client, number][]) => {
    const begun: string[] = [];
    const all = asks.flatMap(([client, times]) =>
      Array.from({ length: times }, () =>
        runFor(client, () =>
          turns.take(async () => {
            begun.push(client.id);
            await second();
          }),
        ),
      ),
    );
    return { begun, all: outcomes(all) };
  };

  it('go round: whoever asks for much waits behind who asks for little', async () => {
    const { begun, all } = contest(new Turns(1), [
      [person('greedy'), 6],
      [person('li'), 2],
      [person('wang'), 1],
    ]);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(begun).toEqual(['greedy', 'greedy', 'li', 'wang', 'greedy', 'li', 'greedy', 'greedy', 'greedy']);
    expect(await all).toEqual(Array(9).fill('done'));
  });

  it('are one between all who are anonymous, however many addresses they come from', async () => {
    const strangers = Array.from({ length: 20 }, (_, i): [Client, number] => [stranger(`-${i}`), 3]);
    const { begun } = contest(new Turns(1), [...strangers, [person('li'), 4]]);
    await vi.advanceTimersByTimeAsync(8_000);
    // the first was given before li came
    expect(begun.filter((id) => id === 'li')).toHaveLength(4);
    expect(begun.slice(0, 3)).toEqual(['-0', '-0', 'li']);
    // and within it, address by address
    expect(new Set(begun.filter((id) => id.startsWith('-'))).size).toBe(4);
  });

  it('stay free beyond a client’s share, and beyond that of all who are anonymous', async () => {
    const shares = { client: 3, anonymous: 2 };
    const turns = new Turns(10, undefined, shares);
    const strangers = Array.from({ length: 5 }, (_, i): [Client, number] => [stranger(`-${i}`), 5]);
    const { begun } = contest(turns, [[person('greedy'), 50], ...strangers]);
    await vi.advanceTimersByTimeAsync(0);
    const held = (of: (id: string) => boolean) => begun.filter(of).length;
    expect([held((id) => id === 'greedy'), held((id) => id.startsWith('-')), turns.waiting]).toEqual([3, 2, 70]);
    // who comes now begins now
    const { begun: late } = contest(turns, [[person('li'), 2]]);
    await vi.advanceTimersByTimeAsync(0);
    expect(late).toEqual(['li', 'li']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([held((id) => id === 'greedy'), held((id) => id.startsWith('-'))]).toEqual([6, 4]);
  });

  it('of the platform itself have no limit', async () => {
    const turns = new Turns(4, undefined, { client: 1, anonymous: 1 });
    const begun: number[] = [];
    void [1, 2, 3].map((n) =>
      turns.take(async () => {
        begun.push(n);
        await second();
      }),
    );
    await vi.advanceTimersByTimeAsync(0);
    expect(begun).toEqual([1, 2, 3]);
  });

  it('are not waited for by who has left', async () => {
    const turns = new Turns(1);
    const left = new AbortController();
    const { begun, all } = contest(turns, [
      [person('greedy'), 1],
      [person('gone', left.signal), 3],
      [person('li'), 1],
    ]);
    await vi.advanceTimersByTimeAsync(0);
    left.abort();
    expect(turns.waiting).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(begun).toEqual(['greedy', 'li']);
    expect(await all).toEqual(['done', 'left', 'left', 'left', 'done']);
  });

  it('in a line that is full of one client’s are taken from that client, not from who comes with little', async () => {
    const turns = new Turns(1, { waiting: 5, patienceMs: 60_000 });
    const greedy = contest(turns, [[person('greedy'), 9]]);
    const li = contest(turns, [[person('li'), 2]]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(await li.all).toEqual(['done', 'done']);
    const told = await greedy.all;
    expect(told.filter((one) => one === 'done')).toHaveLength(4);
    expect(told.filter((one) => one !== 'done')).toEqual(Array(5).fill(refused));
  });
});

describe('a fair queue', () => {
  it('has what two wait for once, at the turn that comes first', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a', 'b', 'c']) queue.add(person('greedy'), item);
    queue.add(person('li'), 'c');
    expect(queue.size).toBe(3);
    const taken = Array.from({ length: 4 }, () => queue.take()?.item);
    expect(taken).toEqual(['a', 'c', 'b', undefined]);
  });

  it('passes over who may have none now, and keeps their place', () => {
    const queue = new FairQueue<string>();
    queue.add(person('full'), 'a');
    queue.add(person('li'), 'b');
    expect(queue.take(({ id }) => id !== 'full')?.item).toBe('b');
    expect([...queue]).toEqual(['a']);
    expect(queue.take()?.item).toBe('a');
    expect([queue.size, queue.delete('a')]).toEqual([0, false]);
  });

  it('shares are one at least', () => {
    expect([shareOf(10, 30), shareOf(3, 30), shareOf(1, 1)]).toEqual([3, 1, 1]);
  });
});
