import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { YutuError } from '../errors/fail.js';
import { anonymous } from '../identity/caller.js';
import { Pace, paceKey } from './pace.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout'] }));
afterEach(() => void vi.useRealTimers());

const refused = (pace: Pace, key: string, points?: number): number | null => {
  try {
    pace.take(key, points);
    return null;
  } catch (error) {
    if (!(error instanceof YutuError) || error.code !== 'asked_too_often') throw error;
    return error.more.retryAfter!;
  }
};

describe('a pace', () => {
  it('lets through so many, then none until the window that began with the first is over', () => {
    const pace = new Pace({ points: 2, seconds: 60 });
    expect([refused(pace, 'a'), refused(pace, 'a')]).toEqual([null, null]);
    vi.advanceTimersByTime(20_000);
    expect(refused(pace, 'a')).toBe(40);
    expect(refused(pace, 'b')).toBeNull();
    vi.advanceTimersByTime(41_000);
    expect(refused(pace, 'a')).toBeNull();
  });

  it('of several windows keeps all', () => {
    const pace = new Pace({ points: 2, seconds: 60 }, { points: 3, seconds: 3_600 });
    pace.take('a', 2);
    vi.advanceTimersByTime(61_000);
    expect(refused(pace, 'a')).toBeNull();
    expect(refused(pace, 'a')).toBeGreaterThan(3_000);
  });

  it('counts nothing of what it refused', () => {
    const pace = new Pace({ points: 3, seconds: 60 });
    expect(refused(pace, 'a', 4)).toBeGreaterThan(0);
    expect(refused(pace, 'a', 3)).toBeNull();
  });
});

it('people, keys and addresses are counted apart', () => {
  const user = { kind: 'user', name: 'li', organisation: 'o', roles: [], scope: null, keyId: null } as const;
  const key = { kind: 'key', name: 'key:a', organisation: 'o', roles: [], scope: null, keyId: 'k1' } as const;
  expect([paceKey(user, '1.1.1.1'), paceKey(key, '1.1.1.1'), paceKey(anonymous, '1.1.1.1')]).toEqual(['@li', 'k1', '-1.1.1.1']);
});
