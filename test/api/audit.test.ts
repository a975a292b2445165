import { createHash, getHashes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engine, type Query, signIn, startYutu, underneath, type Yutu, yutuCommand } from '../harness.js';
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

/** Sorted keys, as the log's hashes are made over. */
function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(',')}}`;
}

/** What somebody with all rights on the database does: changes rows and makes every hash and the head anew. */
// biome-ignore lint/suspicious/noExplicitAny: rows of the log
async function rewrite(query: Query, change: (row: any) => object): Promise<void> {
  await query('alter table yutu.audit disable trigger user');
  const rows = await query('select * from yutu.audit order by seq');
  await query('delete from yutu.audit');
  let prev = rows[0].seq === 1 || rows[0].seq === '1' ? 'genesis' : rows[0].prev;
  for (const old of rows) {
    const row = { ...old, seq: Number(old.seq), at: new Date(old.at).toISOString(), prev, ...change(old) };
    const { seq, at, actor, organisation, action, layer, subject, detail, algorithm } = row;
    const text = canonical([seq, at, actor, organisation, action, layer, subject, detail, algorithm, prev]);
    prev = createHash(algorithm).update(text, 'utf8').digest('hex');
    await query('insert into yutu.audit values ($1, $2::timestamptz, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11)', [
      ...[seq, at, actor, organisation, action, layer, subject, JSON.stringify(detail), algorithm],
      ...[row.prev, prev],
    ]);
  }
  await query('update yutu.audit_head set seq = $1, hash = $2', [rows.at(-1).seq, prev]);
  await query('alter table yutu.audit enable trigger user');
}

/** Takes the signatures out of the database. */
async function unseal(query: Query): Promise<void> {
  await query('alter table yutu.audit_seal disable trigger user');
  await query('delete from yutu.audit_seal');
  await query('alter table yutu.audit_seal enable trigger user');
}

describe('the signed head', () => {
  const anchors = () => join(yutu.dataDir, 'audit-anchors.jsonl');
  const kept = () => join(yutu.dataDir, 'kept-elsewhere.jsonl');

  it('is shown to the auditor only, and vouches for the whole log', async () => {
    yutu = await yutu.again({ AUDIT_ANCHOR_ROWS: '1' });
    const auditor = await signIn(yutu, 'auditor');
    for (const name of ['planner', 'steward'])
      expect((await (await signIn(yutu, name)).get('/api/audit/head')).json.code).toBe('role_required');
    expect(yutuCommand(yutu, ['audit', 'seal']).status).toBe(0);
    const { json: head } = await auditor.get('/api/audit/head');
    expect(head).toMatchObject({ algorithm: 'sha256', sealed: { key: head.key.fingerprint }, key: { algorithm: 'ed25519' } });
    expect(yutuCommand(yutu, ['audit', 'key']).said).toContain(head.key.publicKey);
    // The database says what was signed, and holds no key to sign with.
    const { json: report } = await auditor.get('/api/audit/verify');
    expect(report).toMatchObject({ ok: true, first: 1, sealed: { key: head.key.fingerprint } });
    expect(report.sealed.seq).toBeGreaterThan(4);
    await yutu.stop();
    await underneath(yutu, async (query) => {
      expect(JSON.stringify(await query('select * from yutu.audit_key'))).not.toContain('PRIVATE');
      await expect(query('delete from yutu.audit_seal')).rejects.toThrow(/append-only/);
    });
    yutuCommand(yutu, ['audit', 'seal']);
    copyFileSync(anchors(), kept());
  });

  it('gives away a log that was rewritten from a row on with every hash made anew, without and with its signatures', async () => {
    await underneath(yutu, async (query) => {
      await query('drop table if exists public.audit_copy');
      await query('create table public.audit_copy as select * from yutu.audit');
      await query('create table public.head_copy as select * from yutu.audit_head');
      await rewrite(query, (row) => (Number(row.seq) === 3 ? { actor: 'somebody' } : {}));
    });
    expect(yutuCommand(yutu, ['audit', 'verify'])).toMatchObject({ status: 1, said: expect.stringContaining('rewritten') });
    await underneath(yutu, unseal);
    expect(yutuCommand(yutu, ['audit', 'verify'])).toMatchObject({ status: 1, said: expect.stringContaining('rewritten') });
    // Neither does the platform sign it.
    const { status, said } = yutuCommand(yutu, ['audit', 'seal']);
    expect([status, said]).toEqual([1, expect.stringContaining('does not continue')]);
    // Who also holds the data folder is found by the anchors that are kept elsewhere.
    rmSync(anchors());
    expect(yutuCommand(yutu, ['audit', 'verify'])).toMatchObject({ status: 0, said: expect.stringContaining('No signature') });
    expect(yutuCommand(yutu, ['audit', 'verify', '--anchors', kept()]).said).toMatch(/rewritten/);
  });

  it('gives away a log whose end was cut off together with its head', async () => {
    await underneath(yutu, async (query) => {
      await query('alter table yutu.audit disable trigger user');
      await query('delete from yutu.audit');
      await query('insert into yutu.audit select * from public.audit_copy');
      await query('delete from yutu.audit where seq > (select max(seq) - 2 from public.audit_copy)');
      await query('update yutu.audit_head set (seq, hash) = (select seq, hash from yutu.audit order by seq desc limit 1)');
      await query('alter table yutu.audit enable trigger user');
    });
    expect(yutuCommand(yutu, ['audit', 'verify']).status).toBe(0);
    expect(yutuCommand(yutu, ['audit', 'verify', '--anchors', kept()])).toMatchObject({
      status: 1,
      said: expect.stringContaining('rows at the end are missing'),
    });
  });

  it('refuses a file that holds no anchors, or is not there', () => {
    const other = yutuCommand(yutu, ['audit', 'verify', '--anchors', join(yutu.dataDir, 'lock')]);
    const none = yutuCommand(yutu, ['audit', 'verify', '--anchors', 'nowhere.jsonl']);
    expect([other.status, none.status]).toEqual([2, 2]);
    expect(none.said).toContain('There is no file');
  });
});

describe('npx yutu audit prune', () => {
  it('takes out whole years older than the policy behind a signed checkpoint, and nothing younger', async () => {
    const year = new Date().getFullYear();
    const old = `${year - 3}-06-01T00:00:00.000Z`;
    let last = 0;
    await underneath(yutu, async (query) => {
      // Five rows of three years ago, two of last year.
      await rewrite(query, ({ seq }) =>
        Number(seq) <= 5 ? { at: old } : Number(seq) <= 7 ? { at: `${year - 1}-06-01T00:00:00.000Z` } : {},
      );
      [{ last }] = await query('select max(seq)::int as last from yutu.audit');
      await unseal(query);
    });
    rmSync(join(yutu.dataDir, 'audit-anchors.jsonl'), { force: true });
    const out = join(yutu.dataDir, 'old.jsonl');
    const unused = yutuCommand(yutu, ['audit', 'prune', '--out', out], { AUDIT_YEARS: '3' });
    expect([unused.status, existsSync(out)]).toEqual([0, false]);
    const pruned = yutuCommand(yutu, ['audit', 'prune', '--out', out], { AUDIT_YEARS: '2' });
    expect([pruned.status, pruned.said]).toEqual([0, expect.stringContaining(`5 rows up to the end of ${year - 3}`)]);
    const file = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(file.map((row) => [row.seq, row.at])).toEqual([1, 2, 3, 4, 5].map((seq) => [seq, old]));
    expect(yutuCommand(yutu, ['audit', 'verify'])).toMatchObject({
      status: 0,
      said: expect.stringContaining('begins with row 6, behind a signed checkpoint'),
    });
    // Once more there is nothing to take out.
    expect(yutuCommand(yutu, ['audit', 'prune', '--out', `${out}2`], { AUDIT_YEARS: '2' }).said).toContain('Nothing is older');
    await underneath(yutu, async (query) => {
      const [checkpoint] = await query("select * from yutu.audit where action = 'audit_pruned'");
      expect(checkpoint.detail).toMatchObject({ seq: 5, rows: 5, before: year - 2 });
      expect(checkpoint.detail.file).toBe(`sha256:${createHash('sha256').update(readFileSync(out)).digest('hex')}`);
      expect(Number(checkpoint.seq)).toBe(last + 1);
      // What is younger than the checkpoint stays append-only.
      await expect(query('delete from yutu.audit where seq = 6')).rejects.toThrow(/append-only/);
    });
  });

  it('without its checkpoint the log does not hold', async () => {
    await underneath(yutu, async (query) => {
      await query('alter table yutu.audit_checkpoint disable trigger user');
      await query('delete from yutu.audit_checkpoint');
    });
    expect(yutuCommand(yutu, ['audit', 'verify'])).toMatchObject({ status: 1, said: expect.stringContaining('no checkpoint') });
  });
});

describe.skipIf(!getHashes().includes('sm3'))('AUDIT_HASH and AUDIT_SIGNATURE', () => {
  it('change from a row on: the chain holds over both', async () => {
    const other = await startYutu({ env: { AUDIT_HASH: 'sm3', AUDIT_SIGNATURE: 'sm2' } });
    try {
      await signIn(other, 'planner');
      const auditor = await signIn(other, 'auditor');
      const { json: log } = await auditor.get('/api/audit?limit=1000');
      // biome-ignore lint/suspicious/noExplicitAny: rows of the log
      const algorithms = new Set(log.entries.map((row: any) => row.algorithm));
      expect(algorithms).toEqual(new Set(['sm3', 'sha256']));
      expect(log.entries.find((row: { action: string }) => row.action === 'audit_algorithm').algorithm).toBe('sm3');
      expect(yutuCommand(other, ['audit', 'seal'], { AUDIT_HASH: 'sm3', AUDIT_SIGNATURE: 'sm2' }).status).toBe(0);
      const { json: head } = await auditor.get('/api/audit/head');
      expect(head).toMatchObject({ algorithm: 'sm3', key: { algorithm: 'sm2' } });
      expect(head.sealed.signature).toMatch(/^sm2:/);
      expect(head.sealed.hash).toMatch(/^sm3:/);
      expect((await auditor.get('/api/audit/verify')).json).toMatchObject({ ok: true, sealed: { key: head.key.fingerprint } });
    } finally {
      await other.remove();
    }
  });
});

describe('a command that was started without the server’s settings', () => {
  const chain = () => underneath(yutu, (query) => query('select seq::int, algorithm, hash from yutu.audit_head'));
  const setUser = ['user', 'stranger', '--organisation', 'planning', '--password', 'riverside-lantern-42'];
  beforeAll(async () => {
    await yutu.discard();
    yutu = await startYutu();
  });

  it('writes nothing into the log and makes no key: with another hash, another data folder, another signature', async () => {
    if (engine === 'embedded') {
      // Beside a running server it goes through it, whose settings hold.
      expect(yutuCommand(yutu, ['audit', 'seal'], { AUDIT_HASH: 'sm3', AUDIT_SIGNATURE: 'sm2' }).status).toBe(0);
      const auditor = await signIn(yutu, 'auditor');
      expect((await auditor.get('/api/audit/head')).json).toMatchObject({ algorithm: 'sha256', key: { algorithm: 'ed25519' } });
      await yutu.stop();
    }
    const before = await chain();
    const elsewhere = `${yutu.dataDir}-elsewhere`;
    mkdirSync(elsewhere);
    const strange: [Record<string, string>, RegExp][] = [
      [{ AUDIT_HASH: 'sm3' }, /AUDIT_HASH is sm3 here.*nothing was changed/],
      [{ AUDIT_SIGNATURE: 'sm2' }, /AUDIT_SIGNATURE.*nothing was changed/],
      ...(engine === 'postgis'
        ? [[{ DATA_DIR: elsewhere }, /DATA_DIR.*nothing was changed/] as [Record<string, string>, RegExp]]
        : []),
    ];
    for (const [settings, why] of strange)
      for (const args of [setUser, ['audit', 'seal'], ['audit', 'prune', '--out', join(yutu.dataDir, 'none.jsonl')]]) {
        const { status, said } = yutuCommand(yutu, args, settings);
        expect([settings, args, status, said]).toEqual([settings, args, 1, expect.stringMatching(why)]);
      }
    expect(await chain()).toEqual(before);
    expect([elsewhere, yutu.dataDir].flatMap((folder) => readdirSync(folder).filter((f) => f.endsWith('.pem')))).toEqual([
      'audit-ed25519.pem',
    ]);
    rmSync(elsewhere, { recursive: true, force: true });
    // With the server's settings it is written as ever.
    expect(yutuCommand(yutu, setUser).status).toBe(0);
    expect((await chain())[0]).toMatchObject({ algorithm: 'sha256', seq: expect.toSatisfy((n: number) => n > before[0].seq) });
    expect(yutuCommand(yutu, ['audit', 'verify']).status).toBe(0);
  });
});

describe('what the log holds', () => {
  it('is no address of a machine, whatever was done', async () => {
    const rows = await underneath(yutu, (query) =>
      query("select detail::text as text from yutu.audit where action not like 'audit%'"),
    );
    expect(rows.length).toBeGreaterThan(2);
    for (const { text } of rows) expect(text).not.toMatch(/127\.0\.0\.1|::1|::ffff/);
  });
});
