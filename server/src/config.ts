import { join, resolve } from 'node:path';
import { network } from '@yutu/contract';
import { z } from 'zod';

/** The one reader of the environment. Every setting, its default and its reason stand in `.env.example`. */
export interface Config {
  port: number;
  dataDir: string;
  databaseUrl: string | null;
  /** Public origin without a trailing slash; null: taken from each request's Host. */
  baseUrl: string | null;
  /** null: decided by whether the embedded database starts empty. */
  demo: boolean | null;
  demoData: string;
  demoScale: number;
  trustProxy: boolean;
  /** Addresses of the proxies in front, in CIDR; null: not said. */
  proxyNetworks: readonly string[] | null;
  proxySecret: string | null;
  /** Header in which the proxy passes clients' certificates on, in lower case. */
  clientCertHeader: string | null;
  /** Files in PEM with which the platform speaks https itself; null: plain http, or a proxy does. */
  tls: { cert: string; key: string } | null;
  /** File of the authorities of clients' certificates. */
  clientCa: string | null;
  keyMaxDays: number;
  /** Keys and certificates that one person may answer for. */
  keysPerPerson: number;
  /** Days within which a change of an account is confirmed, or can be no more. */
  confirmDays: number;
  /** Keys of 32 bytes in base64 that seal secrets in the database, the newest first; null: a file in the data folder. */
  secretKeys: readonly string[] | null;
  /** The OpenID Connect provider at which people sign in; null: local accounts only. */
  oidc: {
    issuer: string;
    clientId: string;
    clientSecret: string | null;
    /** On its button. */
    name: string;
    scope: string;
    claims: z.infer<typeof claimsMapping>;
  } | null;
  /** The mail server through which links reach people; null: they are handed out on sheets. */
  mail: { url: string; from: string; retrySeconds: number } | null;
  /** Whether browsers reach the platform over https. */
  secure: boolean;
  timezone: string;
  queryTimeoutMs: number;
  /** How long a request's headers, and the whole of it, may take to arrive. */
  headersTimeoutMs: number;
  requestTimeoutMs: number;
  poolSize: number;
  /** Percent of connections, workers and streams that one client may have, and all anonymous ones together. */
  clientShare: number;
  anonymousShare: number;
  /** How long a node that does not hear of changed rights relies on those it knows. */
  listenGraceMs: number;
  tileWorkers: number;
  /** Whether answers are held against the contract before they leave. */
  checkAnswers: boolean;
  tileCacheBytes: number;
  maskCacheBytes: number;
  tileQueue: number;
  tilePatienceMs: number;
  tileProvisionalMs: number;
  /** Snapshots held whole in memory; larger ones are read page by page. */
  snapshotMemoryBytes: number;
  sessionHours: number;
  /** Open sessions of one account; the oldest ends. */
  sessionsPerAccount: number;
  /** Whose sign-in needs a second factor. */
  secondFactor: 'off' | 'deciders' | 'all';
  /** Within so many hours an emergency is confirmed by a second person, or it ends. */
  emergencyConfirmHours: number;
  ledgerSeconds: number;
  /** Algorithm of the log's rows to come, and of the signatures on its head. */
  auditHash: 'sha256' | 'sm3';
  auditSignature: 'ed25519' | 'sm2';
  /** Where signed heads are kept outside the database; null: a file in the data folder, and no address. */
  auditAnchorFile: string | null;
  auditAnchorUrl: string | null;
  auditAnchorMinutes: number;
  auditAnchorRows: number;
  /** Whole years, beside the running one, that stay in the log. */
  auditYears: number;
  logLevel: string;
}

/** Whether days and times can be told in it. */
function isTimezone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

const flag = z.enum(['true', 'false']).transform((v) => v === 'true');
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const empty = (v: unknown) => (v === '' ? undefined : v);
const setting = <T extends z.ZodType>(schema: T) => z.preprocess(empty, schema);

/** Which claims say what: the organisation (by its id here, or by `organisations`), and the roles, by `roleMap` alone. */
const claimsMapping = z.strictObject({
  organisation: z.string().min(1).default('organisation'),
  organisations: z.record(z.string(), z.string()).default({}),
  roles: z.string().min(1).default('roles'),
  roleMap: z.record(z.string(), z.string()).default({}),
  username: z.string().min(1).default('preferred_username'),
  name: z.string().min(1).default('name'),
  /** Values of the ID token's `amr` (RFC 8176) and `acr` that say that a second factor was given there. */
  secondFactor: z
    .strictObject({ amr: z.array(z.string().min(1)).default([]), acr: z.array(z.string().min(1)).default([]) })
    .default({ amr: [], acr: [] }),
});

const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
});

const settings = z.object({
  PORT: setting(count(0, 65535).default(8080)),
  DATA_DIR: setting(z.string().default('.yutu')),
  DATABASE_URL: setting(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
      .optional(),
  ),
  BASE_URL: setting(
    z
      .url({ protocol: /^https?$/ })
      .refine((u) => !/[?#"'<>\\$]|\{|\/\/.*\/\//.test(u), 'must be an address without query')
      .transform((u) => u.replace(/\/+$/, ''))
      .optional(),
  ),
  DEMO: setting(flag.optional()),
  DEMO_DATA: setting(z.string().optional()),
  DEMO_SCALE: setting(z.coerce.number().min(0.01).max(1000).default(1)),
  TRUST_PROXY: setting(flag.default(false)),
  PROXY_NETWORKS: setting(
    z
      .string()
      .transform((text) => text.split(',').map((one) => one.trim()))
      .refine(
        (all) => all.every((one) => network.safeParse(one).success),
        'must be networks in CIDR notation, separated by commas',
      )
      .optional(),
  ),
  PROXY_SECRET: setting(z.string().min(16, 'must have 16 characters or more').optional()),
  TLS_CERT: setting(z.string().optional()),
  TLS_KEY: setting(z.string().optional()),
  TLS_CLIENT_CA: setting(z.string().optional()),
  SECRET_KEYS: setting(
    z
      .string()
      .transform((text) => text.split(',').map((one) => one.trim()))
      .refine(
        (all) => all.every((one) => /^[A-Za-z0-9+/]{43}=$/.test(one)),
        'must be keys of 32 bytes in base64, separated by commas',
      )
      .optional(),
  ),
  CLIENT_CERT_HEADER: setting(
    z
      .string()
      .regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header')
      .transform((name) => name.toLowerCase())
      .refine((name) => !['authorization', 'cookie', 'host'].includes(name), 'must not be a header of another use')
      .optional(),
  ),
  OIDC_ISSUER: setting(
    z
      .url({ protocol: /^https?$/ })
      .refine(
        (u) => u.startsWith('https:') || /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]?/.test(u),
        'must be https, but for this machine',
      )
      .optional(),
  ),
  OIDC_CLIENT_ID: setting(z.string().optional()),
  OIDC_CLIENT_SECRET: setting(z.string().optional()),
  OIDC_NAME: setting(z.string().max(60).default('统一身份认证')),
  OIDC_SCOPE: setting(z.string().default('openid profile')),
  OIDC_CLAIMS: setting(json.pipe(claimsMapping).default(claimsMapping.parse({}))),
  SMTP_URL: setting(z.url({ protocol: /^smtps?$/, error: 'must be an address like smtps://user:password@host:465' }).optional()),
  MAIL_FROM: setting(
    z
      .string()
      .regex(/^([^<>@\r\n]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, 'must be an address, or a name and an address in < >')
      .optional(),
  ),
  MAIL_RETRY_SECONDS: setting(count(1, 3600).default(30)),
  KEY_MAX_DAYS: setting(count(1, 3650).default(365)),
  KEYS_PER_PERSON: setting(count(1, 10_000).default(50)),
  CONFIRM_DAYS: setting(count(1, 365).default(14)),
  TIMEZONE: setting(z.string().refine(isTimezone, 'must be a time zone such as Asia/Shanghai').default('Asia/Shanghai')),
  QUERY_TIMEOUT_MS: setting(count(100, 3_600_000).default(30_000)),
  HEADERS_TIMEOUT_MS: setting(count(100, 600_000).default(20_000)),
  REQUEST_TIMEOUT_MS: setting(count(100, 3_600_000).default(120_000)),
  LISTEN_GRACE_SECONDS: setting(count(1, 3600).default(30)),
  POOL_SIZE: setting(count(1, 200).default(10)),
  CLIENT_SHARE: setting(count(1, 100).default(30)),
  ANONYMOUS_SHARE: setting(count(1, 100).default(30)),
  CHECK_ANSWERS: setting(flag.default(false)),
  TILE_WORKERS: setting(count(1, 64).default(2)),
  TILE_CACHE_MB: setting(count(1, 65536).default(128)),
  MASK_CACHE_MB: setting(count(1, 65536).default(128)),
  TILE_QUEUE: setting(count(1, 100_000).default(500)),
  TILE_PATIENCE_MS: setting(count(1, 600_000).default(5_000)),
  TILE_PROVISIONAL_MS: setting(count(0, 600_000).default(1_000)),
  SNAPSHOT_MEMORY_MB: setting(count(0, 1_048_576).default(1024)),
  SESSION_HOURS: setting(count(1, 720).default(12)),
  SESSIONS_PER_ACCOUNT: setting(count(1, 1_000).default(10)),
  SECOND_FACTOR: setting(z.enum(['off', 'deciders', 'all']).default('deciders')),
  EMERGENCY_CONFIRM_HOURS: setting(z.coerce.number().min(0.0005).max(72).default(4)),
  LEDGER_SECONDS: setting(count(1, 3600).default(10)),
  AUDIT_HASH: setting(z.enum(['sha256', 'sm3']).default('sha256')),
  AUDIT_SIGNATURE: setting(z.enum(['ed25519', 'sm2']).default('ed25519')),
  AUDIT_ANCHOR_FILE: setting(z.string().optional()),
  AUDIT_ANCHOR_URL: setting(z.url({ protocol: /^https$/, error: 'must be an https address' }).optional()),
  AUDIT_ANCHOR_MINUTES: setting(count(1, 10_080).default(10)),
  AUDIT_ANCHOR_ROWS: setting(count(1, 1_000_000).default(1_000)),
  AUDIT_YEARS: setting(count(1, 100).default(5)),
  LOG_LEVEL: setting(z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug']).default('warn')),
});

/** What single settings cannot say: some are of use together only. */
const environment = settings.superRefine((e, context) => {
  const fault = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if (Boolean(e.TLS_CERT) !== Boolean(e.TLS_KEY)) fault(e.TLS_CERT ? 'TLS_KEY' : 'TLS_CERT', 'must be set, too');
  if (Boolean(e.OIDC_ISSUER) !== Boolean(e.OIDC_CLIENT_ID))
    fault(e.OIDC_ISSUER ? 'OIDC_CLIENT_ID' : 'OIDC_ISSUER', 'must be set, too');
  if (e.HEADERS_TIMEOUT_MS > e.REQUEST_TIMEOUT_MS) fault('HEADERS_TIMEOUT_MS', 'must not be more than REQUEST_TIMEOUT_MS');
  if (e.SMTP_URL && !e.MAIL_FROM) fault('MAIL_FROM', 'must be set, too');
  // Else the host of a link would be what the request that made it named.
  if (e.SMTP_URL && !e.BASE_URL) fault('BASE_URL', 'must be set, too: links in mails lead there');
  if (e.CLIENT_CERT_HEADER && !(e.TRUST_PROXY && (e.PROXY_NETWORKS || e.PROXY_SECRET)))
    fault('CLIENT_CERT_HEADER', 'needs TRUST_PROXY, and PROXY_NETWORKS or PROXY_SECRET: anyone could write that header');
});

/**
 * Reads the settings. `root` is the project's folder, where `data/` and `sql/` lie.
 * @throws Error naming every faulty setting in one message.
 */
export function readConfig(env: NodeJS.ProcessEnv, root: string): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((i) => `  ${i.path.join('.')}: ${i.message}`);
    throw new Error(`These settings cannot be used:\n${faults.join('\n')}\nSee .env.example for what each takes.`);
  }
  const e = parsed.data;
  return {
    port: e.PORT,
    dataDir: resolve(e.DATA_DIR),
    databaseUrl: e.DATABASE_URL ?? null,
    baseUrl: e.BASE_URL ?? null,
    demo: e.DEMO ?? null,
    demoData: e.DEMO_DATA ? resolve(e.DEMO_DATA) : join(root, 'data', 'chongqing'),
    demoScale: e.DEMO_SCALE,
    trustProxy: e.TRUST_PROXY,
    proxyNetworks: e.PROXY_NETWORKS ?? null,
    proxySecret: e.PROXY_SECRET ?? null,
    oidc:
      e.OIDC_ISSUER && e.OIDC_CLIENT_ID
        ? {
            issuer: e.OIDC_ISSUER,
            clientId: e.OIDC_CLIENT_ID,
            clientSecret: e.OIDC_CLIENT_SECRET ?? null,
            name: e.OIDC_NAME,
            scope: e.OIDC_SCOPE,
            claims: e.OIDC_CLAIMS,
          }
        : null,
    mail: e.SMTP_URL && e.MAIL_FROM ? { url: e.SMTP_URL, from: e.MAIL_FROM, retrySeconds: e.MAIL_RETRY_SECONDS } : null,
    keyMaxDays: e.KEY_MAX_DAYS,
    keysPerPerson: e.KEYS_PER_PERSON,
    confirmDays: e.CONFIRM_DAYS,
    secretKeys: e.SECRET_KEYS ?? null,
    clientCertHeader: e.CLIENT_CERT_HEADER ?? null,
    tls: e.TLS_CERT && e.TLS_KEY ? { cert: resolve(e.TLS_CERT), key: resolve(e.TLS_KEY) } : null,
    clientCa: e.TLS_CLIENT_CA ? resolve(e.TLS_CLIENT_CA) : null,
    secure: e.BASE_URL?.startsWith('https:') ?? Boolean(e.TLS_CERT),
    timezone: e.TIMEZONE,
    queryTimeoutMs: e.QUERY_TIMEOUT_MS,
    headersTimeoutMs: e.HEADERS_TIMEOUT_MS,
    requestTimeoutMs: e.REQUEST_TIMEOUT_MS,
    listenGraceMs: e.LISTEN_GRACE_SECONDS * 1000,
    poolSize: e.POOL_SIZE,
    clientShare: e.CLIENT_SHARE,
    anonymousShare: e.ANONYMOUS_SHARE,
    tileWorkers: e.TILE_WORKERS,
    checkAnswers: e.CHECK_ANSWERS,
    tileCacheBytes: e.TILE_CACHE_MB * 1024 * 1024,
    maskCacheBytes: e.MASK_CACHE_MB * 1024 * 1024,
    tileQueue: e.TILE_QUEUE,
    tilePatienceMs: e.TILE_PATIENCE_MS,
    tileProvisionalMs: e.TILE_PROVISIONAL_MS,
    snapshotMemoryBytes: e.SNAPSHOT_MEMORY_MB * 1024 * 1024,
    sessionHours: e.SESSION_HOURS,
    sessionsPerAccount: e.SESSIONS_PER_ACCOUNT,
    secondFactor: e.SECOND_FACTOR,
    emergencyConfirmHours: e.EMERGENCY_CONFIRM_HOURS,
    ledgerSeconds: e.LEDGER_SECONDS,
    auditHash: e.AUDIT_HASH,
    auditSignature: e.AUDIT_SIGNATURE,
    auditAnchorFile: e.AUDIT_ANCHOR_FILE ? resolve(e.AUDIT_ANCHOR_FILE) : null,
    auditAnchorUrl: e.AUDIT_ANCHOR_URL ?? null,
    auditAnchorMinutes: e.AUDIT_ANCHOR_MINUTES,
    auditAnchorRows: e.AUDIT_ANCHOR_ROWS,
    auditYears: e.AUDIT_YEARS,
    logLevel: e.LOG_LEVEL,
  };
}
