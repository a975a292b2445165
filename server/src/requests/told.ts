import { layersTold } from '../access/told.js';
import { type Caller, hasRole, isStewardOf, namesOf } from '../identity/caller.js';
import type { RequestRooms } from './rooms.js';

type User = Extract<Caller, { kind: 'user' }>;
type Rooms = Pick<RequestRooms, 'catalogue' | 'decisions'>;

/** A condition in SQL, with the parameters that it uses up, the first of which is $1. */
export interface Told {
  where: string;
  params: unknown[];
}

const ownedBy = ({ catalogue }: Rooms, user: User): string[] =>
  [...catalogue.layers.values()].filter((layer) => isStewardOf(user, layer.owner)).map((layer) => layer.id);

/**
 * Which grants `g` a person is told of: the stewards of the layer's owner, auditors and security administrators of each; its organisation
 * of those whose layer the reader may discover; in person whoever it names, answers for the key it names, or asked for it; and the
 * stewards who sign or confirm the agreement it belongs to.
 */
export function grantsTold(rooms: Rooms, user: User): Told {
  const agreed = `exists (select 1 from yutu.agreement a where a.id = g.agreement and ($1 in (a.party_a, a.party_b)
    or (a.kind = 'emergency' and exists (select 1 from yutu.sharing_grant o where o.agreement = a.id and o.layer = any($4::text[])))))`;
  return {
    where: `($3::boolean or g.layer = any($4::text[]) or (g.grantee = $1 and g.layer = any($5::text[]))
      or (g.subject_kind = 'person' and g.subject = $2)
      or (g.subject_kind = 'key' and exists (select 1 from yutu.api_key k where k.id::text = g.subject and k.holder = $2))
      or exists (select 1 from yutu.request r where r.id = g.request and r.applicant = $2 and r.organisation = $1)
      or ($6::boolean and ${agreed}))`,
    params: [
      user.organisation,
      user.name,
      hasRole(user, 'auditor', 'security'),
      ownedBy(rooms, user),
      layersTold(rooms, user),
      hasRole(user, 'steward'),
    ],
  };
}

/** Boxes of requests: the own organisation's, those that wait for the reader's answer, or all that they may know of. */
export type Box = 'mine' | 'inbox' | 'all';

/**
 * Which requests `r` (extension `x`) a person is told of: the own; once it was submitted the organisation's
 * people, if they may discover the layer, the stewards of the layer's owner, the auditors, and the data authority where it is asked for more time.
 */
export function requestsTold(rooms: Rooms, user: User, box: Box = 'all'): Told {
  // What was never submitted is nobody else's to see, also when it was withdrawn.
  const mine = `(r.organisation = $1 and (r.applicant = any($2::text[]) or (r.submitted_at is not null and r.layer = any($4::text[]))))`;
  const inbox = `(r.layer = any($3::text[]) and r.submitted_at is not null)`;
  const extended = `($5::boolean and x.request is not null)`;
  const where = {
    mine,
    inbox: `(${inbox} or (${extended} and x.agreed is null and r.status = 'submitted'))`,
    all: `(${mine} or ${inbox} or ${extended} or ($6::boolean and r.submitted_at is not null))`,
  }[box];
  const params = [
    user.organisation,
    namesOf(user),
    ownedBy(rooms, user),
    layersTold(rooms, user),
    hasRole(user, 'security'),
    hasRole(user, 'auditor'),
  ];
  // Every parameter is of a known type, whichever the condition uses.
  const typed = `$1::text is not null and $2::text[] is not null and $3::text[] is not null and $4::text[] is not null
    and $5::boolean is not null and $6::boolean is not null`;
  return { where: `(${typed}) and ${where}`, params };
}
