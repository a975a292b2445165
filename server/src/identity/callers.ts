import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Bus } from '../db/bus.js';
import type { Database, Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { anonymous, type Caller } from './caller.js';
import type { Presented, PresentedCertificates } from './certificates.js';
import { cookieOf, keyOf, SECURE_SESSION_COOKIE, SESSION_COOKIE, secretHash } from './credentials.js';
import { clientAddress, liesIn, networkList, type ProxyTrust } from './networks.js';
import { Previews, previewToken } from './previews.js';
import { type Day, KeyUses } from './quota.js';
import { accountOfSession, callerOfSession } from './sessions.js';
import { bondColumns, endedBy, type Person } from './standing.js';

export interface CallerOptions {
  demo: () => boolean;
  timezone: string;
  /** The day that it is in the instance's zone. */
  today: () => Day;
  /** On https only the cookie that no neighbour can set is a session's. */
  secureCookie: boolean;
  /** Whether stewards need a second factor, and so who acts for one. */
  strict: boolean;
  /** Whether this node may not have heard that a credential ended: then each is looked up. */
  deaf: () => boolean;
  trust: ProxyTrust;
  /** Null: clients show no certificates. */
  certificates: Pick<PresentedCertificates, 'of'> | null;
}

export { newSecret, SESSION_COOKIE, secretHash, sessionToken } from './credentials.js';

interface Known {
  caller: Caller;
  until: number;
  /** Where it may come from; null: from anywhere. */
  networks: BlockList | null;
}

const KINDS = ['key', 'certificate', 'session'] as const;
type Kind = (typeof KINDS)[number];
interface Credential {
  kind: Kind;
  /** The key, the session's token, the certificate's fingerprint. */
  secret: string;
  presented?: Presented;
}

const caches = <T extends {}>(options: { max: number; ttl?: number }): Record<Kind, LRUCache<string, T>> => ({
  key: new LRUCache(options),
  certificate: new LRUCache(options),
  session: new LRUCache(options),
});

/** Wrong keys that an address may try in a minute. One that is tried again within seconds counts once. */
const WRONG_KEYS = 100;

/** From a request's credentials to its caller. The header beats the certificate, the certificate beats the cookie; what was looked up is kept until told otherwise. */
export class Callers {
  private readonly known = caches<Known>({ max: 20_000 });
  /** Credentials found to be nobody's, for a moment: a browser with an old cookie costs no query per tile. */
  private readonly nobody = caches<true>({ max: 10_000, ttl: 5_000 });
  /** Wrong keys by address, within a minute from the first. */
  private readonly wrong = new LRUCache<string, number>({ max: 10_000, ttl: 60_000, noUpdateTTL: true });
  private readonly uses: KeyUses;
  private readonly previews: Previews;
  private cleared = 0;

  constructor(
    private readonly db: Database,
    bus: Bus,
    private readonly options: CallerOptions,
  ) {
    this.uses = new KeyUses(options.today);
    this.previews = new Previews(db, bus, options.demo);
    bus.subscribe((message) => {
      if (message.kind !== 'identity' && message.kind !== 'all') return;
      this.cleared++;
      for (const kind of KINDS) {
        this.known[kind].clear();
        this.nobody[kind].clear();
      }
    });
  }

  /**
   * @throws YutuError `credential_invalid` for a wrong or dead key, `key_network` for one from elsewhere, `too_many_attempts` after too many
   * wrong ones, `preview_not_yours`; an expired cookie is just anonymous.
   */
  async of(req: IncomingMessage): Promise<Caller> {
    const caller = await this.whoIs(req);
    const token = previewToken(req.url);
    return token === null ? caller : this.previews.of(caller, this.sessionOf(req), token);
  }

  private async whoIs(req: IncomingMessage): Promise<Caller> {
    const given = this.given(req);
    if (given === null) return anonymous;
    const known = this.recall(given);
    if (known) return this.here(known, req);
    if (given.kind === 'key') return this.here(await this.ofKey(given, req), req);
    if (given.kind === 'certificate') return this.ofCertificate(given);
    return this.nobody.session.has(given.secret) ? anonymous : this.ofSession(given);
  }

  /** The caller when no look-up is needed (the tile hit path), else null. @throws `key_network` */
  peek(req: IncomingMessage): Caller | null {
    const caller = this.recalled(req);
    const token = caller && previewToken(req.url);
    return token === null ? caller : this.previews.peek(caller!, this.sessionOf(req), token);
  }

  private recalled(req: IncomingMessage): Caller | null {
    const given = this.given(req);
    if (given === null) return anonymous;
    const known = this.recall(given);
    return known && this.here(known, req);
  }

  /** The person of a request's session as a transaction sees the account, whatever is remembered; nobody for keys and certificates. */
  async within(q: Queryable, req: IncomingMessage): Promise<Caller> {
    const given = this.given(req);
    return given?.kind === 'session' ? this.ofSession(given, q) : anonymous;
  }

  /** Where a request comes from. */
  addressOf(req: IncomingMessage): string {
    return clientAddress(req, this.options.trust);
  }

  /** Counts one request of a key. @throws `key_quota` when its day's are used up */
  spend(caller: Caller): void {
    if (caller.kind === 'key') this.uses.spend(caller.keyId);
  }

  private given(req: IncomingMessage): Credential | null {
    const key = keyOf(req);
    if (key !== null) return { kind: 'key', secret: key };
    const presented = this.options.certificates?.of(req);
    if (presented) return { kind: 'certificate', secret: presented.fingerprint, presented };
    const session = this.sessionOf(req);
    return session === null ? null : { kind: 'session', secret: session };
  }

  /** The secret of the session that a request comes with; null for none. */
  sessionOf(req: IncomingMessage): string | null {
    return cookieOf(req, this.options.secureCookie ? SECURE_SESSION_COOKIE : SESSION_COOKIE);
  }

  private recall({ kind, secret }: Credential): Known | null {
    if (this.options.deaf()) return null;
    const known = this.known[kind].get(secret);
    return known && known.until > Date.now() ? known : null;
  }

  private here({ caller, networks }: Known, req: IncomingMessage): Caller {
    if (networks !== null && !liesIn(networks, clientAddress(req, this.options.trust))) fail('key_network');
    return caller;
  }

  /** When the caller of this request, just found, is to be asked for anew: milliseconds, infinite when never. */
  until(req: IncomingMessage): number {
    const given = this.given(req);
    if (given === null) return Number.POSITIVE_INFINITY;
    // Not kept: something was revoked meanwhile. It is asked for anew soon.
    return this.known[given.kind].get(given.secret)?.until ?? Date.now() + 60_000;
  }

  /** Keeps what was looked up, unless something was revoked since the look-up began: its answer may be from before. */
  private keep({ kind, secret }: Credential, known: Known, begun: number): Known {
    if (begun === this.cleared) this.known[kind].set(secret, known);
    return known;
  }

  private async ofKey(given: Credential, req: IncomingMessage): Promise<Known> {
    const address = clientAddress(req, this.options.trust);
    const tried = this.wrong.get(address) ?? 0;
    if (tried >= WRONG_KEYS) {
      const seconds = Math.max(1, Math.ceil(this.wrong.getRemainingTTL(address) / 1000));
      fail('too_many_attempts', { seconds }, { retryAfter: seconds });
    }
    if (this.nobody.key.has(given.secret)) fail('credential_invalid');
    const begun = this.cleared;
    const [row] = given.secret
      ? await this.db.query<{
          id: string;
          name: string;
          organisation: string;
          layers: string[] | null;
          actions: string[] | null;
          networks: string[] | null;
          quota: number | null;
          until: number;
          requests: number;
          holder: string | null;
          stamp: number;
          person: Person | null;
        }>(
          `select k.id, k.name, k.organisation, k.layers, k.actions, k.networks, k.quota, ${bondColumns('k')},
             extract(epoch from case when k.hash = $1 then (k.until + 1)::timestamp at time zone $2
               else least(k.previous_until, (k.until + 1)::timestamp at time zone $2) end)::float8 * 1000 as until,
             coalesce((select u.requests from yutu.key_use u where u.key = k.id and u.day = (now() at time zone $2)::date), 0) as requests
           from yutu.api_key k where (k.hash = $1 or k.previous_hash = $1) and k.revoked_at is null`,
          [secretHash(given.secret), this.options.timezone],
        )
      : [];
    if (!row || row.until <= Date.now() || this.hasEnded('key', row)) {
      if (begun === this.cleared) this.nobody.key.set(given.secret, true);
      this.wrong.set(address, (this.wrong.get(address) ?? 0) + 1);
      fail('credential_invalid');
    }
    this.uses.know(row.id, row.quota, row.requests);
    const caller: Caller = {
      kind: 'key',
      name: `key:${row.name}`,
      organisation: row.organisation,
      roles: [],
      scope: row.layers,
      actions: row.actions,
      keyId: row.id,
      holder: row.holder!,
    };
    return this.keep(given, { caller, until: row.until, networks: row.networks && networkList(row.networks) }, begun);
  }

  /** Whether the person behind a key or certificate is no longer as they were. */
  private hasEnded(
    kind: 'key' | 'certificate',
    row: { organisation: string; layers: string[] | null; stamp: number; person: Person | null },
  ): boolean {
    const { organisation, stamp, layers, person } = row;
    return endedBy({ kind, organisation, stamp, everyLayer: layers === null }, person, this.options.demo()) !== null;
  }

  private async ofCertificate(given: Credential): Promise<Caller> {
    if (this.nobody.certificate.has(given.secret)) fail('certificate_unknown');
    const begun = this.cleared;
    const { fingerprint, subject } = given.presented!;
    const [row] = await this.db.query<{
      id: string;
      name: string;
      organisation: string;
      layers: string[] | null;
      actions: string[] | null;
      quota: number | null;
      until: number;
      requests: number;
      holder: string | null;
      stamp: number;
      person: Person | null;
    }>(
      `select c.id, c.name, c.organisation, c.layers, c.actions, c.quota, ${bondColumns('c')},
         extract(epoch from (c.until + 1)::timestamp at time zone $3)::float8 * 1000 as until,
         coalesce((select u.requests from yutu.key_use u where u.key = c.id and u.day = (now() at time zone $3)::date), 0) as requests
       from yutu.certificate c where (c.fingerprint = $1 or c.subject = $2) and c.revoked_at is null
         and (c.until + 1)::timestamp at time zone $3 > to_timestamp($4::float8 / 1000)
       order by c.fingerprint nulls last limit 1`,
      [fingerprint, subject, this.options.timezone, Date.now()],
    );
    if (!row || this.hasEnded('certificate', row)) {
      if (begun === this.cleared) this.nobody.certificate.set(given.secret, true);
      fail('certificate_unknown');
    }
    this.uses.know(row.id, row.quota, row.requests);
    const caller: Caller = {
      kind: 'key',
      name: `certificate:${row.name}`,
      organisation: row.organisation,
      roles: [],
      scope: row.layers,
      actions: row.actions,
      keyId: row.id,
      holder: row.holder!,
      certificate: true,
    };
    return this.keep(given, { caller, until: row.until, networks: null }, begun).caller;
  }

  private async ofSession(given: Credential, q: Queryable = this.db): Promise<Caller> {
    const begun = this.cleared;
    const { strict, demo } = this.options;
    const row = await accountOfSession(q, given.secret, { strict, demo: demo() });
    const bond = { kind: 'session', organisation: null, everyLayer: false } as const;
    if (!row || endedBy({ ...bond, stamp: row.stamp }, row.person, demo()) !== null) {
      if (begun === this.cleared) this.nobody.session.set(given.secret, true);
      return anonymous;
    }
    return this.keep(given, { caller: callerOfSession(row), until: row.until, networks: null }, begun).caller;
  }

  /** Writes how often and when keys were used; called now and then, not per request. */
  flushKeyUse(): Promise<void> {
    return this.uses.flush(this.db);
  }
}
