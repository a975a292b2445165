import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/chain.js';
import type { FieldForm } from '../catalogue/definition.js';
import { type Precision, reachOf } from './precision.js';
import { areaIds, type Counted, type View, type ViewSet } from './view.js';

/** More views than this cannot be told apart in a tile's membership bits; what lies beyond is not shown. */
export const MAX_VIEWS = 31;

/** What of a view shapes bytes: not its term, its grant or its other actions. */
const shape = (view: View): string =>
  canonicalJson({
    fields: [...view.fields].sort(([a], [b]) => (a < b ? -1 : 1)),
    rows: view.rows,
    area: view.area?.hash ?? null,
    maxZoom: view.maxZoom,
    precision: view.precision,
    ...(view.counted && { counted: view.counted }),
  });

const formCovers = (mine: FieldForm | undefined, form: FieldForm): boolean => mine === 'value' || mine === form;

const precisionCovers = (mine: Precision | null, other: Precision | null): boolean =>
  mine === null || (other !== null && mine.kind === other.kind && mine.metres === other.metres);

/** Whether tiles of small zooms tell as much. */
const countedCovers = (mine: Counted | null, other: Counted | null): boolean =>
  mine === null || (other !== null && mine.zoom <= other.zoom && other.fields.every((name) => mine.fields.includes(name)));

/** True when whatever `b` shows, `a` shows too, at least as well. */
function covers(a: View, b: View): boolean {
  if (a.area !== null && a.area.hash !== b.area?.hash) return false;
  if (a.rows !== null && canonicalJson(a.rows) !== canonicalJson(b.rows)) return false;
  if (a.maxZoom !== null && (b.maxZoom === null || b.maxZoom > a.maxZoom)) return false;
  if (!precisionCovers(a.precision, b.precision)) return false;
  if (!countedCovers(a.counted, b.counted)) return false;
  for (const [name, form] of b.fields) if (!formCovers(a.fields.get(name), form)) return false;
  return true;
}

const inOrder = (views: readonly View[]) =>
  views.map((view) => ({ view, text: shape(view) })).sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));

/** Views that are alike but for one member become one. */
function merged(views: readonly View[], but: 'area' | 'rows', merge: (alike: View[]) => Partial<View>): View[] {
  const groups = new Map<string, View[]>();
  for (const view of views) {
    const like = shape({ ...view, [but]: null });
    groups.set(like, [...(groups.get(like) ?? []), view]);
  }
  return [...groups.values()].map((alike) => (alike.length === 1 ? alike[0]! : { ...alike[0]!, ...merge(alike) }));
}

/** What views show in several areas, one view shows in all of them. None is everywhere: it would cover the others. */
function inAllAreas(alike: View[]): Partial<View> {
  const areas = alike.map((v) => v.area!);
  const [first, ...more] = areas.flatMap(areaIds) as [string, ...string[]];
  const hash = createHash('sha256').update(canonicalJson(areas.map((a) => a.hash)));
  return { area: { id: first, hash: hash.digest('hex'), more } };
}

/** What views show of several rows, one view shows of all of them. None shows every row: it would cover the others. */
const ofAllRows = (alike: View[]): Partial<View> => ({ rows: { op: 'or', args: alike.map((v) => v.rows!) } });

/**
 * Drops views that another covers, orders the rest, and names the result. Of more than {@link MAX_VIEWS}, those that differ in their
 * areas or rows alone are put together.
 */
export function canonical(views: readonly View[]): { views: View[]; key: string; leftOut: number } {
  const sorted = inOrder(views);
  let kept: typeof sorted = [];
  for (const [i, one] of sorted.entries()) {
    const covered = sorted.some(
      (other, j) => i !== j && covers(other.view, one.view) && (!covers(one.view, other.view) || j < i),
    );
    if (!covered) kept.push(one);
  }
  for (const [but, merge] of [['area', inAllAreas] as const, ['rows', ofAllRows] as const])
    if (kept.length > MAX_VIEWS)
      kept = inOrder(
        merged(
          kept.map((k) => k.view),
          but,
          merge,
        ),
      );
  const used = kept.slice(0, MAX_VIEWS);
  const key = createHash('sha256')
    .update(canonicalJson(used.map((k) => k.text)))
    .digest('base64url');
  return { views: used.map((k) => k.view), key: key.slice(0, 24), leftOut: kept.length - used.length };
}

/** Views where nobody counts tiles. */
export const uncounted = (view: View): View => (view.counted === null ? view : { ...view, counted: null });

/** Names views whatever counts as drawn: what was signed under them stands when that changes. */
export const rightsKey = (set: ViewSet): string =>
  set.views.some((view) => view.counted) ? canonical(set.views.map(uncounted)).key : set.key;

/** The canonical form of views as surfaces hold it. */
export function viewSet(carrying: readonly View[]): ViewSet {
  const { views, key, leftOut } = canonical(carrying);
  const grants = [...new Set(carrying.flatMap((v) => v.grant ?? []))].sort();
  const bounded = views.some((v) => v.maxZoom !== null);
  const narrowed = new Map<string, ViewSet>();
  const set: ViewSet = {
    views,
    key,
    leftOut,
    grants,
    reach: reachOf(views),
    at(zoom) {
      if (!bounded) return set;
      const shown = carrying.filter((v) => v.maxZoom === null || zoom <= v.maxZoom);
      if (shown.length === carrying.length) return set;
      const id = String(shown.map((v) => carrying.indexOf(v)));
      const less = narrowed.get(id) ?? viewSet(shown);
      narrowed.set(id, less);
      return less;
    },
  };
  return set;
}
