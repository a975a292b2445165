import { randomUUID } from 'node:crypto';
import type { TileCoord } from '@yutu/tiles';
import { type Database, isUuid, type Queryable } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import type { Note } from '../incoming/note.js';
import { type ForeignCrs, outOfReach, requireSystem, toDegrees, transformed } from '../store/crs.js';
import { Workshop } from './workshop.js';

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
/** What a person's drafts may take together, as they are kept (gzip). */
export const MOST_BYTES = 20 * 1024 * 1024;
/** Drafts that a person may send at once. */
const MOST_COMING = 3;
/** One of so many bytes is soon done. */
const SMALL_BYTES = 256 * 1024;
/** The same, packed. */
const SMALL_PACKED = 32 * 1024;

const columns = `id, title, features, extent, to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as expires`;

const refuse = ({ zh, en }: Note): never => badParameter('body', zh, en);

function beyondOf(systems: readonly ForeignCrs[]): Note {
  const { zh, en } = outOfReach(systems.map(({ shown }) => shown).join(', '));
  return { zh: `文件${zh}`, en: `it ${en}` };
}

/** Files that people look at on the map for a day. Nobody but their owner learns that they exist. */
export class Drafts {
  /** Large ones are worked on elsewhere: nobody's point waits for somebody's city. */
  private readonly small = new Workshop();
  private readonly large = new Workshop();
  /** Drafts on their way, by owner. */
  private readonly coming = new Map<string, number>();

  constructor(private readonly db: Database) {}

  /**
   * Has somebody send a draft, who may: before any of it is read.
   * @throws `too_many_drafts`, `asked_too_often` when as many as may be are on their way
   */
  async receive<T>(owner: string, work: () => Promise<T>): Promise<T> {
    const coming = this.coming.get(owner) ?? 0;
    if (coming >= MOST_COMING) fail('asked_too_often', { seconds: 2 }, { retryAfter: 2 });
    this.coming.set(owner, coming + 1);
    try {
      await this.requireRoom(this.db, owner);
      return await work();
    } finally {
      const left = this.coming.get(owner)! - 1;
      if (left === 0) this.coming.delete(owner);
      else this.coming.set(owner, left);
    }
  }

  /** @throws `too_many_drafts` */
  private async requireRoom(q: Queryable, owner: string, bytes = 0): Promise<void> {
    const [held] = await q.query<{ count: number; bytes: number }>(
      `select count(*)::int as count, coalesce(sum(octet_length(body)), 0)::float8 as bytes from yutu.draft
       where owner = $1 and expires_at > now()`,
      [owner],
    );
    if (held!.count >= MOST_DRAFTS || held!.bytes + bytes > MOST_BYTES)
      fail('too_many_drafts', { most: MOST_DRAFTS, mostMB: MOST_BYTES / 1024 / 1024 });
  }

  /**
   * Keeps a GeoJSON document.
   * @throws `parameter_invalid`, `body_invalid`, `body_too_large`, `too_many_drafts`
   */
  async create(owner: string, bytes: Uint8Array, title: string | null): Promise<Draft & { told: Note[] }> {
    const workshop = this.for(bytes.length);
    let checked = await workshop.ask({ task: 'check', bytes });
    const told: Note[] = [];
    if ('foreign' in checked) {
      const systems: ForeignCrs[] = [];
      for (const crs of checked.foreign.systems) systems.push(await requireSystem(this.db, crs, refuse));
      const placed = await toDegrees(this.db, checked.foreign.geometries, systems);
      told.push(...systems.map(transformed));
      checked = await workshop.ask({ task: 'check', bytes, placed: placed ?? refuse(beyondOf(systems)) });
    }
    if (!('body' in checked)) throw new Error('the worker did not answer the question');
    const { name, features, extent, notes, body } = checked;
    const draft = await this.db.tx(async (q) => {
      await q.query('delete from yutu.draft where expires_at <= now()');
      // The account's row is the lock: two uploads at once are counted one after the other.
      await q.query('select 1 from yutu.account where username = $1 for update', [owner]);
      await this.requireRoom(q, owner, body.length);
      const [row] = await q.query<Draft>(
        `insert into yutu.draft (id, owner, title, features, extent, body, expires_at)
         values ($1, $2, $3, $4, $5::float8[], decode($6, 'base64'), now() + make_interval(hours => $7)) returning ${columns}`,
        [randomUUID(), owner, title ?? name ?? '草稿', features, extent, Buffer.from(body).toString('base64'), DRAFT_HOURS],
      );
      return row!;
    });
    return { ...draft, told: [...told, ...notes] };
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
      ? await this.db.query<{ bytes: number }>(
          'select octet_length(body) as bytes from yutu.draft where id = $1::uuid and owner = $2 and expires_at > now()',
          [id, owner],
        )
      : [];
    if (!known) fail('draft_not_found');
    const workshop = known.bytes > SMALL_PACKED ? this.large : this.small;
    let cut = await workshop.ask({ task: 'tile', id, z, x, y });
    if ('unknown' in cut) {
      const [row] = await this.db.query<{ body: string }>(
        `select encode(body, 'base64') as body from yutu.draft where id = $1::uuid and owner = $2`,
        [id, owner],
      );
      if (!row) fail('draft_not_found');
      cut = await workshop.ask({ task: 'tile', id, z, x, y, body: Buffer.from(row.body, 'base64') });
    }
    if (!('bytes' in cut)) throw new Error('the worker did not answer the question');
    return cut.bytes;
  }

  private for(bytes: number): Workshop {
    return bytes > SMALL_BYTES ? this.large : this.small;
  }

  async close(): Promise<void> {
    await Promise.all([this.small.close(), this.large.close()]);
  }
}
