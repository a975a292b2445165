import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { record } from '../audit/chain.js';
import type { Bus } from '../db/bus.js';
import type { Database, Queryable } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import type { Caller, Preview } from './caller.js';
import { newSecret, secretHash } from './credentials.js';
import { endedBy, type Person, personSql, stampOf } from './standing.js';

interface Known {
  by: string;
  /** The hash of the session that opened it. */
  session: string;
  preview: Preview;
  until: number;
}

const HOURS = 1;

/**
 * Opens a preview for an hour, or until its session ends.
 * @param session the secret of the session that opens it
 * @returns its token, which is not kept
 */
export async function openPreview(
  q: Queryable,
  by: string,
  session: string,
  { layer, as, draft }: Preview,
): Promise<{ token: string; until: string }> {
  const token = newSecret('');
  await q.query('delete from yutu.preview where expires_at < now()');
  const [row] = await q.query<{ until: string }>(
    `insert into yutu.preview (hash, by, layer, subject, draft, expires_at, session, stamp)
     values ($1, $2, $3, $4::jsonb, $5::jsonb, now() + make_interval(hours => $6), $7, ${stampOf('$2')}) returning expires_at as until`,
    [secretHash(token), by, layer, JSON.stringify(as), draft === null ? null : JSON.stringify(draft), HOURS, secretHash(session)],
  );
  return { token, until: row!.until };
}

/** Lays previews over the sessions that opened them. In anybody else's hands an address with one is refused, and the log says so. */
export class Previews {
  private readonly known = new LRUCache<string, Known>({ max: 1_000 });
  /** The caller under a preview, the same object each time: what is remembered of callers is remembered of it. */
  private readonly laid = new WeakMap<Caller, Map<string, Caller>>();

  private cleared = 0;

  /** @param demo whether the instance runs as a demonstration */
  constructor(
    private readonly db: Database,
    bus: Bus,
    private readonly demo: () => boolean,
  ) {
    bus.subscribe((message) => {
      if (message.kind !== 'identity' && message.kind !== 'all') return;
      this.cleared++;
      this.known.clear();
    });
  }

  /** The caller under the preview, when no look-up is needed; else null. @param session the secret it comes with, null without a session */
  peek(caller: Caller, session: string | null, token: string): Caller | null {
    const known = this.known.get(token);
    if (!known || known.by !== caller.name || known.until <= Date.now()) return null;
    return session !== null && known.session === secretHash(session) ? this.lay(caller, token, known) : null;
  }

  /** @throws `preview_not_yours`, also for one that has ended */
  async of(caller: Caller, session: string | null, token: string): Promise<Caller> {
    const here = this.peek(caller, session, token);
    if (here) return here;
    const begun = this.cleared;
    const [found] = await this.db.query<Preview & { by: string; session: string; until: number; stamp: number; person: Person }>(
      `select p.by, p.session, p.layer, p.subject as "as", p.draft, p.stamp, ${personSql('a')} as person,
         extract(epoch from p.expires_at)::float8 * 1000 as until
       from yutu.preview p join yutu.account a on a.username = p.by where p.hash = $1 and p.expires_at > now()`,
      [secretHash(token)],
    );
    const bond = { kind: 'preview', organisation: null, everyLayer: false } as const;
    const row = found && endedBy({ ...bond, stamp: found.stamp }, found.person, this.demo()) === null ? found : undefined;
    if (row && caller.kind === 'user' && caller.name === row.by && session !== null && secretHash(session) === row.session) {
      const { by, session, until, stamp: _stamp, person: _person, ...preview } = row;
      if (begun === this.cleared) this.known.set(token, { by, session, until, preview });
      return this.lay(caller, token, { by, session, until, preview });
    }
    if (row) {
      const { layer, by } = row;
      const { name, organisation } = caller;
      await this.db.tx((q) =>
        record(q, { actor: name, organisation, action: 'preview_refused', layer, subject: randomUUID(), detail: { by } }),
      );
    }
    fail('preview_not_yours');
  }

  private lay(caller: Caller, token: string, { preview }: Known): Caller {
    const own = this.laid.get(caller) ?? new Map<string, Caller>();
    this.laid.set(caller, own);
    const laid = own.get(token) ?? ({ ...caller, preview } as Caller);
    own.set(token, laid);
    return laid;
  }
}

/**
 * The token of a preview in a request's address, however the name is written; null without one.
 * @throws `parameter_invalid` for two, and for what can be no token: a field may be called so, too
 */
export function previewToken(url: string | undefined): string | null {
  const mark = url?.indexOf('?') ?? -1;
  if (mark < 0) return null;
  const query = url!.slice(mark + 1);
  if (!query.includes('preview') && !query.includes('%')) return null;
  const given = new URLSearchParams(query).getAll('preview');
  if (given.length === 0) return null;
  if (given.length > 1) badParameter('preview', '只能出现一次', 'it may be given once only');
  if (!/^[\w-]{32}$/.test(given[0]!))
    badParameter(
      'preview',
      '这不是预览的标记；要按同名字段筛选，请用 filter',
      'it is no token of a preview; to ask for a field of that name, use filter',
    );
  return given[0]!;
}
