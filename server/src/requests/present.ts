import type { Grant, RequestStatus, ShareRequest } from '@yutu/contract';
import { parseCql2Text } from '@yutu/tiles';
import { mayRead, valuedFields } from '../access/visible.js';
import { today } from '../catalogue/calendar.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { classOf } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';
import { type Caller, hasRole, isStewardOf } from '../identity/caller.js';
import { clockOf } from './clock.js';
import { companions, type GrantRow, type RequestRow } from './load.js';
import type { Ties } from './persons.js';
import { policyChecks, suggestion } from './policy.js';
import type { RequestRooms } from './rooms.js';
import { changeRefusal, decisionRefusal, extensionRefusal } from './rules.js';
import { stateOf } from './state.js';
import { presentSubject } from './subject.js';
import { standInsOf } from './ties.js';

const layerRef = (catalogue: Catalogue, id: string) => {
  const layer = catalogue.layers.get(id);
  return { id, titleZh: layer?.titleZh ?? id, titleEn: layer?.titleEn ?? id };
};

type Companions = Awaited<ReturnType<typeof companions>>;

/**
 * A grant's condition on rows as text. It holds values of the fields it speaks of: who is neither the owner nor looks after the log reads it only
 * where they see those values, and is else told that there is one.
 */
function rowsFor(
  { catalogue, decisions }: RequestRooms,
  caller: Caller,
  row: GrantRow,
): { rows: string | null; rowsHidden?: true } {
  const layer = catalogue.layers.get(row.layer);
  if (row.rows === null || !layer || isStewardOf(caller, layer.owner) || hasRole(caller, 'auditor', 'security'))
    return { rows: row.rows };
  const valued = valuedFields(decisions.of(caller, layer).views);
  return mayRead(parseCql2Text(row.rows), valued) ? { rows: row.rows } : { rows: null, rowsHidden: true };
}

function presentGrant(rooms: RequestRooms, caller: Caller, row: GrantRow, beside: Companions): Grant {
  const { catalogue } = rooms;
  const now = today(rooms.timezone);
  const status = row.revokedAt
    ? 'revoked'
    : row.moved
      ? 'moved'
      : row.until < now || (row.endsAt !== null && Date.parse(row.endsAt) <= Date.now())
        ? 'expired'
        : !row.signed
          ? 'unsigned'
          : row.from > now
            ? 'future'
            : 'active';
  const { areaId, layer, grantee, subjectKind, subject, signed: _signed, moved: _moved, ...rest } = row;
  return {
    ...rest,
    ...rowsFor(rooms, caller, row),
    layer: layerRef(catalogue, layer),
    subject: presentSubject(catalogue, subjectKind, subject),
    grantee: grantee === null ? null : catalogue.organisation(grantee),
    status,
    area: areaId ? (beside.areas.get(areaId) ?? null) : null,
    lastUsed: beside.lastUsed.get(row.id) ?? null,
    can:
      !['revoked', 'expired', 'moved'].includes(status) && isStewardOf(caller, catalogue.layers.get(layer)?.owner ?? '')
        ? ['revoke']
        : [],
  };
}

export async function presentGrants(rooms: RequestRooms, caller: Caller, rows: GrantRow[]): Promise<Grant[]> {
  const beside = await companions(rooms.db, [], rows);
  return rows.map((row) => presentGrant(rooms, caller, row, beside));
}

/** What was asked and not given. */
function leftOut(row: RequestRow, grant: GrantRow | undefined, beside: Companions) {
  if (!grant) return null;
  const given = new Map(grant.fields?.map((f) => [f.name, f.form]));
  const [asked, got] = [
    row.areaId ? beside.areas.get(row.areaId) : undefined,
    grant.areaId ? beside.areas.get(grant.areaId) : undefined,
  ];
  const divisions = asked?.divisions && got?.divisions ? asked.divisions.filter((d) => !got.divisions!.includes(d)) : [];
  return {
    actions: row.actions.filter((a) => !grant.actions.includes(a)),
    fields: (grant.fields === null ? [] : row.fields).filter((f) => given.get(f.name) !== f.form).map((f) => f.name),
    divisions,
    areaKm2: asked && got ? Math.max(0, Math.round((asked.areaKm2 - got.areaKm2) * 10) / 10) : 0,
    term: row.until !== null && grant.until < row.until ? row.until : null,
  };
}

function abilities(
  catalogue: Catalogue,
  caller: Caller,
  row: RequestRow,
  grant: Pick<Grant, 'can'> | null,
  ties: Pick<Ties, 'standIns'>,
): ShareRequest['can'] {
  const can: ShareRequest['can'] = [];
  const may = (deed: 'edit' | 'submit' | 'withdraw') => caller.kind === 'user' && changeRefusal(caller, deed, row) === null;
  const open = row.status === 'draft' || row.status === 'correction';
  if (open) can.push(...(['edit', 'submit'] as const).filter(may));
  if ((open || row.status === 'submitted') && may('withdraw')) can.push('withdraw');
  const owner = catalogue.layers.get(row.layer)?.owner ?? '';
  if (row.status === 'submitted' && caller.kind === 'user' && decisionRefusal(caller, row, owner, ties) === null)
    can.push(
      'decide',
      ...(row.corrected ? [] : (['correct'] as const)),
      ...(row.extension === null || row.extension.agreed === false ? (['extend'] as const) : []),
    );
  if (row.status === 'submitted' && caller.kind === 'user' && row.extension?.agreed === null) {
    const asked = { ...row, askedBy: row.extension.askedBy };
    if (extensionRefusal(caller, asked, owner, ties) === null) can.push('answer_extension');
  }
  return [...can, ...(grant?.can ?? [])];
}

/** What was decided, as the state that a request is in tells of it: one that goes on was sent back for correction. */
const outcomeOf = (status: RequestStatus) =>
  status === 'granted' || status === 'narrower' || status === 'refused' ? status : 'correction';

/** Requests as the API gives them; with the evidence for a decision when `evidence` and the caller may decide. */
export async function presentRequests(
  rooms: RequestRooms,
  caller: Caller,
  rows: RequestRow[],
  q: Queryable = rooms.db,
): Promise<ShareRequest[]> {
  const { catalogue } = rooms;
  const beside = await companions(q, rows);
  const now = today(rooms.timezone);
  const ties = {
    standIns: caller.kind === 'user' && hasRole(caller, 'steward', 'security') ? await standInsOf(q, caller.name) : [],
  };
  return rows.map((row) => {
    const layer = catalogue.layers.get(row.layer);
    const grantRow = beside.grants.find((g) => g.request === row.id);
    const grant = grantRow ? presentGrant(rooms, caller, grantRow, beside) : null;
    const asked = {
      actions: row.actions,
      fields: row.fields,
      area: row.areaId ? (beside.areas.get(row.areaId) ?? null) : null,
      from: row.from,
      until: row.until,
    };
    const matter = catalogue.instance.matters.find((m) => m.code === row.matter);
    const can = abilities(catalogue, caller, row, grant, ties);
    const decides = layer !== undefined && isStewardOf(caller, layer.owner);
    return {
      id: row.id,
      number: row.number,
      status: row.status,
      layer: {
        ...layerRef(catalogue, row.layer),
        class: layer ? classOf(layer) : 'conditional',
        owner: catalogue.organisation(layer?.owner ?? ''),
      },
      applicant: {
        username: row.applicant,
        nameZh: row.applicantZh,
        nameEn: row.applicantEn,
        organisation: catalogue.organisation(row.organisation),
      },
      purpose: row.purpose,
      matter: row.matter === null ? null : (matter ?? { code: row.matter, titleZh: row.matter, titleEn: row.matter }),
      necessity: row.necessity,
      ...asked,
      createdAt: row.createdAt,
      submittedAt: row.submittedAt,
      clock: clockOf(catalogue.calendar, row, now),
      extension: row.extension,
      decision:
        row.decidedAt === null
          ? null
          : {
              outcome: outcomeOf(row.status),
              by: row.decidedBy ?? '',
              byName: row.decidedByName ?? row.decidedBy ?? '',
              at: row.decidedAt,
              reasonCode: row.reasonCode,
              reason: row.reason,
              leftOut: leftOut(row, grantRow, beside),
            },
      grant,
      history: beside.events.filter((e) => e.request === row.id).map(({ at, by, event, text }) => ({ at, by, event, text })),
      can,
      ...(decides && layer
        ? {
            state: stateOf(row, layer),
            checks: policyChecks(layer, asked, now, catalogue.instance.levels[layer.securityLevel]),
            suggestion: suggestion(layer, asked, now),
          }
        : {}),
    };
  });
}

/** Earlier answers on the same layer, newest first. */
export async function precedents(rooms: RequestRooms, row: RequestRow) {
  const found = await rooms.db.query<{ organisation: string; matter: string | null; outcome: RequestStatus; days: number }>(
    `select organisation, matter, status as outcome, greatest(0, (decided_at::date - submitted_at::date)) as days
     from yutu.request where layer = $1 and id <> $2::uuid and status in ('granted', 'narrower', 'refused') and submitted_at is not null
     order by decided_at desc limit 5`,
    [row.layer, row.id],
  );
  return found.map((p) => {
    const o = rooms.catalogue.organisation(p.organisation);
    const m = rooms.catalogue.instance.matters.find((x) => x.code === p.matter);
    return {
      organisationZh: o.titleZh,
      organisationEn: o.titleEn,
      matter: m?.titleZh ?? p.matter,
      outcome: p.outcome,
      days: p.days,
    };
  });
}
