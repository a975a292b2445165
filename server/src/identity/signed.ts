import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Bus } from '../db/bus.js';
import type { Database, Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import type { Caller } from './caller.js';
import { callerOfPerson, type Issuer, type Judged, systemNamed } from './named.js';
import { clientAddress, liesIn, networkList, type ProxyTrust } from './networks.js';
import { bondColumns, endedBy, type Person } from './standing.js';
import type { Vault } from './vault.js';

/** Names the algorithm in every token: HMAC with SHA-256. */
const ALGORITHM = 'hs256';
const LONGEST = 2_000;

/** What an address is signed for. */
export interface Claim {
  /** For one client for hours, or for named sites for longer. */
  kind: 'signed' | 'embed';
  id: string;
  layer: string;
  /** Key of the views it was signed for: when the issuer's differ, the address is dead. */
  viewsKey: string;
  issuer: Issuer;
  /** Seconds since the epoch. */
  until: number;
}

/** Who signed an address, at work on whoever holds it. */
export interface Signed extends Claim {
  /** The issuer: alive when it was looked up. */
  caller: Caller;
  /** Sites that may show it; null: bound to none. */
  origins: readonly string[] | null;
  /** Networks that the key which signed it is bound to; null: none. */
  networks: BlockList | null;
}

export const newClaimSecret = (): string => randomBytes(32).toString('base64url');

/** Signs claims and reads them back. Nothing of a token is secret but its last part. */
export class Signer {
  constructor(private readonly secret: string) {}

  /** The signature of any text. */
  mac(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('base64url');
  }

  sign({ kind, id, layer, viewsKey, issuer, until }: Claim): string {
    const body = JSON.stringify([kind, id, layer, viewsKey, issuer.kind, issuer.id, until]);
    const text = `${ALGORITHM}.${Buffer.from(body).toString('base64url')}`;
    return `${text}.${this.mac(text)}`;
  }

  /** @returns null for what was not signed here, or is over */
  read(token: string, now = Date.now()): Claim | null {
    const cut = token.lastIndexOf('.');
    if (cut < 0 || token.length > LONGEST || !token.startsWith(`${ALGORITHM}.`)) return null;
    const text = token.slice(0, cut);
    const given = Buffer.from(token.slice(cut + 1));
    const expected = Buffer.from(this.mac(text));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    const body = Buffer.from(text.slice(ALGORITHM.length + 1), 'base64url').toString();
    const [kind, id, layer, viewsKey, issuerKind, issuerId, until] = JSON.parse(body);
    if (until * 1000 <= now) return null;
    return { kind, id, layer, viewsKey, issuer: { kind: issuerKind, id: issuerId }, until };
  }
}

const SECRET = 'signing-secret';

/**
 * The secret of this instance's addresses, the same on all nodes: made at the first start, kept sealed in the database, told to nobody.
 * @throws Error when it is sealed with a key that is not here
 */
export async function signingSecret(q: Queryable, vault: Vault): Promise<string> {
  await q.query('insert into yutu.setting (key, value) values ($1, to_jsonb($2::text)) on conflict (key) do nothing', [
    SECRET,
    vault.seal(newClaimSecret(), SECRET),
  ]);
  const [row] = await q.query<{ value: string }>('select value from yutu.setting where key = $1', [SECRET]);
  const sealed = vault.renew(row!.value, SECRET);
  if (sealed !== row!.value)
    await q.query('update yutu.setting set value = to_jsonb($2::text) where key = $1 and value = to_jsonb($3::text)', [
      SECRET,
      sealed,
      row!.value,
    ]);
  return vault.open(sealed, SECRET);
}

interface Options extends Judged {
  trust: ProxyTrust;
}

/** What is kept of an address: without its row it is dead. */
interface Row {
  organisation: string;
  origins: string[] | null;
  ends: number;
  stamp: number;
  person: Person | null;
}

/** From a signed address to its issuer. What was verified is remembered until an identity changes anywhere. */
export class SignedAddresses {
  private readonly known = new LRUCache<string, Signed>({ max: 20_000 });
  private readonly signer: Signer;
  private cleared = 0;

  constructor(
    private readonly db: Database,
    bus: Bus,
    secret: string,
    private readonly options: Options,
  ) {
    this.signer = new Signer(secret);
    bus.subscribe((message) => {
      if (message.kind !== 'identity' && message.kind !== 'all') return;
      this.cleared++;
      this.known.clear();
    });
  }

  sign(claim: Claim): string {
    return this.signer.sign(claim);
  }

  /** Signs a mark of a listing that is to be handed back; it opens nothing. */
  seal(mark: string): string {
    return this.signer.mac(`mark ${mark}`).slice(0, 22);
  }

  /** The address when nothing needs to be looked up (the tile hit path), else null. @throws `key_network` */
  peek(token: string, req: IncomingMessage): Signed | null {
    const known = this.known.get(token);
    return known && known.until * 1000 > Date.now() ? this.here(known, req) : null;
  }

  /** What a key that is bound to networks signed works from there only. */
  private here(signed: Signed, req: IncomingMessage): Signed {
    if (signed.networks !== null && !liesIn(signed.networks, clientAddress(req, this.options.trust))) fail('key_network');
    return signed;
  }

  /**
   * @throws `signed_invalid` when it was not signed here, is over or revoked, or whoever is behind it is not as they were; `key_network` when
   * the key that signed it is bound to others
   */
  async of(token: string, req: IncomingMessage): Promise<Signed> {
    const known = this.peek(token, req);
    if (known) return known;
    const begun = this.cleared;
    const claim = this.signer.read(token) ?? fail('signed_invalid');
    const { row, issuer } = (await this.standing(claim)) ?? fail('signed_invalid');
    const until = Math.min(claim.until, row.ends / 1000, issuer.ends / 1000);
    const networks = issuer.networks && networkList(issuer.networks);
    const signed = { ...claim, until, caller: issuer.caller, origins: row.origins, networks };
    if (begun === this.cleared) this.known.set(token, signed);
    return this.here(signed, req);
  }

  /** What is kept of an address, and who shows it, when both still stand: the person behind it, and the key that signed it. */
  private async standing({ kind, id, issuer }: Claim) {
    const embed = kind === 'embed';
    const [row] = await this.db.query<Row>(
      `select s.organisation, ${embed ? 's.origins' : 'null::text[] as origins'}, extract(epoch from s.expires_at)::float8 * 1000 as ends,
         ${bondColumns('s')}
       from yutu.${embed ? 'embed' : 'signed_address'} s where s.id = $1::uuid and s.revoked_at is null and s.expires_at > now()`,
      [id],
    );
    if (!row?.person || endedBy({ ...row, kind, everyLayer: false }, row.person, this.options.demo()) !== null) return null;
    if (issuer.kind !== 'user') {
      const system = await systemNamed(this.db, { kind: issuer.kind, id: issuer.id }, this.options);
      return system && { row, issuer: system };
    }
    // Whoever answers for it now: an embed may have been handed over.
    return { row, issuer: { caller: callerOfPerson(row.person), ends: Number.POSITIVE_INFINITY, networks: null } };
  }
}
