import { runForAll } from '../db/client.js';
import type { Database, Queryable } from '../db/database.js';
import { type Deed, record } from './chain.js';

export type Surface = 'tiles' | 'items' | 'export' | 'search' | 'statistics' | 'analyse' | 'verify';

/** Whose access it was, and under which rights. */
export interface Access {
  actor: string | null;
  organisation: string | null;
  via: 'session' | 'key' | 'certificate' | 'signed' | 'embed' | 'anonymous';
  layer: string;
  surface: Surface;
  grants: readonly string[];
}

/** How much was drawn. `km2`: of the tiles or boxes it came in, where features are drawn as themselves. */
export interface Amount {
  requests: number;
  features: number;
  km2: number;
}

/** Hears of every access under a grant as it is counted, and of what was written of it. */
export interface Meter {
  count(amount: Amount): void;
  written(day: string, amount: Amount): void;
}

export interface LedgerOptions {
  seconds: number;
  /** The day of an instant (ms) in the instance's zone, and when it ends. */
  dayOf(now: number): { day: string; ends: number };
  /** Who counts along for these grants. */
  metersOf?(grants: readonly string[]): readonly Meter[];
  /** Called after every turn of the clock, whether there was anything to write or not. */
  after?(): Promise<void>;
}

interface Sum extends Amount {
  day: string;
  access: Access;
  bytes: number;
  meters: readonly Meter[];
}

/**
 * Counts data access in memory and writes it every few seconds: into the chained log, one row per caller, layer, surface and
 * rights, and with the same sums into the tables by day that are read from. A process that dies loses at most the seconds since
 * the last flush; nothing is written per request.
 */
export class Ledger {
  private sums = new Map<string, Sum>();
  /** Sums by the very object they were last counted under: the tile hit path counts under one per caller and layer. */
  private latest = new WeakMap<Access, Sum>();
  private today = { day: '', ends: 0 };
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Database,
    private readonly options: LedgerOptions,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.flush().catch(() => {}), this.options.seconds * 1000);
    this.timer.unref();
  }

  /** Adds one request, or a part of one (`requests` 0). Costs a map look-up: fit for the tile hit path. */
  count(access: Access, features: number, bytes: number, km2 = 0, requests = 1): void {
    const now = Date.now();
    if (now >= this.today.ends) {
      this.today = this.options.dayOf(now);
      this.latest = new WeakMap();
    }
    let sum = this.latest.get(access);
    if (!sum) {
      sum = this.sumOf(access);
      this.latest.set(access, sum);
    }
    sum.requests += requests;
    sum.features += features;
    sum.bytes += bytes;
    sum.km2 += km2;
    for (const meter of sum.meters) meter.count({ requests, features, km2 });
  }

  private sumOf(access: Access): Sum {
    // With the organisation: two may have keys of one name.
    const { actor, organisation, via, layer, surface, grants } = access;
    const id = `${this.today.day}\0${actor}\0${organisation}\0${via}\0${layer}\0${surface}\0${grants.join()}`;
    let sum = this.sums.get(id);
    if (!sum) {
      const meters = this.options.metersOf?.(grants) ?? [];
      sum = { day: this.today.day, access, requests: 0, features: 0, bytes: 0, km2: 0, meters };
      this.sums.set(id, sum);
    }
    return sum;
  }

  /** Writes what was counted. When the database is away it is kept and written later. */
  flush(): Promise<void> {
    this.writing = this.writing
      .catch(() => {})
      .then(() => runForAll(() => this.write()))
      .then(() => runForAll(() => this.options.after?.()));
    return this.writing;
  }

  private async write(): Promise<void> {
    if (this.sums.size === 0) return;
    const taken = this.sums;
    this.sums = new Map();
    this.latest = new WeakMap();
    const sums = [...taken.values()];
    try {
      await this.db.tx(async (q) => {
        await record(q, ...sums.map(deedOf));
        await addUp(q, sums);
      });
    } catch (error) {
      for (const [id, sum] of taken) {
        const now = this.sums.get(id);
        if (now) add(now, sum);
        else this.sums.set(id, sum);
      }
      // What is counted from now on goes into the sums that were put back.
      this.latest = new WeakMap();
      throw error;
    }
    for (const { day, meters, requests, features, km2 } of sums)
      for (const meter of meters) meter.written(day, { requests, features, km2 });
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush().catch(() => {});
  }
}

function add(sum: Sum, more: Sum): void {
  sum.requests += more.requests;
  sum.features += more.features;
  sum.bytes += more.bytes;
  sum.km2 += more.km2;
}

/** Square metres are more than anyone needs to know. */
const rounded = (km2: number): number => Math.round(km2 * 1e6) / 1e6;

function deedOf({ day, access, requests, features, bytes, km2 }: Sum): Deed {
  const { actor, organisation, via, layer, surface, grants } = access;
  return {
    actor,
    organisation,
    action: 'access',
    layer,
    subject: grants[0] ?? null,
    detail: { day, surface, via, grants: [...grants], requests, features, bytes, km2: rounded(km2) },
  };
}

/** Adds the sums to the tables by day, in the transaction of their rows. */
async function addUp(q: Queryable, sums: readonly Sum[]): Promise<void> {
  const rows = sums.map(({ day, access, requests, features, bytes, km2 }) => ({
    day,
    ...access,
    requests,
    features,
    bytes,
    km2: rounded(km2),
  }));
  await q.query(
    `insert into yutu.access_day as d (day, layer, organisation, actor, via, surface, grants, requests, features, bytes, km2, last_at)
     select r.*, clock_timestamp() from jsonb_to_recordset($1::jsonb) as r(day date, layer text, organisation text, actor text, via text,
       surface text, grants text[], requests bigint, features bigint, bytes bigint, km2 double precision)
     on conflict (layer, day, organisation, actor, via, surface, grants) do update set requests = d.requests + excluded.requests,
       features = d.features + excluded.features, bytes = d.bytes + excluded.bytes, km2 = d.km2 + excluded.km2, last_at = excluded.last_at`,
    [JSON.stringify(rows)],
  );
  const uses = new Map<string, Amount & { day: string; grant: string }>();
  for (const { day, grants, requests, features, km2 } of rows)
    for (const grant of grants) {
      const use = uses.get(`${day}\0${grant}`);
      if (!use) uses.set(`${day}\0${grant}`, { day, grant, requests, features, km2 });
      else Object.assign(use, { requests: use.requests + requests, features: use.features + features, km2: use.km2 + km2 });
    }
  if (uses.size === 0) return;
  await q.query(
    `insert into yutu.grant_use as u (grant_id, day, requests, features, km2, last_at)
     select r.*, clock_timestamp() from jsonb_to_recordset($1::jsonb) as r("grant" text, day date, requests bigint, features bigint,
       km2 double precision)
     on conflict (grant_id, day) do update set requests = u.requests + excluded.requests, features = u.features + excluded.features,
       km2 = u.km2 + excluded.km2, last_at = excluded.last_at, changed_at = clock_timestamp()`,
    [JSON.stringify([...uses.values()])],
  );
}
