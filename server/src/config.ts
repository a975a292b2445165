import { join, resolve } from 'node:path';
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
  timezone: string;
  queryTimeoutMs: number;
  poolSize: number;
  tileWorkers: number;
  tileCacheBytes: number;
  /** Snapshots held whole in memory; larger ones are read page by page. */
  snapshotMemoryBytes: number;
  sessionHours: number;
  ledgerSeconds: number;
  logLevel: string;
}

const flag = z.enum(['true', 'false']).transform((v) => v === 'true');
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const empty = (v: unknown) => (v === '' ? undefined : v);
const setting = <T extends z.ZodType>(schema: T) => z.preprocess(empty, schema);

const environment = z.object({
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
      .transform((u) => u.replace(/\/+$/, ''))
      .optional(),
  ),
  DEMO: setting(flag.optional()),
  DEMO_DATA: setting(z.string().optional()),
  DEMO_SCALE: setting(z.coerce.number().min(0.01).max(1000).default(1)),
  TRUST_PROXY: setting(flag.default(false)),
  TIMEZONE: setting(z.string().default('Asia/Shanghai')),
  QUERY_TIMEOUT_MS: setting(count(100, 3_600_000).default(30_000)),
  POOL_SIZE: setting(count(1, 200).default(10)),
  TILE_WORKERS: setting(count(1, 64).default(2)),
  TILE_CACHE_MB: setting(count(1, 65536).default(128)),
  SNAPSHOT_MEMORY_MB: setting(count(0, 1_048_576).default(1024)),
  SESSION_HOURS: setting(count(1, 720).default(12)),
  LEDGER_SECONDS: setting(count(1, 3600).default(10)),
  LOG_LEVEL: setting(z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug']).default('warn')),
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
    timezone: e.TIMEZONE,
    queryTimeoutMs: e.QUERY_TIMEOUT_MS,
    poolSize: e.POOL_SIZE,
    tileWorkers: e.TILE_WORKERS,
    tileCacheBytes: e.TILE_CACHE_MB * 1024 * 1024,
    snapshotMemoryBytes: e.SNAPSHOT_MEMORY_MB * 1024 * 1024,
    sessionHours: e.SESSION_HOURS,
    ledgerSeconds: e.LEDGER_SECONDS,
    logLevel: e.LOG_LEVEL,
  };
}
