import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVault, Vault } from './vault.js';

const key = (n: number) => Buffer.alloc(32, n);
const SECRET = 'JBSWY3DPEHPK3PXP';

describe('what is sealed', () => {
  const vault = new Vault([key(1)]);
  const sealed = vault.seal(SECRET, 'factor:li');

  it('names its algorithm and its key, opens again, and looks different each time', () => {
    expect(sealed).toMatch(/^aes-256-gcm:[0-9a-f]{16}:[A-Za-z0-9_-]+$/);
    expect(sealed).not.toContain(SECRET);
    expect(vault.open(sealed, 'factor:li')).toBe(SECRET);
    expect(vault.seal(SECRET, 'factor:li')).not.toBe(sealed);
  });

  it.each([
    ['for somebody else', sealed, 'factor:wang'],
    ['changed in its last bit', `${sealed.slice(0, -2)}${sealed.at(-2) === 'A' ? 'B' : 'A'}${sealed.at(-1)}`, 'factor:li'],
    ['cut short', sealed.slice(0, -8), 'factor:li'],
    ['without a body', sealed.slice(0, 29), 'factor:li'],
    ['under another algorithm', sealed.replace('aes-256-gcm', 'aes-128-gcm'), 'factor:li'],
    ['readable', SECRET, 'factor:li'],
    ['empty', '', 'factor:li'],
  ])('does not open %s', (_what, text, purpose) => {
    expect(() => vault.open(text, purpose)).toThrow();
  });

  it('does not open with another key, and says which one is missing', () => {
    expect(() => new Vault([key(2)]).open(sealed, 'factor:li')).toThrow(vault.id);
  });

  it('is sealed anew under the key in front, from an older one or from readable text', () => {
    const next = new Vault([key(2), key(1)]);
    expect(next.isCurrent(sealed)).toBe(false);
    for (const text of [sealed, SECRET]) {
      const renewed = next.renew(text, 'factor:li');
      expect([next.isCurrent(renewed), new Vault([key(2)]).open(renewed, 'factor:li')]).toEqual([true, SECRET]);
      expect(next.renew(renewed, 'factor:li')).toBe(renewed);
    }
  });
});

describe('the key', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vault-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is made once in the data folder, for its owner’s eyes only', async () => {
    const [one, two] = await Promise.all([openVault(folder, null), openVault(folder, null)]);
    const again = await openVault(folder, null);
    expect([two.id, again.id]).toEqual([one.id, one.id]);
    expect((await stat(join(folder, 'secrets.key'))).mode & 0o777).toBe(0o600);
    expect(again.open(one.seal('x', 'p'), 'p')).toBe('x');
    expect(await readFile(join(folder, 'secrets.key'), 'utf8')).not.toContain(one.id);
  });

  it('is the first of the settings when there are some', async () => {
    const texts = [key(3), key(4)].map((k) => k.toString('base64'));
    expect((await openVault(folder, texts)).id).toBe(new Vault([key(3)]).id);
  });

  it('of a damaged file stops the start', async () => {
    await writeFile(join(folder, 'secrets.key'), 'c2hvcnQ=');
    await expect(openVault(folder, null)).rejects.toThrow('32 bytes');
  });
});
