import type { Collection, Grant, Organisation, Subject } from '../api/types';
import { readSubject, subjectKey } from './subject';

export const SEATS = ['public', 'department', 'district', 'revoked'] as const;
export type Seat = (typeof SEATS)[number];

const live = (g: Grant) => g.status === 'active';

/**
 * Who sits before the four maps unless the address says: the public; a department with a grant in force; a district, the one within
 * the department's area first; an organisation whose grant was revoked and that has none in force.
 */
export function seatsOf(
  grants: Grant[],
  organisations: Organisation[],
  owner: string,
  asked: Partial<Record<Seat, string>> = {},
): Record<Seat, Subject> {
  const kindOf = new Map(organisations.map((o) => [o.id, o.kind]));
  const to = (of: Grant[], kind: Organisation['kind']) =>
    of.find((g) => g.subject.kind === 'organisation' && g.subject.id !== owner && kindOf.get(g.subject.id!) === kind);
  const current = grants.filter(live);
  // one with an area tells more, and who was asked for goes before
  const wanted = readSubject(asked.department);
  const department = wanted
    ? current.find((g) => g.subject.kind === wanted.kind && g.subject.id === wanted.id)
    : (to(
        current.filter((g) => g.area?.divisions),
        'department',
      ) ?? to(current, 'department'));
  const within = department?.area?.divisions ?? [];
  const districts = organisations.filter((o) => o.kind === 'district' && o.division);
  const district = districts.find((o) => within.includes(o.division!)) ?? districts[0];
  const served = new Set(current.map((g) => g.subject.id));
  const revoked = grants.find((g) => g.status === 'revoked' && g.subject.kind === 'organisation' && !served.has(g.subject.id));
  const spare = organisations.filter((o) => o.kind === 'department' && o.id !== owner);
  const organisation = (id: string | null | undefined): Subject => ({ kind: 'organisation', ...(id ? { id } : {}) });
  const found: Record<Seat, Subject> = {
    public: { kind: 'public' },
    department: organisation(department?.subject.id ?? spare[0]?.id),
    district: organisation(district?.id),
    revoked: organisation(revoked?.subject.id ?? spare.at(-1)?.id),
  };
  return Object.fromEntries(SEATS.map((seat) => [seat, readSubject(asked[seat]) ?? found[seat]])) as Record<Seat, Subject>;
}

/** How a map shows at a glance what its person gets. */
export function glance(seen: Collection | null): 'sees' | 'part' | 'blind' {
  if (!seen?.yutu.access.actions.includes('view')) return 'blind';
  const { area, rows, precision, maxZoom } = seen.yutu.access;
  const whole = !area && !rows && !precision && maxZoom == null && seen.yutu.fields.every((f) => f.form === 'value');
  return whole ? 'sees' : 'part';
}

/** The address of the tile of a preview under a place, as one would copy it from the browser. Degrees, whole zoom. */
export function tileAddress(origin: string, layer: string, token: string, [lon, lat]: [number, number], zoom: number): string {
  const z = Math.round(zoom);
  const n = 2 ** z;
  const x = Math.min(n - 1, Math.max(0, Math.floor(((lon + 180) / 360) * n)));
  const rad = (lat * Math.PI) / 180;
  const y = Math.min(n - 1, Math.max(0, Math.floor(((1 - Math.asinh(Math.tan(rad)) / Math.PI) / 2) * n)));
  return `${origin}/api/collections/${layer}/tiles/WebMercatorQuad/${z}/${y}/${x}?preview=${token}`;
}

export const seatKeys = (seats: Record<Seat, Subject>) => SEATS.map((seat) => subjectKey(seats[seat]));
