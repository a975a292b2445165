import type { Filter } from '@yutu/tiles';
import { dayAfter, endOfDay } from '../catalogue/calendar.js';
import type { Action, FieldForm } from '../catalogue/definition.js';
import type { Bus } from '../db/bus.js';
import type { Database } from '../db/database.js';

/** A grant as the decision needs it: not revoked, its term as instants. */
export interface GrantFacts {
  id: string;
  layer: string;
  grantee: string;
  actions: Action[];
  fields: { name: string; form: FieldForm }[];
  rows: Filter | null;
  area: { id: string; hash: string } | null;
  from: number;
  until: number;
}

interface Row extends Omit<GrantFacts, 'from' | 'until' | 'area'> {
  areaId: string | null;
  areaHash: string | null;
  fromDate: string;
  untilDate: string;
}

/**
 * The grants that are not revoked, in memory, by grantee and layer. The only reader of `yutu.sharing_grant` for decisions.
 * `version` rises with every reload: what was compiled against an older one is thrown away.
 */
export class GrantBook {
  version = 0;
  private byGranteeAndLayer = new Map<string, GrantFacts[]>();
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
      `select g.id, g.layer, g.grantee, g.actions, g.fields, g.rows, g.area as "areaId", a.hash as "areaHash",
         g.from_date as "fromDate", g.until_date as "untilDate"
       from yutu.sharing_grant g left join yutu.area a on a.id = g.area
       where g.revoked_at is null and g.until_date >= current_date - 1
       order by g.id`,
    );
    const book = new Map<string, GrantFacts[]>();
    for (const { areaId, areaHash, fromDate, untilDate, ...row } of rows) {
      const grant: GrantFacts = {
        ...row,
        area: areaId === null ? null : { id: areaId, hash: areaHash! },
        from: endOfDay(this.timezone, dayAfter(fromDate, -1)),
        until: endOfDay(this.timezone, untilDate),
      };
      const at = `${row.grantee}\0${row.layer}`;
      book.set(at, [...(book.get(at) ?? []), grant]);
    }
    // An answer that was overtaken by a later one may still hold what has been revoked since.
    if (turn < this.taken) return;
    this.taken = turn;
    this.byGranteeAndLayer = book;
    this.version++;
  }

  of(grantee: string | null, layer: string): readonly GrantFacts[] {
    return (grantee !== null && this.byGranteeAndLayer.get(`${grantee}\0${layer}`)) || [];
  }

  /** Grants whose term began or ended after `from` and up to `to` (ms). */
  edgesBetween(from: number, to: number): GrantFacts[] {
    return [...this.byGranteeAndLayer.values()].flat().filter((g) => [g.from, g.until].some((edge) => edge > from && edge <= to));
  }
}
