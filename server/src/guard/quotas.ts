import type { Quota } from '../access/grants.js';
import type { Amount, Meter } from '../audit/ledger.js';
import type { Queryable } from '../db/database.js';

type DayOf = (now: number) => { day: string; ends: number };

const nothing = (): Amount => ({ requests: 0, features: 0, km2: 0 });
function add(to: Amount, { requests, features, km2 }: Amount, sign = 1): void {
  to.requests += sign * requests;
  to.features += sign * features;
  to.km2 += sign * km2;
}

/** What was used of one grant: as the database knows it from all nodes, and what this node has not written yet. */
class GrantMeter implements Meter {
  readonly day = { kept: nothing(), mine: nothing() };
  readonly total = { kept: nothing(), mine: nothing() };
  exhausted = false;

  constructor(
    readonly quota: Quota,
    private readonly quotas: Quotas,
  ) {}

  count(amount: Amount): void {
    this.quotas.turn();
    add(this.day.mine, amount);
    add(this.total.mine, amount);
    this.look();
  }

  written(day: string, amount: Amount): void {
    add(this.total.mine, amount, -1);
    add(this.total.kept, amount);
    // What was counted yesterday has left the day's sums already.
    if (day !== this.quotas.today) return;
    add(this.day.mine, amount, -1);
    add(this.day.kept, amount);
  }

  look(): void {
    const { quota, day, total } = this;
    const used = (sums: typeof day, what: keyof Amount) => sums.kept[what] + sums.mine[what];
    const over =
      used(day, 'requests') >= (quota.requestsPerDay ?? Number.POSITIVE_INFINITY) ||
      used(day, 'features') >= (quota.featuresPerDay ?? Number.POSITIVE_INFINITY) ||
      used(day, 'km2') >= (quota.km2PerDay ?? Number.POSITIVE_INFINITY) ||
      used(total, 'requests') >= (quota.requests ?? Number.POSITIVE_INFINITY) ||
      used(total, 'features') >= (quota.features ?? Number.POSITIVE_INFINITY) ||
      used(total, 'km2') >= (quota.km2 ?? Number.POSITIVE_INFINITY);
    if (over === this.exhausted) return;
    this.exhausted = over;
    this.quotas.changed++;
  }
}

interface Use extends Amount {
  grant: string;
  day: string;
  changedAt: string;
}

/**
 * Quotas of grants: counted in memory as the ledger counts, so that a grant is exhausted with the very request that used it up.
 * What other nodes counted is learnt after each of their flushes. A day's quota refills at midnight.
 */
export class Quotas {
  /** Rises when a grant is exhausted or refilled. */
  changed = 0;
  today = '';
  private ends = 0;
  private readonly meters = new Map<string, GrantMeter>();
  /** Uses that were written up to then are known. */
  private known = '-infinity';

  constructor(
    /** The quota of a grant in force; null: none. */
    private readonly quotaOf: (grant: string) => Quota | null,
    private readonly dayOf: DayOf,
  ) {}

  /** Begins a new day when it is time. */
  turn(now = Date.now()): void {
    if (now < this.ends) return;
    const { day, ends } = this.dayOf(now);
    this.ends = ends;
    if (day === this.today) return;
    this.today = day;
    for (const meter of this.meters.values()) {
      Object.assign(meter.day, { kept: nothing(), mine: nothing() });
      meter.look();
    }
  }

  exhausted(grant: string): boolean {
    this.turn();
    return this.meters.get(grant)?.exhausted ?? false;
  }

  /** Who counts along for these grants: those that have a quota. */
  metersOf(grants: readonly string[]): readonly Meter[] {
    return grants.flatMap((grant) => this.meterOf(grant) ?? []);
  }

  private meterOf(grant: string): GrantMeter | null {
    const quota = this.quotaOf(grant);
    const known = this.meters.get(grant);
    if (!quota) {
      if (known && this.meters.delete(grant)) this.changed++;
      return null;
    }
    if (known && JSON.stringify(known.quota) === JSON.stringify(quota)) return known;
    const meter = new GrantMeter(quota, this);
    if (known) {
      Object.assign(meter.day, known.day);
      Object.assign(meter.total, known.total);
    }
    this.turn();
    this.meters.set(grant, meter);
    meter.look();
    return meter;
  }

  /** Takes in what was written since it was called last, by all nodes. Not to be called while the ledger writes. */
  async refresh(q: Queryable): Promise<void> {
    this.turn();
    const uses = await q.query<Use>(
      // A little further back: a transaction's rows show later than they were stamped.
      `select grant_id as grant, day, requests, features, km2, changed_at as "changedAt" from yutu.grant_use
       where grant_id in (select grant_id from yutu.grant_use where changed_at >= $1::timestamptz - interval '60 seconds')`,
      [this.known],
    );
    const sums = new Map<string, { day: Amount; total: Amount }>();
    for (const use of uses) {
      if (this.known === '-infinity' || use.changedAt > this.known) this.known = use.changedAt;
      const sum = sums.get(use.grant) ?? { day: nothing(), total: nothing() };
      sums.set(use.grant, sum);
      add(sum.total, use);
      if (use.day === this.today) add(sum.day, use);
    }
    // A quota that was widened lets go, though nothing is counted under it any more.
    for (const grant of [...this.meters.keys()]) this.meterOf(grant);
    for (const [grant, sum] of sums) {
      const meter = this.meterOf(grant);
      if (!meter) continue;
      meter.day.kept = sum.day;
      meter.total.kept = sum.total;
      meter.look();
    }
  }
}
