import type { Action, Extension, FieldAsk, Precision, Quota, RequestStatus, SubjectKind } from '@yutu/contract';
import { type Area, loadAreas } from '../access/areas.js';
import { isUuid, type Queryable } from '../db/database.js';

export interface RequestRow {
  id: string;
  number: string;
  status: RequestStatus;
  layer: string;
  organisation: string;
  applicant: string;
  applicantZh: string;
  applicantEn: string;
  purpose: string | null;
  matter: string | null;
  necessity: string | null;
  actions: Action[];
  fields: FieldAsk[];
  areaId: string | null;
  from: string | null;
  until: string | null;
  createdAt: string;
  submittedAt: string | null;
  answerDays: number | null;
  usedBefore: number;
  clockFrom: string | null;
  decidedBy: string | null;
  decidedByName: string | null;
  decidedAt: string | null;
  reasonCode: string | null;
  reason: string | null;
  /** Whether the applicant was told once what is missing. */
  corrected: boolean;
  extendedBy: number;
  extension: Extension | null;
}

/** An instant within a JSON value. */
const instant = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const SELECT = `select r.id, r.number, r.status, r.layer, r.organisation, r.applicant, a.name_zh as "applicantZh", a.name_en as "applicantEn",
  r.purpose, r.matter, r.necessity, r.actions, r.fields, r.area as "areaId", r.from_date as "from", r.until_date as "until",
  r.created_at as "createdAt", r.submitted_at as "submittedAt", r.answer_days as "answerDays", r.used_before as "usedBefore",
  r.clock_from as "clockFrom", r.decided_by as "decidedBy", d.name_zh as "decidedByName", r.decided_at as "decidedAt",
  r.reason_code as "reasonCode", r.reason,
  exists (select 1 from yutu.request_event e where e.request = r.id and e.event = 'correction_asked') as corrected,
  case when x.agreed then x.days else 0 end as "extendedBy",
  case when x.request is not null then jsonb_build_object('days', x.days, 'reason', x.reason, 'askedBy', x.asked_by, 'askedAt', ${instant('x.asked_at')},
    'agreed', x.agreed, 'answeredBy', x.answered_by, 'answeredAt', ${instant('x.answered_at')}, 'answer', x.answer) end as extension
  from yutu.request r join yutu.account a on a.username = r.applicant left join yutu.account d on d.username = r.decided_by
  left join yutu.request_extension x on x.request = r.id`;

export const requestsWhere = (q: Queryable, where: string, params: unknown[]): Promise<RequestRow[]> =>
  q.query<RequestRow>(`${SELECT} where ${where} order by r.created_at desc limit 500`, params);

export async function requestById(q: Queryable, id: string): Promise<RequestRow | null> {
  if (!isUuid(id)) return null;
  const [row] = await q.query<RequestRow>(`${SELECT} where r.id = $1::uuid`, [id]);
  return row ?? null;
}

export interface GrantRow {
  id: string;
  layer: string;
  subjectKind: SubjectKind;
  subject: string | null;
  grantee: string | null;
  request: string | null;
  actions: Action[];
  fields: FieldAsk[] | null;
  rows: string | null;
  areaId: string | null;
  jurisdiction: string | null;
  maxZoom: number | null;
  precision: Precision | null;
  quota: Quota | null;
  kind: 'single' | 'base' | 'theme' | 'pair' | 'emergency';
  agreement: string | null;
  signed: boolean;
  purpose: string | null;
  from: string;
  until: string;
  /** When it ends by itself before its last day. */
  endsAt: string | null;
  grantedBy: string;
  grantedAt: string;
  revokedAt: string | null;
  revokedReason: string | null;
  /** Its person left the organisation for which it was given. */
  moved: boolean;
}

const GRANT = `select g.id, g.layer, g.subject_kind as "subjectKind", g.subject, g.grantee, g.jurisdiction, g.max_zoom as "maxZoom",
  g.precision, g.quota, g.kind, g.agreement, g.active as signed, g.purpose, g.request, g.actions, g.fields, g.rows_text as rows, g.area as "areaId", g.from_date as "from",
  g.until_date as "until", g.ends_at as "endsAt", g.granted_by as "grantedBy", g.granted_at as "grantedAt", g.revoked_at as "revokedAt",
  g.revoked_reason as "revokedReason", g.moved_at is not null as moved from yutu.sharing_grant g`;

export const grantsWhere = (q: Queryable, where: string, params: unknown[]): Promise<GrantRow[]> =>
  q.query<GrantRow>(`${GRANT} where ${where} order by g.granted_at desc limit 1000`, params);

export interface EventRow {
  request: string;
  at: string;
  by: string;
  event: string;
  text: string | null;
}

/** Grants, areas, events and last uses that belong to a page of requests, in four queries whatever its length. */
export async function companions(q: Queryable, requests: readonly RequestRow[], grants: readonly GrantRow[] = []) {
  const ids = requests.map((r) => r.id);
  const own = ids.length ? await grantsWhere(q, 'g.request = any($1::uuid[])', [ids]) : [];
  const all = [...own, ...grants];
  const areaIds = [...requests, ...all].flatMap((r) => r.areaId ?? []);
  const areas: Map<string, Area> = await loadAreas(q, [...new Set(areaIds)]);
  const events = ids.length
    ? await q.query<EventRow>(
        'select request, at, by, event, text from yutu.request_event where request = any($1::uuid[]) order by at',
        [ids],
      )
    : [];
  const used = all.length
    ? await q.query<{ grant: string; at: string }>(
        'select grant_id as grant, max(last_at) as at from yutu.grant_use where grant_id = any($1::text[]) group by grant_id',
        [all.map((g) => g.id)],
      )
    : [];
  return { grants: own, areas, events, lastUsed: new Map(used.map((u) => [u.grant, u.at])) };
}
