import type { Action, Area, FieldAsk, Grant, GrantInput, ShareRequest } from '../api/types';

/** What was asked beside what was given, item by item. `same` items are said to be as asked. */
export interface Difference {
  area: { same: boolean; leftOut: string[] }; // leftOut: division codes; empty when the difference is not one of divisions
  fields: { same: boolean; dropped: string[]; coded: string[] }; // coded: asked as value, given masked or as code
  actions: { same: boolean; dropped: Action[] };
  term: { same: boolean };
  count: number; // items that differ
}

type Side = { actions: Action[]; fields: FieldAsk[]; until: string | null };
type Asked = Side & { area: Pick<Area, 'divisions' | 'areaKm2'> | null };
type Given = Omit<Side, 'fields'> & { fields: FieldAsk[] | null; area: Pick<Area, 'divisions' | 'areaKm2'> | null };

export function difference(asked: Asked, given: Given): Difference {
  const area = areaDifference(asked.area, given.area);
  const all = given.fields ?? asked.fields;
  const form = new Map(all.map((f) => [f.name, f.form]));
  const dropped = asked.fields.filter((f) => !form.has(f.name)).map((f) => f.name);
  const coded = asked.fields
    .filter((f) => f.form === 'value' && form.has(f.name) && form.get(f.name) !== 'value')
    .map((f) => f.name);
  const lost = asked.actions.filter((a) => !given.actions.includes(a));
  const fields = { same: dropped.length === 0 && coded.length === 0, dropped, coded };
  const actions = { same: lost.length === 0, dropped: lost };
  const term = { same: asked.until === given.until };
  return { area, fields, actions, term, count: [area, fields, actions, term].filter((item) => !item.same).length };
}

function areaDifference(asked: Given['area'], given: Given['area']): Difference['area'] {
  if (asked?.divisions && given?.divisions) {
    const leftOut = asked.divisions.filter((code) => !given.divisions!.includes(code));
    return { same: leftOut.length === 0, leftOut };
  }
  if (asked === null || given === null) return { same: asked === given, leftOut: [] };
  // the server cuts shapes; a thousandth is rounding, not a difference
  return { same: Math.abs(asked.areaKm2 - given.areaKm2) <= asked.areaKm2 / 1000, leftOut: [] };
}

/** Left-out divisions of a decided request: as the decision says, else as reckoned from the two sides. */
export function leftOutDivisions(request: ShareRequest): string[] {
  const said = request.decision?.leftOut?.divisions;
  if (said && said.length > 0) return said;
  return request.grant ? difference(request, request.grant).area.leftOut : [];
}

/** A grant about to be given, as the other side of the comparison; a polygon is the one that was asked for. */
export function sideOf(grant: GrantInput, asked: Given['area']): Given {
  const { area, actions, fields, until } = grant;
  const given = area === null ? null : 'divisions' in area ? { divisions: area.divisions, areaKm2: 0 } : asked; // own districts: not known here
  return { actions, fields, until, area: given };
}

export const isLive = (grant: Grant | null): grant is Grant =>
  grant !== null && (grant.status === 'active' || grant.status === 'future');
