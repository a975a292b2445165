import { createHash } from 'node:crypto';
import { changeKinds, isPlain, plainOf } from '@yutu/contract';
import * as client from 'openid-client';
import type { Config } from '../config.js';
import type { Database, Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { settleAccount } from './accounts.js';
import { type Role, roles } from './caller.js';
import { awaitConfirmation, endChange, endChanges, sayAgain, type WaitingChange, waitingChanges } from './changes.js';
import { type AccountChange, type AccountState, afterSignIn, type ChangeKind } from './confirmation.js';
import { newSecret, secretHash } from './credentials.js';
import { compatible } from './roles.js';

export type OidcSettings = NonNullable<Config['oidc']>;

/** A person as the sign-in service describes them, in our words. */
export interface Described {
  issuer: string;
  subject: string;
  username: string;
  name: string;
  organisation: string;
  roles: Role[];
  /** Whether a second factor was given there, as far as the settings say how to tell. */
  factor: boolean;
  /** What the service wants to see when the person signs out. */
  idToken: string;
}

/** Minutes in which a sign-in that was begun must end. */
const PATIENCE_MINUTES = 10;

/** Whether a path leads back into the viewer and nowhere else. */
export function isLocalPath(path: string): boolean {
  if (!path.startsWith('/') || /^\/[/\\]|[\\\p{Cc}]/u.test(path)) return false;
  try {
    return new URL(path, 'http://yutu.invalid').origin === 'http://yutu.invalid';
  } catch {
    return false;
  }
}

/** Sign-in at an OpenID Connect provider: authorization code with PKCE, state and nonce (OpenID Connect Core §3.1, RFC 7636). */
export class SignInService {
  private found: Promise<client.Configuration> | null = null;

  /** @throws Error when the mapping names a role that there is not */
  constructor(
    private readonly db: Database,
    private readonly settings: OidcSettings,
  ) {
    const unknown = Object.values(settings.claims.roleMap).find((role) => !(roles as readonly string[]).includes(role));
    if (unknown !== undefined) throw new Error(`OIDC_CLAIMS maps to "${unknown}". There are: ${roles.join(', ')}.`);
  }

  get name(): string {
    return this.settings.name;
  }

  /** Whether the settings say how the service tells of a second factor: only then one is asked of those who need it. */
  get tellsFactor(): boolean {
    const { amr, acr } = this.settings.claims.secondFactor;
    return amr.length + acr.length > 0;
  }

  /**
   * Where a browser ends its session at the service (OpenID Connect RP-Initiated Logout); null when the service has no such place, or
   * is away.
   * @param back our address to which it sends the browser then
   */
  async signOut(idToken: string, back: string): Promise<string | null> {
    const provider = await this.provider().catch(() => null);
    if (!provider?.serverMetadata().end_session_endpoint) return null;
    return client.buildEndSessionUrl(provider, { id_token_hint: idToken, post_logout_redirect_uri: back }).href;
  }

  private provider(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    const url = new URL(issuer);
    this.found ??= client
      .discovery(url, clientId, clientSecret ?? undefined, clientSecret ? undefined : client.None(), {
        timeout: 10,
        // The settings take http from this machine only.
        // The ID token's signature is looked at, though it came over TLS: who sits at the proxy in between is not the service.
        execute: [client.enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [client.allowInsecureRequests] : [])],
      })
      .catch(() => {
        this.found = null;
        return fail('oidc_unavailable');
      });
    return this.found;
  }

  /**
   * Begins a sign-in.
   * @param redirect our address to which the provider sends the browser back
   * @param path where the person goes on then; passes `isLocalPath`
   * @returns where to send the browser, and what it keeps to prove that it began this
   */
  async begin(redirect: string, path: string): Promise<{ url: string; secret: string }> {
    const provider = await this.provider();
    const [state, nonce, verifier, secret] = [
      client.randomState(),
      client.randomNonce(),
      client.randomPKCECodeVerifier(),
      newSecret(''),
    ];
    const { acr } = this.settings.claims.secondFactor;
    const url = client.buildAuthorizationUrl(provider, {
      redirect_uri: redirect,
      scope: this.settings.scope,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(acr.length > 0 && { acr_values: acr.join(' ') }),
    });
    await this.db.query('delete from yutu.sign_in where expires_at < now()');
    await this.db.query(
      `insert into yutu.sign_in (hash, state, nonce, verifier, return_path, expires_at)
       values ($1, $2, $3, $4, $5, now() + make_interval(mins => $6))`,
      [secretHash(secret), state, nonce, verifier, path, PATIENCE_MINUTES],
    );
    return { url: url.href, secret };
  }

  /**
   * Ends a sign-in; each once, whatever comes of it.
   * @param url the address with which the browser came back
   * @throws `oidc_refused` for whatever is not the answer to what this browser asked; `oidc_roles`
   */
  async finish(url: URL, secret: string | null): Promise<{ person: Described; path: string }> {
    const [begun] = await this.db.query<{ state: string; nonce: string; verifier: string; path: string }>(
      `delete from yutu.sign_in where hash = $1 and expires_at > now() returning state, nonce, verifier, return_path as path`,
      [secretHash(secret ?? '')],
    );
    if (!begun) fail('oidc_refused');
    const provider = await this.provider();
    const { claims, more, idToken } = await this.claimsOf(provider, url, begun).catch(() => fail('oidc_refused'));
    const person = this.describe({ ...more, ...claims });
    // What userinfo says of it is nothing: it tells of the person, not of this sign-in.
    return { person: { ...person, factor: this.sawFactor(claims), idToken }, path: begun.path };
  }

  private async claimsOf(
    provider: client.Configuration,
    url: URL,
    { state, nonce, verifier }: { state: string; nonce: string; verifier: string },
  ): Promise<{ claims: client.IDToken; more: Record<string, unknown>; idToken: string }> {
    const tokens = await client.authorizationCodeGrant(provider, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims()!;
    const more = provider.serverMetadata().userinfo_endpoint
      ? await client.fetchUserInfo(provider, tokens.access_token, claims.sub)
      : {};
    return { claims, more, idToken: tokens.id_token! };
  }

  private sawFactor({ amr, acr }: client.IDToken): boolean {
    const named = this.settings.claims.secondFactor;
    return (
      (Array.isArray(amr) && amr.some((method) => named.amr.includes(String(method)))) ||
      (typeof acr === 'string' && named.acr.includes(acr))
    );
  }

  private describe(claims: Record<string, unknown> & { iss: string; sub: string }): Omit<Described, 'factor' | 'idToken'> {
    const { organisation, organisations, roles: rolesClaim, roleMap, username, name } = this.settings.claims;
    const text = (claim: string) => (typeof claims[claim] === 'string' ? plainOf(claims[claim] as string) : '');
    const given = claims[rolesClaim];
    const values = Array.isArray(given) ? given : typeof given === 'string' ? [given] : [];
    // Nobody is anything by a name alone: what the mapping does not name counts for nothing.
    const mapped = values.flatMap((v) => (typeof v === 'string' && Object.hasOwn(roleMap, v) ? [roleMap[v] as Role] : []));
    const own: Role[] = mapped.length === 0 ? ['planner'] : [...new Set(mapped)];
    if (!compatible(own)) fail('oidc_roles', { roles: own.join(', ') });
    // OpenID Connect Core §2: at most 255 ASCII characters. It is compared as it is, so none is left out of it.
    if (claims.sub.length > 255 || !isPlain(claims.sub)) fail('oidc_subject');
    const office = text(organisation);
    return {
      issuer: claims.iss,
      subject: claims.sub,
      username: text(username),
      name: [text(name), text(username), claims.sub].map((one) => [...one].slice(0, 100).join('')).find(Boolean)!,
      organisation: Object.hasOwn(organisations, office) ? organisations[office]! : office,
      roles: own,
    };
  }
}

/** A user name from the service's: its own when it is free, else with some digits of who it is. Nobody gets another's account. */
async function freeName(q: Queryable, { username, issuer, subject }: Described): Promise<string> {
  const digits = createHash('sha256').update(`${issuer}\0${subject}`).digest('hex').slice(0, 8);
  const plain = username
    .split('@')[0]!
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '')
    .replace(/^[._-]+/, '')
    .slice(0, 38);
  if (plain === '') return `u-${digits}`;
  const taken = await q.query('select 1 from yutu.account where username = $1', [plain]);
  return taken.length === 0 ? plain : `${plain}-${digits}`;
}

/**
 * Has what the service says wait for an administrator, in place of what it said before; what others had wait of an account that is
 * nobody's now is over. @returns whether anything changed
 */
async function keepWaiting(
  q: Queryable,
  username: string,
  kind: ChangeKind | null,
  confirmed: boolean,
  { organisation, roles, issuer }: Described,
): Promise<boolean> {
  const waiting = await waitingChanges(q, [username]);
  const change: AccountChange | null = kind && {
    kind,
    by: issuer,
    office: 'service',
    roles,
    organisation: kind === 'roles' ? null : organisation,
    mail: null,
  };
  const same = (one: WaitingChange) =>
    change !== null &&
    one.office === 'service' &&
    one.kind === kind &&
    one.organisation === change.organisation &&
    String(one.roles) === String(roles);
  if (change && waiting.length === 1 && same(waiting[0]!)) {
    await sayAgain(q, username);
    return false;
  }
  if (confirmed) await endChanges(q, username, 'roles');
  else await endChanges(q, username, ...changeKinds);
  if (change) await awaitConfirmation(q, username, change);
  return true;
}

/**
 * The account of a person who signed in elsewhere, made or brought up to date. Known by issuer and subject, never by name.
 * @returns whether it was made or changed
 * @throws `oidc_refused` when it is disabled here
 */
export async function keepFederated(q: Queryable, person: Described): Promise<{ username: string; changed: boolean }> {
  const { issuer, subject, name, organisation } = person;
  // Two first sign-ins at once make one account.
  await q.query('select pg_advisory_xact_lock(hashtext($1))', [`${issuer} ${subject}`]);
  const [known] = await q.query<AccountState & { username: string; disabled: boolean; named: boolean; same: boolean }>(
    `select a.username, a.organisation, a.roles, a.mail, a.confirmed_at is not null as confirmed, a.disabled,
       a.name_zh = $5 as named, (a.organisation = $3 and a.roles = $4::text[] and a.name_zh = $5) as same
     from yutu.federated f join yutu.account a using (username) where f.issuer = $1 and f.subject = $2 for update of a`,
    [issuer, subject, organisation, person.roles, name],
  );
  if (known?.disabled) fail('oidc_refused');
  if (known?.same) {
    // What the service said before, and says no more, waits no longer.
    if (known.confirmed)
      for (const { id, kind, office } of await waitingChanges(q, [known.username]))
        if (office === 'service' && kind === 'roles') await endChange(q, id);
    await sayAgain(q, known.username);
    return { username: known.username, changed: false };
  }
  if (known) {
    const { username } = known;
    const { account, waits } = afterSignIn(known, person);
    await q.query('update yutu.account set name_zh = $2, name_en = $2 where username = $1', [username, name]);
    await settleAccount(q, username, account);
    const changed = await keepWaiting(q, username, waits, account.confirmed, person);
    return { username, changed: changed || !known.named || waits !== 'roles' };
  }
  const username = await freeName(q, person);
  await q.query(
    'insert into yutu.account (username, name_zh, name_en, organisation, roles) values ($1, $2, $2, $3, $4::text[])',
    [username, name, organisation, person.roles],
  );
  await q.query('insert into yutu.federated (issuer, subject, username) values ($1, $2, $3)', [issuer, subject, username]);
  await keepWaiting(q, username, 'create', false, person);
  return { username, changed: true };
}
