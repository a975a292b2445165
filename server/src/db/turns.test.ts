import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Turns } from './turns.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const second = () => new Promise<void>((resolve) => void setTimeout(resolve, 1_000));
const outcomes = (all: Promise<unknown>[]) =>
  Promise.all(
    all.map((one) =>
      one.then(
        () => 'done',
        (error) => [error.code, error.more.retryAfter],
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
