import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { TileCoord } from '@yutu/tiles';
import { type Database, isUuid } from '../db/database.js';
import { fail, YutuError } from '../errors/fail.js';
import type { DraftAnswer, DraftFault, DraftTask } from './worker.js';

/** A draft as its owner is told of it. */
export interface Draft {
  id: string;
  title: string;
  features: number;
  extent: [number, number, number, number];
  expires: string;
}

export const DRAFT_HOURS = 24;
export const MOST_DRAFTS = 20;
/** A worker that takes so long for one draft is ended. */
const PATIENCE_MS = 30_000;

const columns = `id, title, features, extent, to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as expires`;

/** Files that people look at on the map for a day. Nobody but their owner learns that they exist. */
export class Drafts {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, { resolve: (a: DraftAnswer) => void; reject: (e: Error) => void }>();
  private asked = 0;

  constructor(private readonly db: Database) {}

  /**
   * Keeps a GeoJSON document.
   * @throws `parameter_invalid`, `body_invalid`, `body_too_large`, `too_many_drafts`
   */
  async create(owner: string, bytes: Uint8Array, title: string | null): Promise<Draft> {
    const checked = await this.ask({ task: 'check', bytes });
    if (!('body' in checked)) throw new Error('the worker did not answer the question');
    return this.db.tx(async (q) => {
      await q.query('delete from yutu.draft where expires_at <= now()');
      // The account's row is the lock: two uploads at once are counted one after the other.
      await q.query('select 1 from yutu.account where username = $1 for update', [owner]);
      const [held] = await q.query<{ count: number }>('select count(*)::int as count from yutu.draft where owner = $1', [owner]);
      if (held!.count >= MOST_DRAFTS) fail('too_many_drafts', { most: MOST_DRAFTS });
      const [row] = await q.query<Draft>(
        `insert into yutu.draft (id, owner, title, features, extent, body, expires_at)
         values ($1, $2, $3, $4, $5::float8[], decode($6, 'base64'), now() + make_interval(hours => $7)) returning ${columns}`,
        [
          randomUUID(),
          owner,
          title ?? checked.name ?? '草稿',
          checked.features,
          checked.extent,
          Buffer.from(checked.body).toString('base64'),
          DRAFT_HOURS,
        ],
      );
      return row!;
    });
  }

  /** The owner's drafts, the newest first. */
  list(owner: string): Promise<Draft[]> {
    return this.db.query<Draft>(
      `select ${columns} from yutu.draft where owner = $1 and expires_at > now() order by expires_at desc, id`,
      [owner],
    );
  }

  /** @throws `draft_not_found` also for somebody else's */
  async remove(owner: string, id: string): Promise<void> {
    const gone = isUuid(id)
      ? await this.db.query('delete from yutu.draft where id = $1::uuid and owner = $2 and expires_at > now() returning id', [
          id,
          owner,
        ])
      : [];
    if (gone.length === 0) fail('draft_not_found');
  }

  /** A tile of the owner's draft; no bytes where nothing is. @throws `draft_not_found` also for somebody else's */
  async tile(owner: string, id: string, { z, x, y }: TileCoord): Promise<Uint8Array> {
    const [known] = isUuid(id)
      ? await this.db.query('select 1 from yutu.draft where id = $1::uuid and owner = $2 and expires_at > now()', [id, owner])
      : [];
    if (!known) fail('draft_not_found');
    let cut = await this.ask({ task: 'tile', id, z, x, y });
    if ('unknown' in cut) {
      const [row] = await this.db.query<{ body: string }>(
        `select encode(body, 'base64') as body from yutu.draft where id = $1::uuid and owner = $2`,
        [id, owner],
      );
      if (!row) fail('draft_not_found');
      cut = await this.ask({ task: 'tile', id, z, x, y, body: Buffer.from(row.body, 'base64') });
    }
    if (!('bytes' in cut)) throw new Error('the worker did not answer the question');
    return cut.bytes;
  }

  private ask(task: DraftTask): Promise<DraftAnswer> {
    const worker = this.running();
    const n = ++this.asked;
    return new Promise<DraftAnswer>((resolve, reject) => {
      const late = setTimeout(() => void worker.terminate(), PATIENCE_MS);
      const done =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          clearTimeout(late);
          this.waiting.delete(n);
          settle(value);
        };
      this.waiting.set(n, { resolve: done(resolve), reject: done(reject) });
      worker.postMessage({ n, ...task });
    });
  }

  /** The worker, started when it is first needed. When it ends, all who wait are told, and the next question starts another. */
  private running(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(new URL('./worker.js', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 1024 } });
    worker.unref();
    worker.on('message', ({ n, answer, fault }: { n: number; answer?: DraftAnswer; fault?: DraftFault }) => {
      const asker = this.waiting.get(n);
      if (answer) asker?.resolve(answer);
      else if (fault) asker?.reject(new YutuError(fault.code, fault.values, fault.more));
    });
    worker.on('error', () => {}); // what it could not take is told on exit
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = null;
      for (const asker of [...this.waiting.values()]) asker.reject(new YutuError('draft_too_hard'));
    });
    this.worker = worker;
    return worker;
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
  }
}
