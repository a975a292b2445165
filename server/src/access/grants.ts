import type { Filter } from '@yutu/tiles';
import { dayAfter, endOfDay, today } from '../catalogue/calendar.js';
import type { Action, FieldForm } from '../catalogue/definition.js';
import type { SubjectKind } from '../catalogue/subjects.js';
import type { Bus } from '../db/bus.js';
import type { Database, Queryable } from '../db/database.js';
import type { Precision } from './precision.js';
import { subjectKey } from './subject.js';

type AreaRef = { id: string; hash: string };

/** A grant as the decision needs it: not revoked, its term as instants. */
export interface GrantFacts {
  id: string;
  layer: string;
  subjectKind: SubjectKind;
  /** See subjectKey. */
  subject: string;
  /** The organisation that answers for it; null when it addresses no single one. */
  grantee: string | null;
  actions: Action[];
  /** Null: every field in the form it offers first. */
  fields: { name: string; form: FieldForm }[] | null;
  rows: Filter | null;
  area: AreaRef | null;
  /** Each organisation sees the area of its own division, by division code; null: not so limited. */
  jurisdiction: ReadonlyMap<string, AreaRef> | null;
  maxZoom: number | null;
  precision: Precision | null;
  /** Whether it can be used up. */
  hasQuota: boolean;
  from: number;
  until: number;
}

/** What a grant may be used for: on a day of the instance's zone, and in all. */
export interface Quota {
  requestsPerDay?: number;
  featuresPerDay?: number;
  km2PerDay?: number;
  requests?: number;
  features?: number;
  km2?: number;
}

interface Row {
  id: string;
  layer: string;
  subjectKind: SubjectKind;
  subject: string | null;
  grantee: string | null;
  actions: Action[];
  fields: GrantFacts['fields'];
  rows: Filter | null;
  maxZoom: number | null;
  precision: Precision | null;
  areaId: string | null;
  areaHash: string | null;
  edition: string | null;
  quota: Quota | null;
  fromDate: string;
  untilDate: string;
  endsAt: number | null;
}

const SELECT = `select g.id, g.layer, g.subject_kind as "subjectKind", g.subject, g.grantee, g.actions, g.fields, g.rows,
    g.max_zoom as "maxZoom", g.precision, g.area as "areaId", a.hash as "areaHash", g.jurisdiction as edition, g.quota,
    g.from_date as "fromDate", g.until_date as "untilDate", extract(epoch from g.ends_at)::float8 * 1000 as "endsAt"
  from yutu.sharing_grant g left join yutu.area a on a.id = g.area`;

/**
 * The grants that are not revoked, nor ended with a person who moved, in memory, by layer and subject. The only reader of `yutu.sharing_grant` for decisions.
 * `version` rises with every reload: what was compiled against an older one is thrown away.
 */
export class GrantBook {
  version = 0;
  private byLayer = new Map<string, Map<string, GrantFacts[]>>();
  private mentioned = new Set<string>();
  private quotas = new Map<string, Quota>();
  private ends = new Map<string, number>();
  private asked = 0;
  private taken = 0;

  constructor(
    private readonly db: Database,
    bus: Bus,
    private readonly timezone: string,
  ) {
    bus.subscribe((message) => (message.kind === 'grants' || message.kind === 'all' ? this.reload() : undefined));
  }

  async reload(): Promise<void> {
    const turn = ++this.asked;
    const rows = await this.db.query<Row>(
      // By the instance's day: the database's may be another one.
      `${SELECT} where g.revoked_at is null and g.moved_at is null and g.active and g.until_date >= $1::date order by g.id`,
      [today(this.timezone)],
    );
    const editions = await jurisdictions(this.db, [...new Set(rows.flatMap((r) => r.edition ?? []))]);
    const book = new Map<string, Map<string, GrantFacts[]>>();
    const mentioned = new Set<string>();
    const quotas = new Map<string, Quota>();
    const ends = new Map<string, number>();
    for (const row of rows) {
      const grant = factsOf(row, editions, this.timezone);
      const ofLayer = book.get(grant.layer) ?? new Map<string, GrantFacts[]>();
      book.set(grant.layer, ofLayer);
      const same = ofLayer.get(grant.subject);
      if (same) same.push(grant);
      else ofLayer.set(grant.subject, [grant]);
      mentioned.add(grant.subject);
      ends.set(grant.id, grant.until);
      if (row.quota) quotas.set(row.id, row.quota);
    }
    // An answer that was overtaken by a later one may still hold what has been revoked since.
    if (turn < this.taken) return;
    this.taken = turn;
    this.byLayer = book;
    this.mentioned = mentioned;
    this.quotas = quotas;
    this.ends = ends;
    this.version++;
  }

  /** Whether any grant addresses the subject. */
  mentions(subject: string): boolean {
    return this.mentioned.has(subject);
  }

  /** Whether a grant is neither revoked nor over. */
  stands(grant: string): boolean {
    return (this.ends.get(grant) ?? 0) > Date.now();
  }

  /** The quota of a grant in force; null: none. */
  quotaOf(grant: string): Quota | null {
    return this.quotas.get(grant) ?? null;
  }

  /** Grants of the layer to any of the subjects. */
  of(subjects: readonly string[], layer: string): readonly GrantFacts[] {
    const ofLayer = this.byLayer.get(layer);
    return ofLayer ? subjects.flatMap((subject) => ofLayer.get(subject) ?? []) : [];
  }

  /** Grants whose term began or ended after `from` and up to `to` (ms). */
  edgesBetween(from: number, to: number): GrantFacts[] {
    const edges: GrantFacts[] = [];
    for (const ofLayer of this.byLayer.values())
      for (const grants of ofLayer.values())
        for (const g of grants) if ([g.from, g.until].some((edge) => edge > from && edge <= to)) edges.push(g);
    return edges;
  }
}

/** The organisations that hear of a grant; null: it may concern anybody. */
export const addressed = (subjectKind: SubjectKind, grantee: string | null): string[] | null =>
  grantee !== null && ['organisation', 'person', 'key'].includes(subjectKind) ? [grantee] : null;

function factsOf(row: Row, editions: Map<string, Map<string, AreaRef>>, timezone: string): GrantFacts {
  const { areaId, areaHash, edition, fromDate, untilDate, endsAt, subject, quota, ...rest } = row;
  return {
    ...rest,
    subject: subjectKey(row.subjectKind, subject),
    area: areaId === null ? null : { id: areaId, hash: areaHash! },
    jurisdiction: edition === null ? null : (editions.get(edition) ?? new Map()),
    hasQuota: quota !== null,
    from: endOfDay(timezone, dayAfter(fromDate, -1)),
    until: Math.min(endOfDay(timezone, untilDate), endsAt ?? Number.POSITIVE_INFINITY),
  };
}

/** The frozen areas of single divisions, by edition and code. */
export async function jurisdictions(db: Queryable, editions: readonly string[]): Promise<Map<string, Map<string, AreaRef>>> {
  const found = new Map<string, Map<string, AreaRef>>(editions.map((e) => [e, new Map()]));
  if (editions.length === 0) return found;
  const rows = await db.query<AreaRef & { edition: string; code: string }>(
    `select distinct on (division_edition, divisions[1]) id, hash, division_edition as edition, divisions[1] as code from yutu.area
     where cardinality(divisions) = 1 and division_edition = any($1::text[]) order by division_edition, divisions[1], id`,
    [editions],
  );
  for (const { edition, code, ...area } of rows) found.get(edition)!.set(code, area);
  return found;
}
