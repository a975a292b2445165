import type { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Decisions } from '../access/decisions.js';
import { DRAFTED } from '../access/draft.js';
import { addressed, GrantBook } from '../access/grants.js';
import { joinLog } from '../audit/join.js';
import { Ledger } from '../audit/ledger.js';
import { Seals } from '../audit/seals.js';
import { dayOf } from '../catalogue/calendar.js';
import { Catalogue } from '../catalogue/catalogue.js';
import type { Config } from '../config.js';
import { Bus } from '../db/bus.js';
import type { Database } from '../db/database.js';
import { migrate } from '../db/migrate.js';
import { Drafts } from '../drafts/drafts.js';
import { Extraction } from '../guard/extraction.js';
import { Guard } from '../guard/guard.js';
import { Quotas } from '../guard/quotas.js';
import { memberOf } from '../identity/caller.js';
import { Callers } from '../identity/callers.js';
import { PresentedCertificates, readAuthorities } from '../identity/certificates.js';
import { proxyTrust } from '../identity/networks.js';
import { SignInService } from '../identity/oidc.js';
import { SignedAddresses, signingSecret } from '../identity/signed.js';
import { openVault, sealSecrets, type Vault } from '../identity/vault.js';
import { LiveStream } from '../live/stream.js';
import { Mailer } from '../mail/mailer.js';
import { Staging } from '../store/staging.js';
import { Tiles } from '../tiles/tiles.js';

/** Every room with state, built once over one database. */
export interface House {
  config: Config;
  db: Database;
  bus: Bus;
  catalogue: Catalogue;
  grants: GrantBook;
  decisions: Decisions;
  callers: Callers;
  signatures: SignedAddresses;
  vault: Vault;
  /** Null: no mail server is set. */
  mailer: Mailer | null;
  oidc: SignInService | null;
  /** Authorities of clients' certificates; null: any. */
  authorities: readonly X509Certificate[] | null;
  ledger: Ledger;
  guard: Guard;
  seals: Seals;
  tiles: Tiles;
  drafts: Drafts;
  live: LiveStream;
  /** Whether demonstration accounts may sign in. */
  demo: boolean;
  /** Builds the snapshots that are missing, one after the other, in the background. */
  warm(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Migrates, loads what is kept in memory, and starts the timers. Caches subscribe before the live stream: viewers hear after they are right.
 * @throws Error for a command whose settings are not the servers'
 */
export async function openHouse(
  config: Config,
  db: Database,
  sqlFolder: string,
  { as, tell }: { as: 'server' | 'command'; tell?: (line: string) => void },
): Promise<House> {
  const { auditHash: hash, auditSignature: signature, dataDir: folder } = config;
  await migrate(db, sqlFolder, tell);
  await joinLog(db, as, { hash, signature, folder });
  await Staging.sweep(db);
  const vault = await openVault(folder, config.secretKeys);
  await sealSecrets(db, vault);
  const bus = new Bus(db, { graceMs: config.listenGraceMs });
  const catalogue = new Catalogue(db, bus);
  const grants = new GrantBook(db, bus, config.timezone);
  const decisions = new Decisions(grants, catalogue);
  const house = {} as House;
  const { timezone } = config;
  const trust = proxyTrust(config);
  const authorities = config.clientCa === null ? null : readAuthorities(await readFile(config.clientCa, 'utf8'));
  const day = (now: number) => dayOf(timezone, now);
  const callers = new Callers(db, bus, {
    demo: () => house.demo,
    timezone,
    today: () => day(Date.now()),
    secureCookie: config.secure,
    strict: config.secondFactor !== 'off',
    deaf: () => bus.deaf,
    trust,
    certificates:
      config.clientCertHeader !== null || (config.tls !== null && authorities !== null)
        ? new PresentedCertificates({ header: config.clientCertHeader, authorities, trust })
        : null,
  });
  const signatures = new SignedAddresses(db, bus, await signingSecret(db, vault), {
    demo: () => house.demo,
    timezone,
    trust,
  });
  const quotas = new Quotas((grant) => grants.quotaOf(grant), day);
  const extraction = new Extraction(db, catalogue, day);
  const guard = new Guard(extraction, quotas, bus);
  decisions.holds = guard;
  const ledger = new Ledger(db, {
    seconds: config.ledgerSeconds,
    dayOf: day,
    metersOf: (ids) => quotas.metersOf(ids),
    async after() {
      await quotas.refresh(db);
      await extraction.flush();
    },
  });
  const seals = new Seals(db, {
    folder,
    algorithm: signature,
    file: config.auditAnchorFile,
    url: config.auditAnchorUrl,
    minutes: config.auditAnchorMinutes,
    rows: config.auditAnchorRows,
  });
  const tiles = new Tiles(db, {
    folder: join(folder, 'snapshots'),
    workers: config.tileWorkers,
    cacheBytes: config.tileCacheBytes,
    maskBytes: config.maskCacheBytes,
    queue: config.tileQueue,
    patienceMs: config.tilePatienceMs,
    provisionalMs: config.tileProvisionalMs,
    snapshotBytes: config.snapshotMemoryBytes,
    wanted: (set) => set.grants.every((id) => id === DRAFTED || grants.stands(id)),
  });
  // Before the viewers hear: a tile that an edit did not touch stays in the cache.
  bus.subscribe(async (message) => {
    const layers =
      message.kind === 'layer'
        ? [catalogue.layers.get(message.layer)]
        : message.kind === 'all'
          ? [...catalogue.layers.values()]
          : [];
    for (const layer of layers) if (layer) await tiles.follow(layer).catch(() => {}); // not known is safe
  });
  const drafts = new Drafts(db);
  const live = new LiveStream(bus, catalogue, decisions, config.anonymousShare);
  // Before anything is read: what changes while it is would else be heard by nobody.
  await bus.start();
  await catalogue.reload();
  await grants.reload();
  await tiles.snapshots.files.sweep(new Map([...catalogue.layers].map(([id, { version }]) => [id, version]))).catch(() => {}); // a full or read-only disk
  await quotas.refresh(db);
  await extraction.refresh();
  ledger.start();
  const keyUse = setInterval(() => callers.flushKeyUse().catch(() => {}), 30_000);
  keyUse.unref();
  const terms = watchTerms(grants, bus);
  // What was just granted or brought in will be looked at next.
  bus.subscribe((message) => {
    if (message.kind !== 'grants' && message.kind !== 'layer') return;
    const layer = catalogue.layers.get(message.layer);
    if (!layer) return;
    const sets =
      message.kind === 'layer'
        ? [undefined]
        : (message.organisations ?? []).map((o) => decisions.of(memberOf(o), layer).for('view'));
    for (const set of sets) void tiles.warm(layer, set);
  });
  const mailer = config.mail && new Mailer(db, vault, config.mail);
  return Object.assign(house, {
    config,
    db,
    bus,
    catalogue,
    grants,
    decisions,
    callers,
    signatures,
    vault,
    mailer,
    oidc: config.oidc && new SignInService(db, config.oidc),
    authorities,
    ledger,
    guard,
    seals,
    tiles,
    drafts,
    live,
    demo: config.demo ?? false,
    async warm() {
      for (const layer of [...catalogue.layers.values()]) await tiles.warm(layer);
    },
    async close() {
      clearInterval(keyUse);
      clearInterval(terms);
      live.close();
      await mailer?.close();
      await callers.flushKeyUse().catch(() => {});
      await ledger.stop();
      await seals.stop();
      await tiles.close();
      await drafts.close();
      await db.close();
    },
  });
}

/** A term that begins or ends is nobody's deed: open viewers hear of it within a quarter of a minute. Decisions never wait for this. */
function watchTerms(grants: GrantBook, bus: Bus): NodeJS.Timeout {
  let seen = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    for (const { layer, subjectKind, grantee } of grants.edgesBetween(seen, now))
      bus.deliver({ kind: 'grants', layer, organisations: addressed(subjectKind, grantee) }).catch(() => {});
    seen = now;
  }, 15_000);
  timer.unref();
  return timer;
}
