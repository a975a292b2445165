import { setTimeout as sleep } from 'node:timers/promises';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  anonymous,
  Caller,
  cookieOf,
  makeKey,
  signIn,
  spawnServe,
  startYutu,
  withKey,
  type Yutu,
  yutuCommand,
} from '../harness.js';
import { confirmChanges } from '../story.js';

/** kill -9 while secrets are replaced: nobody is shut out who was let in, and nothing is left half sealed. */
let yutu: Yutu;
const PASSWORD = 'seven boats under the bridge';
const older = Buffer.alloc(32, 7).toString('base64');
const newer = Buffer.alloc(32, 9).toString('base64');
beforeAll(async () => {
  yutu = await startYutu({ env: { SECOND_FACTOR: 'off', KEYS_PER_PERSON: '1000' } });
});
afterAll(() => yutu?.discard());

it('during the rotation of a key: the last secret that was told is good, and what it replaced is not beyond the overlap', async () => {
  for (let round = 0; round < 3; round++) {
    const steward = await signIn(yutu, 'steward');
    const made = await makeKey(steward, `killed ${round}`);
    const known = [made.key];
    const rotating = (async () => {
      for (;;) {
        const answer = await steward.post(`/api/keys/${made.id}/rotate`, { overlapHours: 1 });
        known.push(answer.json.key);
      }
    })().catch(() => {});
    while (known.length < 3) await sleep(5);
    await sleep(round * 37);
    await yutu.stop('SIGKILL');
    await rotating;
    yutu = await yutu.again();
    const statuses = await Promise.all(
      known.map(async (key) => (await withKey(yutu, key).get('/api/collections/districts')).status),
    );
    expect(known.length).toBeGreaterThan(1);
    expect(statuses.at(-1)).toBe(200);
    // Of those before, one overlaps: none when a rotation was under way that was not answered.
    expect(statuses.slice(0, -1).filter((status) => status === 200).length).toBeLessThanOrEqual(1);
    expect(statuses.slice(0, -2).every((status) => status === 401)).toBe(true);
  }
});

it('while secrets are sealed anew: every start goes on where the last one was killed, and the older key can go', async () => {
  const secrets = new Map<string, string>();
  const code = (secret: string, steps: number) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
  for (let i = 0; i < 6; i++) {
    const name = `seal.${i}`;
    const set = yutuCommand(yutu, ['user', name, '--organisation', 'planning', '--roles', 'planner', '--password', PASSWORD]);
    expect(set.status).toBe(0);
    await confirmChanges(await signIn(yutu, 'security'), name);
    const caller = await signIn(yutu, name, PASSWORD);
    const { secret } = (await caller.post('/api/account/factor', { password: PASSWORD })).json;
    expect((await caller.post('/api/account/factor/confirm', { code: code(secret, 0) })).status).toBe(200);
    secrets.set(name, secret);
  }
  await yutu.stop();
  for (const ms of [700, 1_000, 1_300]) {
    const { child, exited } = spawnServe(yutu, { SECRET_KEYS: `${newer},${older}`, SECOND_FACTOR: 'off', DEMO: 'true' });
    await sleep(ms);
    child.kill('SIGKILL');
    await exited;
  }
  yutu = await yutu.again({ SECRET_KEYS: `${newer},${older}` });
  await yutu.stop();
  yutu = await yutu.again({ SECRET_KEYS: newer });
  for (const [name, secret] of secrets) {
    const waiting = await anonymous(yutu).post('/api/session', { username: name, password: PASSWORD });
    expect(waiting.json.pending).toBe('code');
    const caller = new Caller(yutu.url, { cookie: cookieOf(waiting) });
    expect((await caller.post('/api/session/factor', { code: code(secret, 1) })).json.user.username).toBe(name);
  }
});
