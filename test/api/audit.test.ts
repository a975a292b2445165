import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn, startYutu, underneath, type Yutu, yutuCommand } from '../harness.js';
import { parcelsGift, parcelsWish, share } from '../story.js';

let yutu: Yutu;
beforeAll(async () => {
  yutu = await startYutu();
  const planner = await signIn(yutu, 'planner');
  await share(planner, await signIn(yutu, 'steward'), parcelsWish, parcelsGift);
  await planner.get('/api/collections/parcels/items?limit=10');
});
afterAll(() => yutu?.remove());

describe('npx yutu audit verify', () => {
  it('proves the chain beside the running server', () => {
    const { status, said } = yutuCommand(yutu, ['audit', 'verify']);
    expect([status, said]).toEqual([0, expect.stringMatching(/\d+ (rows|entries)/)]);
  });

  it('proves it without a server too', async () => {
    await yutu.stop();
    const { status, said } = yutuCommand(yutu, ['audit', 'verify']);
    expect([status, said]).toEqual([0, expect.stringMatching(/\d+ (rows|entries)/)]);
  });

  it('the database itself refuses changes to the log', async () => {
    await underneath(yutu, async (query) => {
      await expect(query("update yutu.audit set actor = 'somebody' where seq = 1")).rejects.toThrow(/append-only/);
      await expect(query('delete from yutu.audit where seq = 1')).rejects.toThrow(/append-only/);
      await expect(query('truncate yutu.audit')).rejects.toThrow(/append-only/);
    });
  });

  const tamperings: [string, string, RegExp][] = [
    ['an altered row', 'update yutu.audit set detail = detail || \'{"altered": true}\' where seq = 2', /row 2\b/],
    ['another actor', "update yutu.audit set actor = 'auditor' where seq = 3", /row 3\b/],
    ['another time', "update yutu.audit set at = at + interval '1 second' where seq = 2", /row 2\b/],
    ['a missing row', 'delete from yutu.audit where seq = 2', /row 2\b/],
    ['a missing end', 'delete from yutu.audit where seq = (select max(seq) from yutu.audit)', /missing/],
  ];
  it.each(tamperings)('finds %s', async (_what, sql, where) => {
    await underneath(yutu, async (query) => {
      await query('create table if not exists public.audit_copy as select * from yutu.audit');
      await query('alter table yutu.audit disable trigger user');
      await query('delete from yutu.audit');
      await query('insert into yutu.audit select * from public.audit_copy');
      const [{ rows }] = await query('select count(*)::int as rows from yutu.audit');
      expect(rows).toBeGreaterThan(4);
      await query(sql);
    });
    const { status, said } = yutuCommand(yutu, ['audit', 'verify']);
    expect([status, said]).toEqual([1, expect.stringMatching(where)]);
  });

  it('holds again once everything is as it was', async () => {
    await underneath(yutu, async (query) => {
      await query('delete from yutu.audit');
      await query('insert into yutu.audit select * from public.audit_copy');
    });
    expect(yutuCommand(yutu, ['audit', 'verify']).status).toBe(0);
  });
});
