import type { Filter } from '@yutu/tiles';
import type { Action, FieldForm } from '../catalogue/definition.js';

/** What one rule or one grant in force lets a caller see of a layer. */
export interface View {
  actions: ReadonlySet<Action>;
  /** Visible fields and the form in which: the value, or a de-identified code in its place. */
  fields: ReadonlyMap<string, FieldForm>;
  /** Only rows for which this is true; null: every row. */
  rows: Filter | null;
  /** Only features whose interior meets this area's, cut at its border; null: everywhere. */
  area: { id: string; hash: string } | null;
  /** Where it comes from: a rule of the platform, or a grant. */
  source: 'public' | 'own' | 'base' | 'grant';
  grant: string | null;
  /** When it ends, ms since the epoch. */
  until: number | null;
}

/** The views that carry one action, in canonical form, and the key that names their shape. */
export interface ViewSet {
  views: readonly View[];
  /** Equal exactly for equal canonical forms: callers with equal keys see the same bytes, others never share any. */
  key: string;
  /** Grants the views come from, for the log. */
  grants: readonly string[];
}
