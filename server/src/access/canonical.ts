import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/chain.js';
import type { View } from './view.js';

/** More views than this cannot be told apart in a tile's membership bits; what lies beyond is not shown. */
export const MAX_VIEWS = 31;

/** What of a view shapes bytes: not its term, its grant or its other actions. */
const shape = (view: View): string =>
  canonicalJson({
    fields: [...view.fields].sort(([a], [b]) => (a < b ? -1 : 1)),
    rows: view.rows,
    area: view.area?.hash ?? null,
  });

/** True when whatever `b` shows, `a` shows too, at least as well. */
function covers(a: View, b: View): boolean {
  if (a.area !== null && a.area.hash !== b.area?.hash) return false;
  if (a.rows !== null && canonicalJson(a.rows) !== canonicalJson(b.rows)) return false;
  for (const [name, form] of b.fields) {
    const mine = a.fields.get(name);
    if (mine === undefined || (mine === 'code' && form === 'value')) return false;
  }
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
