import { describe, expect, it } from 'vitest';
import type { Queryable } from '../db/database.js';
import { factorUri, newFactorSecret, newRecoveryCodes, stepOf, useCode } from './factor.js';
import { waitSeconds } from './lockout.js';
import { passwordFault } from './password.js';
import { factorPurpose, Vault } from './vault.js';

// "12345678901234567890" in base32: the secret of the RFC's table.
const RFC = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('a code', () => {
  // RFC 6238, appendix B: the last six digits of its SHA-1 column.
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at %i seconds is that of RFC 6238', (seconds, code) => {
    expect(stepOf(RFC, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
  });

  it('may come one step early or late, and belongs to its own step', () => {
    const at = (seconds: number) => stepOf(RFC, '287082', seconds * 1000);
    expect([0, 30, 59, 60, 89].map(at)).toEqual([1, 1, 1, 1, 1]);
    expect([90, 120].map(at)).toEqual([null, null]);
  });

  it.each(['', '28708', '2870822', '28708a', '２８７０８２', '-87082'])('%j is none', (code) => {
    expect(stepOf(RFC, code, 59_000)).toBeNull();
  });

  it('comes from a secret of 160 bits that an app can scan', () => {
    const secret = newFactorSecret();
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(factorUri(secret, '渝图', 'li.na')).toMatch(/^otpauth:\/\/totp\/.+li\.na\?.*secret=[A-Z2-7]{32}/);
  });
});

const vault = new Vault([Buffer.alloc(32, 7)]);

/** One account in memory, as far as codes need it. */
function store(secret: string | null) {
  let step = 0;
  const codes = new Map<string, boolean>();
  const q = {
    async query(sql: string, params: unknown[]) {
      if (/^select factor_secret/.test(sql)) return [{ secret: secret && vault.seal(secret, factorPurpose('li')) }];
      if (/factor_step < \$2/.test(sql)) {
        if ((params[1] as number) <= step) return [];
        step = params[1] as number;
        return [{}];
      }
      if (/^insert into yutu.recovery_code/.test(sql)) for (const hash of params[0] as string[]) codes.set(hash, false);
      if (/^update yutu.recovery_code/.test(sql)) {
        if (codes.get(params[0] as string) !== false) return [];
        codes.set(params[0] as string, true);
        return [{}];
      }
      return [];
    },
  } as unknown as Queryable;
  return { q, codes };
}

describe('a code is taken', () => {
  it('once, and none of an earlier step after it', async () => {
    const { q } = store(RFC);
    const now = 1_111_111_111_000;
    expect(await useCode(q, vault, 'li', '050 471', now)).toBe('code');
    expect(await useCode(q, vault, 'li', '050471', now)).toBeNull();
    expect(await useCode(q, vault, 'li', '081804', now)).toBeNull(); // of the step before, still within the window
  });

  it('from the recovery codes, each once, however it is typed', async () => {
    const { q, codes } = store(RFC);
    const made = await newRecoveryCodes(q, 'li');
    expect(new Set(made).size).toBe(10);
    for (const code of made) expect(code).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
    expect([...codes.keys()].every((hash) => /^sha256:/.test(hash))).toBe(true);
    expect(await useCode(q, vault, 'li', ` ${made[0]!.toUpperCase().replaceAll('-', ' ')} `)).toBe('recovery');
    expect(await useCode(q, vault, 'li', made[0]!)).toBeNull();
    expect(await useCode(q, vault, 'li', 'aaaa-aaaa-aaaa-aaaa')).toBeNull();
  });

  it('from nobody without a confirmed secret', async () => {
    expect(await useCode(store(null).q, vault, 'li', '050471', 1_111_111_111_000)).toBeNull();
  });
});

it('waiting grows and ends growing', () => {
  expect([0, 1, 2, 5, 6, 60, 5000].map(waitSeconds)).toEqual([60, 120, 240, 1920, 3600, 3600, 3600]);
});

it.each([
  ['eleven char', 'characters'],
  ['li.na.li.na.li.na', 'user name'],
  ['LI.NA.LI.NA', 'characters'],
  ['aaaaaaaaaaaaaaab', 'different'],
  ['长江嘉陵江在朝天门', 'characters'],
])('%j is no password of li.na', (password, why) => {
  expect(passwordFault('li.na', password)?.[1]).toContain(why);
});
it.each(['seven boats under the bridge', '长江嘉陵江在朝天门外汇合', 'Tr0ub4dor&3xy'])('%j is one', (password) => {
  expect(passwordFault('li.na', password)).toBeNull();
});
