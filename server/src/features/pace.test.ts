import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { YutuError } from '../errors/fail.js';
import { anonymous, type Caller } from '../identity/caller.js';
import { Pace, paceKeys, SharedPace } from './pace.js';

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

describe('a pace for a person and an organisation', () => {
  const user = (name: string) => ({ kind: 'user', name, organisation: 'o', roles: [], scope: null, keyId: null }) as const;
  const key = (id: string) => ({ kind: 'key', name: `key:${id}`, organisation: 'o', roles: [], scope: null, keyId: id }) as const;
  const taken = (pace: SharedPace, caller: Caller, address = '1.1.1.1') => {
    try {
      pace.take(paceKeys(caller, address), 'parcels');
      return true;
    } catch {
      return false;
    }
  };

  it('is not made faster by more keys', () => {
    const pace = new SharedPace(2, { points: 3, seconds: 60 });
    const through = Array.from({ length: 8 }, (_, i) => taken(pace, key(`k${i}`)));
    expect(through).toEqual([true, true, true, false, false, false, false, false]);
  });

  it('nor by more people than its organisation may be', () => {
    const pace = new SharedPace(2, { points: 3, seconds: 60 });
    const through = ['li', 'wang', 'zhao'].map((name) => [1, 2, 3, 4].filter(() => taken(pace, user(name))).length);
    expect(through).toEqual([3, 3, 0]);
  });

  it('counts addresses apart where nobody signed in', () => {
    const pace = new SharedPace(1, { points: 1, seconds: 60 });
    expect(['1.1.1.1', '1.1.1.1', '2.2.2.2'].map((address) => taken(pace, anonymous, address))).toEqual([true, false, true]);
  });
});
