import { getCurves } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../db/database.js';
import { type Anchor, anchorHolds, makeAnchor, postAnchor, readAnchors } from './anchors.js';
import { type AuditRow, record, rowHash } from './chain.js';
import { Seals } from './seals.js';
import { openSigner, signatureHolds } from './signer.js';
import { verifyLog } from './verify.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yutu-audit-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Stored = Omit<Anchor, 'yutu' | 'publicKey'>;

/** The log's tables in memory, as the statements of this room see them. */
function log() {
  const state = {
    rows: [] as AuditRow[],
    head: { seq: 0, hash: 'genesis', algorithm: 'sha256' },
    keys: new Map<string, string>(),
    seals: [] as Stored[],
    checkpoints: [] as Stored[],
  };
  const q = {
    async query(sql: string, params: readonly unknown[] = []): Promise<unknown[]> {
      const withKeys = (list: Stored[]) => list.map((s) => ({ ...s, publicKey: state.keys.get(s.key)! }));
      if (sql.includes('from yutu.audit_head')) return [{ ...state.head }];
      if (sql.startsWith('select min(seq)')) return [{ seq: state.rows[0]?.seq ?? null }];
      if (sql.includes('from yutu.audit_seal s')) return withKeys(state.seals);
      if (sql.includes('from yutu.audit_checkpoint s')) return withKeys(state.checkpoints);
      if (sql.includes('from yutu.audit_seal where key')) return state.seals.filter((s) => s.key === params[0]).slice(-1);
      if (sql.startsWith('insert into yutu.audit_key')) state.keys.set(String(params[0]), String(params[2]));
      else if (sql.startsWith('insert into yutu.audit_seal')) {
        const [seq, hash, at, key, signature] = params as [number, string, string, string, string];
        state.seals.push({ seq, hash, at, key, signature });
      } else if (sql.startsWith('insert into yutu.audit')) state.rows.push(...(JSON.parse(String(params[0])) as AuditRow[]));
      else if (sql.startsWith('update')) Object.assign(state.head, { seq: Number(params[0]), hash: String(params[1]) });
      else if (sql.startsWith('select * from yutu.audit ')) {
        const [after, limit] = params as [number, number];
        return state.rows.filter((r) => r.seq > after).slice(0, limit);
      }
      return [];
    },
  };
  const db = { ...q, tx: (work: (handle: typeof q) => unknown) => work(q) } as unknown as Database;
  return { state, db };
}
const options = (more = {}) => ({
  folder,
  algorithm: 'ed25519' as const,
  file: null,
  url: null,
  minutes: 10,
  rows: 1000,
  ...more,
});

async function written(n: number, { state, db } = log()) {
  for (let i = 0; i < n; i++)
    await record(db, { actor: 'li', organisation: 'transport', action: `deed ${state.rows.length + 1}`, detail: { i } });
  return { state, db };
}

/** What somebody with all rights on the database does: changes a row and makes every later hash and the head anew. */
function rewrite(state: Awaited<ReturnType<typeof written>>['state'], seq: number, change: Partial<AuditRow>): void {
  for (let i = seq - 1; i < state.rows.length; i++) {
    const { hash: _old, ...row } = { ...state.rows[i]!, ...(i === seq - 1 ? change : {}) };
    row.prev = state.rows[i - 1]?.hash ?? 'genesis';
    state.rows[i] = { ...row, hash: rowHash(row) };
  }
  Object.assign(state.head, { seq: state.rows.length, hash: state.rows.at(-1)!.hash });
}

describe('a signer', () => {
  const algorithms = getCurves().includes('SM2') ? (['ed25519', 'sm2'] as const) : (['ed25519'] as const);
  it.each(algorithms)('keeps its %s key for itself and signs what only that text verifies', async (algorithm) => {
    const one = await openSigner(folder, algorithm);
    const again = await openSigner(folder, algorithm);
    expect(again.fingerprint).toBe(one.fingerprint);
    const signature = one.sign('head 1');
    expect(signature).toMatch(new RegExp(`^${algorithm}:`));
    expect(signatureHolds('head 1', signature, again)).toBe(true);
    expect(signatureHolds('head 2', signature, again)).toBe(false);
    const other = await openSigner(join(folder, 'other'), algorithm);
    expect(signatureHolds('head 1', signature, other)).toBe(false);
    for (const junk of ['', 'rot13:AAAA', `${algorithm}:AAAA`, `${algorithm}:`])
      expect(signatureHolds('head 1', junk, one)).toBe(false);
    const { mode } = await stat(join(folder, `audit-${algorithm}.pem`));
    expect(mode & 0o077).toBe(0);
  });
});

describe('sealing', () => {
  it('signs the head, writes it into the database and the file, and says nothing twice', async () => {
    const { state, db } = await written(3);
    const seals = new Seals(db, options());
    await seals.seal();
    await seals.seal();
    expect(state.seals).toHaveLength(1);
    const [anchor, ...more] = await readAnchors(seals.file);
    expect(more).toEqual([]);
    expect(anchor).toMatchObject({ yutu: 'audit-head', seq: 3, hash: `sha256:${state.rows[2]!.hash}` });
    expect(anchorHolds(anchor!)).toBe(true);
    for (const change of [{ seq: 2 }, { hash: 'sha256:00' }, { at: '2020-01-01T00:00:00.000Z' }])
      expect(anchorHolds({ ...anchor!, ...change })).toBe(false);
    expect(await verifyLog(db, { anchors: [anchor!] })).toMatchObject({ ok: true, rows: 3, sealed: { seq: 3 }, anchors: 2 });
  });

  it('waits for the minutes or the rows', async () => {
    const { state, db } = await written(1);
    const seals = new Seals(db, options({ rows: 3 }));
    await seals.seal();
    await written(2, { state, db });
    await seals.seal(false);
    expect(state.seals.map((s) => s.seq)).toEqual([1]);
    await written(1, { state, db });
    await seals.seal(false);
    expect(state.seals.map((s) => s.seq)).toEqual([1, 4]);
    const later = new Seals(db, options({ minutes: 0 }));
    await written(1, { state, db });
    await later.seal(false);
    expect(state.seals.map((s) => s.seq)).toEqual([1, 4, 5]);
  });

  it('never signs a log that does not continue what it signed before, also after a restart', async () => {
    const { state, db } = await written(5);
    await new Seals(db, options()).seal();
    rewrite(state, 2, { actor: 'nobody' });
    state.seals.length = 0;
    await expect(new Seals(db, options()).seal()).rejects.toThrow(/does not continue the row 5/);
    await written(1, { state, db });
    await expect(new Seals(db, options()).seal()).rejects.toThrow(/does not continue the row 5/);
    expect(state.seals).toEqual([]);
  });

  it('posts to the address, and once more the newest when that failed', async () => {
    const { state, db } = await written(1);
    const posted: number[] = [];
    let away = true;
    const seals = new Seals(db, options({ url: 'https://witness.example/' }), async (url, a) => {
      if (away) throw new Error('away');
      posted.push(a.seq);
      expect(url).toBe('https://witness.example/');
    });
    await expect(seals.seal()).rejects.toThrow('away');
    await written(1, { state, db });
    await expect(seals.seal()).rejects.toThrow('away');
    away = false;
    await seals.seal();
    expect(posted).toEqual([2]);
    expect((await readAnchors(seals.file)).map((a) => a.seq)).toEqual([1, 2]);
  });

  it('follows no redirection with an anchor', async () => {
    const { createServer } = await import('node:http');
    let inner = 0;
    const server = createServer((req, res) => {
      if (req.url === '/inner') inner++;
      res.writeHead(302, { Location: '/inner' }).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    await expect(postAnchor(`http://127.0.0.1:${port}/`, {} as Anchor)).rejects.toThrow();
    server.close();
    expect(inner).toBe(0);
  });
});

describe('the proof against what was signed', () => {
  it('finds a log rewritten from some row on with every hash made anew', async () => {
    const { state, db } = await written(4);
    const seals = new Seals(db, options());
    await seals.seal();
    await written(4, { state, db });
    await seals.seal();
    rewrite(state, 6, { actor: 'nobody' });
    expect(await verifyLog(db)).toMatchObject({
      ok: false,
      fault: { seq: 8, why: expect.stringMatching(/rewritten after row 4/) },
      sealed: { seq: 4 },
    });
  });

  it('finds it by the anchors outside when the signatures in the database are gone, or forged with another key', async () => {
    const { state, db } = await written(6);
    const seals = new Seals(db, options());
    await seals.seal();
    const anchors = await readAnchors(seals.file);
    rewrite(state, 1, { actor: 'nobody' });
    state.seals.length = 0;
    expect(await verifyLog(db)).toMatchObject({ ok: true, sealed: null }); // nobody vouches for it
    expect(await verifyLog(db, { anchors })).toMatchObject({ ok: false, fault: { seq: 6 } });
    const forger = new Seals(db, options({ folder: join(folder, 'forger') }));
    await forger.seal();
    expect(await verifyLog(db, { anchors })).toMatchObject({
      ok: false,
      fault: { seq: 6, why: expect.stringContaining('sealed twice') },
    });
  });

  it('finds an end cut off together with its head and its signatures', async () => {
    const { state, db } = await written(6);
    const seals = new Seals(db, options());
    await seals.seal();
    state.rows.length = 4;
    Object.assign(state.head, { seq: 4, hash: state.rows[3]!.hash });
    state.seals.length = 0;
    expect(await verifyLog(db, { anchors: await readAnchors(seals.file) })).toMatchObject({
      ok: false,
      fault: { seq: 5, why: expect.stringMatching(/row 6 was sealed .* ends at row 4/) },
    });
  });

  it('finds a signature that was laid on another row', async () => {
    const { state, db } = await written(3);
    await new Seals(db, options()).seal();
    state.seals[0]!.seq = 2;
    expect(await verifyLog(db)).toMatchObject({ ok: false, fault: { seq: 2, why: expect.stringContaining('signature') } });
  });

  it('finds rows taken out at the beginning without a checkpoint, and behind one of a stranger', async () => {
    const { state, db } = await written(6);
    const seals = new Seals(db, options());
    await seals.seal();
    const anchors = await readAnchors(seals.file);
    const stranger = await openSigner(join(folder, 'stranger'), 'ed25519');
    const { yutu: _, publicKey, ...checkpoint } = makeAnchor(stranger, 'audit-checkpoint', 2, `sha256:${state.rows[1]!.hash}`);
    state.rows.splice(0, 2);
    expect(await verifyLog(db, { anchors })).toMatchObject({
      ok: false,
      fault: { why: expect.stringContaining('no checkpoint') },
    });
    state.keys.set(stranger.fingerprint, publicKey);
    state.checkpoints.push(checkpoint);
    expect(await verifyLog(db, { anchors })).toMatchObject({ ok: false, fault: { why: expect.stringContaining('unknown key') } });
    expect(await verifyLog(db, { anchors, trusted: [stranger.fingerprint] })).toMatchObject({ ok: true, first: 3, rows: 4 });
  });
});

describe('a file of anchors', () => {
  it('is read though a killed process cut a line short, and refused when it holds something else', async () => {
    const { state, db } = await written(1);
    await new Seals(db, options()).seal();
    const { file } = new Seals(db, options());
    await appendFile(file, (await readFile(file, 'utf8')).trim().slice(0, 40));
    await written(1, { state, db });
    await new Seals(db, options()).seal();
    expect((await readAnchors(file)).map((a) => a.seq)).toEqual([1, 2]);
    await writeFile(file, 'something else\n');
    await expect(readAnchors(file)).rejects.toThrow(/holds no anchors/);
  });
});
