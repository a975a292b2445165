import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/chain.js';
import type { FieldForm } from '../catalogue/definition.js';
import { type Precision, reachOf } from './precision.js';
import type { View, ViewSet } from './view.js';

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
  });

const formCovers = (mine: FieldForm | undefined, form: FieldForm): boolean => mine === 'value' || mine === form;

const precisionCovers = (mine: Precision | null, other: Precision | null): boolean =>
  mine === null || (other !== null && mine.kind === other.kind && mine.metres === other.metres);

/** True when whatever `b` shows, `a` shows too, at least as well. */
function covers(a: View, b: View): boolean {
  if (a.area !== null && a.area.hash !== b.area?.hash) return false;
  if (a.rows !== null && canonicalJson(a.rows) !== canonicalJson(b.rows)) return false;
  if (a.maxZoom !== null && (b.maxZoom === null || b.maxZoom > a.maxZoom)) return false;
  if (!precisionCovers(a.precision, b.precision)) return false;
  for (const [name, form] of b.fields) if (!formCovers(a.fields.get(name), form)) return false;
  return true;
}

/** Drops views that another covers, orders the rest, and names the result. */
export function canonical(views: readonly View[]): { views: View[]; key: string } {
  const sorted = views
    .map((view) => ({ view, text: shape(view) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const kept: typeof sorted = [];
  for (const [i, one] of sorted.entries()) {
    const covered = sorted.some(
      (other, j) => i !== j && covers(other.view, one.view) && (!covers(one.view, other.view) || j < i),
    );
    if (!covered) kept.push(one);
  }
  const used = kept.slice(0, MAX_VIEWS);
  const key = createHash('sha256')
    .update(canonicalJson(used.map((k) => k.text)))
    .digest('base64url');
  return { views: used.map((k) => k.view), key: key.slice(0, 24) };
}

/** The canonical form of views as surfaces hold it. */
export function viewSet(carrying: readonly View[]): ViewSet {
  const { views, key } = canonical(carrying);
  const grants = [...new Set(carrying.flatMap((v) => v.grant ?? []))].sort();
  const bounded = views.some((v) => v.maxZoom !== null);
  const narrowed = new Map<string, ViewSet>();
  const set: ViewSet = {
    views,
    key,
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
