import type { Agreement, SignInput } from '@yutu/contract';
import { record } from '../audit/chain.js';
import { today } from '../catalogue/calendar.js';
import { isUuid, type Queryable } from '../db/database.js';
import { badParameter, fail } from '../errors/fail.js';
import type { Caller } from '../identity/caller.js';
import { refuseWithheld } from './asks.js';
import { addresseeOf, grantsChanged, takeBack, toOrganisation } from './grant.js';
import { type GrantRow, grantsWhere } from './load.js';
import type { Ties } from './persons.js';
import { presentGrants } from './present.js';
import { refuse } from './refuse.js';
import type { RequestRooms } from './rooms.js';
import { type AgreementFacts, giverRefusal, hasLapsed, type Step, stepRefusal } from './rules.js';
import { giveAll, layersToShare } from './share.js';
import { tiesOf } from './ties.js';
import { grantsTold, type Told } from './told.js';

type User = Extract<Caller, { kind: 'user' }>;

interface AgreementRow extends Omit<AgreementFacts, 'to' | 'owners'> {
  id: string;
  title: string;
  reason: string;
  madeAt: string;
  signedBy: string | null;
  confirmedAt: string | null;
  reviewDue: string | null;
  reviewedBy: string | null;
  review: string | null;
}

const SELECT = `select a.id, a.kind, a.title, a.reason, a.party_a as "partyA", a.party_b as "partyB", a.made_by as "madeBy",
  a.made_at as "madeAt", a.signed_by as "signedBy", a.signed_at as "signedAt",
  a.confirm_by as "confirmBy", a.confirmed_by as "confirmedBy", a.confirmed_at as "confirmedAt", a.ended_at as "endedAt", a.review_due as "reviewDue",
  a.reviewed_by as "reviewedBy", a.reviewed_at as "reviewedAt", a.review from yutu.agreement a`;

/** Grants of agreements are told to the people of its parties, too, and of their layers' owners: those of layers they may know of. */
function agreedTold(rooms: RequestRooms, user: User): Told {
  const { where, params } = grantsTold(rooms, user);
  const near = `exists (select 1 from yutu.agreement p, yutu.layer l where p.id = g.agreement and l.id = g.layer
    and $1 in (p.party_a, p.party_b, l.owner))`;
  return { where: `(${where} or (g.layer = any($5::text[]) and ${near}))`, params };
}

/** Whoever is told of one of its grants, and the stewards of its parties. */
async function agreementsOf(rooms: RequestRooms, user: User, id: string | null): Promise<AgreementRow[]> {
  const { where, params } = agreedTold(rooms, user);
  return rooms.db.query<AgreementRow>(
    `${SELECT} where ($7::uuid is null or a.id = $7::uuid) and (a.made_by = $2 or ($6::boolean and $1 in (a.party_a, a.party_b))
       or exists (select 1 from yutu.sharing_grant g where g.agreement = a.id and ${where}))
     order by a.made_at desc limit 500`,
    [...params, id],
  );
}

/** @param day today in the instance's zone */
function statusOf(a: AgreementRow, day: string): Agreement['status'] {
  if (a.kind === 'emergency' && a.reviewedAt === null && a.reviewDue! <= day) return 'review_due';
  if (a.endedAt !== null || hasLapsed(a, Date.now())) return 'ended';
  if (a.confirmBy !== null && a.confirmedBy === null) return 'unconfirmed';
  return a.kind === 'pair' && a.signedAt === null ? 'unsigned' : 'in_force';
}

const STEPS: readonly Step[] = ['sign', 'confirm', 'review', 'end'];

/** Why the caller may not take a step; `grants` are those of the agreement. */
function refusalOf(rooms: RequestRooms, step: Step, a: AgreementRow, grants: readonly GrantRow[], user: User, ties: Ties) {
  const owners = grants.flatMap((g) => rooms.catalogue.layers.get(g.layer)?.owner ?? []);
  const facts = { ...a, to: grants.map(addresseeOf), owners };
  return stepRefusal(step, facts, user, ties, rooms.catalogue.instance.emergency.duty, Date.now());
}

async function present(rooms: RequestRooms, user: User, rows: readonly AgreementRow[]): Promise<Agreement[]> {
  const ids = rows.map((a) => a.id);
  const grants = ids.length ? await grantsWhere(rooms.db, 'g.agreement = any($1::uuid[])', [ids]) : [];
  const { where, params } = agreedTold(rooms, user);
  const told = ids.length ? await grantsWhere(rooms.db, `${where} and g.agreement = any($7::uuid[])`, [...params, ids]) : [];
  const presented = await presentGrants(rooms, user, told);
  const ties = await tiesOf(rooms.db, rooms.catalogue, user);
  const organisation = (id: string) => rooms.catalogue.organisation(id);
  const day = today(rooms.timezone);
  return rows.map((a) => {
    const own = grants.filter((g) => g.agreement === a.id);
    return {
      ...a,
      status: statusOf(a, day),
      partyA: organisation(a.partyA),
      partyB: a.partyB === null ? null : organisation(a.partyB),
      grants: presented.filter((g) => g.agreement === a.id),
      can: STEPS.filter((step) => refusalOf(rooms, step, a, own, user, ties) === null),
    };
  });
}

export const listAgreements = async (rooms: RequestRooms, user: User) =>
  present(rooms, user, await agreementsOf(rooms, user, null));

/** @throws `agreement_not_found`, also for one that is not the caller's to know of */
export async function oneAgreement(rooms: RequestRooms, user: User, id: string) {
  const row = await find(rooms, user, id);
  return (await present(rooms, user, [row]))[0]!;
}

async function find(rooms: RequestRooms, user: User, id: string): Promise<AgreementRow> {
  const [row] = isUuid(id) ? await agreementsOf(rooms, user, id) : [];
  return row ?? fail('agreement_not_found');
}

/**
 * Under the row's lock: who comes second finds it signed, confirmed, ended or reviewed.
 * @throws as `rules.ts` says
 */
async function locked(q: Queryable, rooms: RequestRooms, { id }: AgreementRow, user: User, step: Step): Promise<void> {
  const [row] = await q.query<AgreementRow>(`${SELECT} where a.id = $1::uuid for update`, [id]);
  const grants = await grantsWhere(q, 'g.agreement = $1::uuid', [id]);
  const refusal = refusalOf(rooms, step, row!, grants, user, await tiesOf(q, rooms.catalogue, user));
  refuse(refusal, step === 'review' ? 'auditor / security' : 'steward', { status: statusOf(row!, today(rooms.timezone)), step });
}

/** The other side of a pair gives its part; then both are in force. */
export async function signAgreement(rooms: RequestRooms, user: User, id: string, input: SignInput): Promise<void> {
  const row = await find(rooms, user, id);
  const layers = layersToShare(rooms, user, input.layers);
  refuse(
    giverRefusal(
      user,
      'pair',
      layers.map((l) => l.owner),
      [],
    ),
  );
  layers.forEach(refuseWithheld);
  if (layers.length > 1 && input.fields !== null)
    badParameter('fields', '几个图层一起共享时不能逐个列字段', 'several layers are shared with the fields they offer: null');
  const to = toOrganisation(row.partyA);
  const changed: GrantRow[] = [];
  await rooms.db.tx(async (q) => {
    await locked(q, rooms, row, user, 'sign');
    await giveAll(q, rooms, user, layers, to, input, {
      kind: 'pair',
      agreement: row.id,
      active: true,
      purpose: row.reason,
      endsAt: null,
    });
    await q.query('update yutu.agreement set signed_by = $2, signed_at = now() where id = $1::uuid', [row.id, user.name]);
    await q.query('update yutu.sharing_grant set active = true where agreement = $1::uuid', [row.id]);
    changed.push(...(await grantsWhere(q, 'g.agreement = $1::uuid', [row.id])));
    await record(q, {
      actor: user.name,
      organisation: user.organisation,
      action: 'agreement_signed',
      subject: row.id,
      detail: { kind: row.kind, layers: input.layers },
    });
    for (const g of changed) await rooms.bus.announce(q, grantsChanged(g.layer, addresseeOf(g)));
  });
  for (const g of changed) await rooms.bus.deliver(grantsChanged(g.layer, addresseeOf(g)));
}

/** A second person stands by an emergency: its grants hold for their whole term. */
export async function confirmAgreement(rooms: RequestRooms, user: User, id: string): Promise<void> {
  const row = await find(rooms, user, id);
  const grants: GrantRow[] = [];
  await rooms.db.tx(async (q) => {
    await locked(q, rooms, row, user, 'confirm');
    await q.query('update yutu.agreement set confirmed_by = $2, confirmed_at = now() where id = $1::uuid', [row.id, user.name]);
    await q.query('update yutu.sharing_grant set ends_at = null where agreement = $1::uuid', [row.id]);
    grants.push(...(await grantsWhere(q, 'g.agreement = $1::uuid', [row.id])));
    await record(q, {
      actor: user.name,
      organisation: user.organisation,
      action: 'emergency_confirmed',
      subject: row.id,
      detail: { openedBy: row.madeBy },
    });
    for (const g of grants) await rooms.bus.announce(q, grantsChanged(g.layer, addresseeOf(g)));
  });
  for (const g of grants) await rooms.bus.deliver(grantsChanged(g.layer, addresseeOf(g)));
}

/** What was found when an emergency was looked at. */
export async function reviewAgreement(rooms: RequestRooms, user: User, id: string, text: string): Promise<void> {
  const row = await find(rooms, user, id);
  await rooms.db.tx(async (q) => {
    await locked(q, rooms, row, user, 'review');
    await q.query('update yutu.agreement set reviewed_by = $2, reviewed_at = now(), review = $3 where id = $1::uuid', [
      row.id,
      user.name,
      text,
    ]);
    await record(q, {
      actor: user.name,
      organisation: user.organisation,
      action: 'emergency_reviewed',
      subject: row.id,
      detail: { text },
    });
  });
}

/** Ends it with all its grants. When this returns, no surface of this node gives them any more. */
export async function endAgreement(rooms: RequestRooms, user: User, id: string, reason: string): Promise<void> {
  const row = await find(rooms, user, id);
  const grants: GrantRow[] = [];
  await rooms.db.tx(async (q) => {
    await locked(q, rooms, row, user, 'end');
    await q.query('update yutu.agreement set ended_at = now() where id = $1::uuid', [row.id]);
    await record(q, {
      actor: user.name,
      organisation: user.organisation,
      action: 'agreement_ended',
      subject: row.id,
      detail: { kind: row.kind, reason },
    });
    grants.push(...(await grantsWhere(q, 'g.agreement = $1::uuid and g.revoked_at is null', [row.id])));
    for (const grant of grants) await takeBack(q, rooms, user, grant, reason);
  });
  for (const grant of grants) await rooms.bus.deliver(grantsChanged(grant.layer, addresseeOf(grant)));
}
