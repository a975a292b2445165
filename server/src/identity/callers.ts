import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { parseCookie } from 'cookie';
import { LRUCache } from 'lru-cache';
import type { Bus } from '../db/bus.js';
import type { Database } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { anonymous, type Caller, type Role } from './caller.js';

export const SESSION_COOKIE = 'yutu_session';

/** Secrets are kept and looked up by their hash. They are random and long: a fast hash is enough. */
export const secretHash = (secret: string): string => `sha256:${createHash('sha256').update(secret).digest('hex')}`;
export const newSecret = (prefix: string): string => `${prefix}${randomBytes(24).toString('base64url')}`;

interface Known {
  caller: Caller;
  until: number;
  username: string | null;
}

/** From a request's credentials to its caller. The header beats the cookie; what was looked up is kept until told otherwise. */
export class Callers {
  private readonly known = new LRUCache<string, Known>({ max: 20_000 });
  /** Credentials found to be nobody's, for a moment: a browser with an old cookie costs no query per tile. */
  private readonly nobody = new LRUCache<string, true>({ max: 10_000, ttl: 5_000 });
  private readonly usedKeys = new Set<string>();
  private cleared = 0;

  constructor(
    private readonly db: Database,
    bus: Bus,
    private readonly options: { demo: () => boolean; timezone: string },
  ) {
    bus.subscribe((message) => {
      if (message.kind !== 'identity' && message.kind !== 'all') return;
      this.cleared++;
      this.known.clear();
      this.nobody.clear();
    });
  }

  /** @throws YutuError `credential_invalid` for a wrong or dead key; an expired cookie is just anonymous. */
  async of(req: IncomingMessage): Promise<Caller> {
    const known = this.peek(req);
    if (known) return known;
    const { header, cookie } = credentials(req);
    if (header !== null) return this.nobody.has(header) ? fail('credential_invalid') : this.ofKey(header);
    return this.nobody.has(cookie!) ? anonymous : this.ofSession(cookie!);
  }

  /** The caller when no look-up is needed (the tile hit path), else null. */
  peek(req: IncomingMessage): Caller | null {
    const { header, cookie } = credentials(req);
    if (header === null && cookie === null) return anonymous;
    const known = this.known.get(header ?? cookie!);
    if (!known || known.until <= Date.now()) return null;
    if (known.caller.kind === 'key') this.usedKeys.add(known.caller.keyId);
    return known.caller;
  }

  /** Keeps what was looked up, unless something was revoked since the look-up began: its answer may be from before. */
  private keep(credential: string, known: Known, begun: number): void {
    if (begun === this.cleared) this.known.set(credential, known);
  }

  private async ofKey(secret: string): Promise<Caller> {
    const begun = this.cleared;
    const [row] = secret
      ? await this.db.query<{ id: string; name: string; organisation: string; layers: string[] | null; until: number | null }>(
          `select k.id, k.name, k.organisation, k.layers,
             extract(epoch from (k.until + 1)::timestamp at time zone $2)::float8 * 1000 as until
           from yutu.api_key k where k.hash = $1 and k.revoked_at is null`,
          [secretHash(secret), this.options.timezone],
        )
      : [];
    const until = row?.until ?? Number.POSITIVE_INFINITY;
    if (!row || until <= Date.now()) {
      if (begun === this.cleared) this.nobody.set(secret, true);
      fail('credential_invalid');
    }
    const caller: Caller = {
      kind: 'key',
      name: `key:${row.name}`,
      organisation: row.organisation,
      roles: [],
      scope: row.layers,
      keyId: row.id,
    };
    this.keep(secret, { caller, until, username: null }, begun);
    this.usedKeys.add(row.id);
    return caller;
  }

  private async ofSession(token: string): Promise<Caller> {
    const begun = this.cleared;
    const [row] = await this.db.query<{ username: string; organisation: string; roles: Role[]; demo: boolean; until: number }>(
      `select a.username, a.organisation, a.roles, a.demo, extract(epoch from s.expires_at)::float8 * 1000 as until
       from yutu.session s join yutu.account a using (username)
       where s.hash = $1 and s.expires_at > now() and not a.disabled`,
      [secretHash(token)],
    );
    if (!row || (row.demo && !this.options.demo())) {
      if (begun === this.cleared) this.nobody.set(token, true);
      return anonymous;
    }
    const caller: Caller = {
      kind: 'user',
      name: row.username,
      organisation: row.organisation,
      roles: row.roles,
      scope: null,
      keyId: null,
    };
    this.keep(token, { caller, until: row.until, username: row.username }, begun);
    return caller;
  }

  /** Writes when keys were last used; called now and then, not per request. */
  async flushKeyUse(): Promise<void> {
    const ids = [...this.usedKeys];
    this.usedKeys.clear();
    if (ids.length) await this.db.query('update yutu.api_key set last_used = now() where id = any($1::uuid[])', [ids]);
  }
}

/** The key in the header ('' when the header is of no use), or the session cookie. Account passwords never pass as Basic. */
function credentials(req: IncomingMessage): { header: string | null; cookie: string | null } {
  const header = req.headers.authorization;
  if (header !== undefined) {
    const [, scheme = '', value = ''] = /^(\S+)\s+(.+)$/.exec(header.trim()) ?? [];
    if (/^bearer$/i.test(scheme)) return { header: value, cookie: null };
    if (/^basic$/i.test(scheme)) {
      const text = Buffer.from(value, 'base64').toString('utf8');
      return { header: text.slice(text.indexOf(':') + 1), cookie: null };
    }
    return { header: '', cookie: null };
  }
  const raw = req.headers.cookie;
  if (raw === undefined || !raw.includes(SESSION_COOKIE)) return { header: null, cookie: null };
  return { header: null, cookie: parseCookie(raw)[SESSION_COOKIE] || null };
}

/** The session token of a request's cookie, if it has one. */
export const sessionToken = (req: IncomingMessage): string | null => credentials(req).cookie;
