import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, Caller, eventually, root, scratch, signIn, startYutu, withKey, type Yutu } from '../harness.js';
import { changesOf } from '../story.js';
import { tileAt, tilePath } from '../tile.js';

/** When terms are over, to the second: a clock that can be set, in a zone whose midnight is nobody else's. */
const folder = mkdtempSync(join(scratch(), 'terms-'));
const hours = join(folder, 'hours');
const PROXY = 'a-secret-of-the-proxy';
const OFFSET_MS = (5 * 60 + 45) * 60_000; // Kathmandu, all the year
const DAY_MS = 86_400_000;
let yutu: Yutu;
let steward: Caller;
let admin: Caller;
let security: Caller;
let ahead = 0;

beforeAll(async () => {
  writeFileSync(hours, '0');
  yutu = await startYutu({
    env: {
      TIMEZONE: 'Asia/Kathmandu',
      NODE_OPTIONS: `--import=${pathToFileURL(join(root, 'test/clock.mjs'))}`,
      CLOCK_HOURS: hours,
      SESSION_HOURS: '96',
      SECOND_FACTOR: 'off',
      CONFIRM_DAYS: '2',
      TRUST_PROXY: 'true',
      CLIENT_CERT_HEADER: 'X-Client-Cert',
      PROXY_SECRET: PROXY,
    },
  });
  [steward, admin, security] = [await signIn(yutu, 'steward'), await signIn(yutu, 'admin'), await signIn(yutu, 'security')];
});
afterAll(() => yutu?.remove());

/** Sets the server's clock so far ahead of ours, and waits until it goes by it. */
async function setAhead(ms: number): Promise<void> {
  ahead = ms;
  writeFileSync(hours, String(ms / 3_600_000));
  yutu.process.kill('SIGUSR2');
  await sleep(300);
}
const now = () => Date.now() + ahead;
const dayOf = (at: number) => new Date(at + OFFSET_MS).toISOString().slice(0, 10);

describe('a key and a certificate', () => {
  it('are good to the last second of their last day in the instance’s zone, and not to the next', async () => {
    const midnight = Date.parse(`${dayOf(Date.now())}T00:00:00Z`) + DAY_MS - OFFSET_MS;
    const [lastDay, dayAfter] = [dayOf(midnight - 1), dayOf(midnight)];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
        ...['-subj', '/CN=gis.example', '-addext', 'basicConstraints=critical,CA:FALSE', '-keyout', 'c.key', '-out', 'c.crt'],
      ],
      { cwd: folder, stdio: 'pipe' },
    );
    const pem = readFileSync(join(folder, 'c.crt'), 'utf8');
    const make = async (until: string) => {
      const made = await steward.post('/api/keys', { name: `to ${until}`, until });
      expect([made.status, made.json.until]).toEqual([201, until]);
      return made.json as { id: string; key: string };
    };
    const [ends, goesOn] = [await make(lastDay), await make(dayAfter)];
    const certificate = await steward.post('/api/certificates', { name: 'c', certificate: pem, until: lastDay });
    expect([certificate.status, certificate.json.until]).toEqual([201, lastDay]);

    const closed = '/api/collections/parcels/items?limit=1';
    const tile = tilePath('parcels', tileAt(106.55, 29.56, 14));
    const proxy = new Caller(yutu.url, { 'x-client-cert': encodeURIComponent(pem), 'yutu-proxy-secret': PROXY });
    const asked = async () => {
      const answers: Answer[] = [];
      for (const by of [withKey(yutu, ends.key), withKey(yutu, goesOn.key), proxy])
        for (const path of [closed, tile]) answers.push(await by.get(path));
      return answers.map(({ status }) => status);
    };
    const states = async () =>
      Object.fromEntries(
        (await steward.get('/api/keys')).json.keys.map(({ id, state }: { id: string; state: string }) => [id, state]),
      );
    expect(await asked()).toEqual([200, 200, 200, 200, 200, 200]);
    // An hour before: the day is over elsewhere, in Shanghai.
    await setAhead(midnight - Date.now() - 3_600_000);
    expect(await asked()).toEqual([200, 200, 200, 200, 200, 200]);

    await setAhead(midnight - Date.now() - 6_000);
    expect(await asked()).toEqual([200, 200, 200, 200, 200, 200]);
    expect(await states()).toMatchObject({ [ends.id]: 'live', [goesOn.id]: 'live' });
    expect(now()).toBeLessThan(midnight);
    await sleep(midnight - now() + 200);
    expect(await asked()).toEqual([401, 401, 200, 200, 401, 401]);
    expect(await states()).toMatchObject({ [ends.id]: 'expired', [goesOn.id]: 'live' });
    // Nor does it come back by a new secret or another holder.
    for (const deed of ['rotate', 'hand-over']) {
      const { status } = await steward.post(`/api/keys/${ends.id}/${deed}`, deed === 'rotate' ? {} : { to: 'planner' });
      expect([deed, status]).toEqual([deed, 409]);
    }
    await setAhead(0);
  });
});

describe('a change of an account that waits', () => {
  const make = (username: string) =>
    admin.post('/api/accounts', { username, nameZh: '甲', nameEn: 'A', organisation: 'planning', roles: ['planner'] });
  const confirm = (id: string) => security.post(`/api/account-changes/${id}/confirm`, {});

  it('can be confirmed within its term only; after that it is shown as lapsed, and made anew', async () => {
    for (const name of ['ren.first', 'ren.second']) expect((await make(name)).status).toBe(201);
    const [first] = await changesOf(security, 'ren.first');
    const [second] = await changesOf(security, 'ren.second');
    expect(Date.parse(second!.until) - Date.parse(second!.at)).toBe(2 * DAY_MS);
    await setAhead(2 * DAY_MS - 60_000);
    expect((await confirm(first!.id)).status).toBe(200);

    await setAhead(2 * DAY_MS + 1_000);
    expect(await changesOf(security, 'ren.second')).toMatchObject([{ id: second!.id, lapsed: true, can: ['decline'] }]);
    const refused = await confirm(second!.id);
    expect([refused.status, refused.json.code, refused.json.detail]).toEqual([
      409,
      'account_change_lapsed',
      expect.stringContaining('within 2 days'),
    ]);
    expect((await admin.get('/api/accounts/ren.second')).json).toMatchObject({ confirmed: false });
    const [own] = await changesOf(admin, 'ren.second');
    expect(own!.can).toEqual(['withdraw']);
    expect((await admin.delete(`/api/account-changes/${own!.id}`)).status).toBe(204);
    await setAhead(0);
    expect((await make('ren.second')).status).toBe(201);
    const [anew] = await changesOf(security, 'ren.second');
    expect(anew).toMatchObject({ lapsed: false, can: ['confirm', 'decline'] });
    await eventually(async () => expect((await confirm(anew!.id)).status).toBe(200));
  });
});
