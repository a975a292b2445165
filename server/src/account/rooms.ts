import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Decisions } from '../access/decisions.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Bus } from '../db/bus.js';
import type { Database } from '../db/database.js';
import type { Callers } from '../identity/callers.js';
import type { SignInService } from '../identity/oidc.js';
import type { FactorPolicy } from '../identity/roles.js';
import type { SignedAddresses } from '../identity/signed.js';
import type { Vault } from '../identity/vault.js';
import type { Mailer } from '../mail/mailer.js';

/** What the routes of this room are built over. */
export interface AccountRooms {
  db: Database;
  bus: Bus;
  catalogue: Catalogue;
  decisions: Decisions;
  /** Knows until when a credential is good. */
  callers: Pick<Callers, 'until'>;
  signatures: SignedAddresses;
  /** Opens the secrets of second factors. */
  vault: Vault;
  /** Takes links to their people; null: they go on sheets. */
  mailer: Mailer | null;
  /** The service at which people sign in; null: none. */
  oidc: SignInService | null;
  /** Authorities of clients' certificates; null: any. */
  authorities: readonly X509Certificate[] | null;
  /** The origin of absolute addresses. */
  origin: (req: IncomingMessage) => string;
  demo: () => boolean;
  timezone: string;
  sessionHours: number;
  /** Open sessions of one account. */
  sessionsPerAccount: number;
  secondFactor: FactorPolicy;
  secureCookie: boolean;
  /** Days within which a change of an account is confirmed. */
  confirmDays: number;
  /** Days that a key may be good for. */
  keyMaxDays: number;
  /** Keys and certificates that one person may answer for. */
  keysPerPerson: number;
}
