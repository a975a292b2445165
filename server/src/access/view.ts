import type { Filter } from '@yutu/tiles';
import type { Action, FieldForm } from '../catalogue/definition.js';
import type { Precision } from './precision.js';

/** Areas that count as one: whatever meets any of them. */
export interface ViewArea {
  id: string;
  /** Of the geometry; of several areas of all their hashes. */
  hash: string;
  /** Further areas beside the one named. */
  more?: readonly string[];
}

/** The ids of all areas of a view's area. */
export const areaIds = ({ id, more = [] }: ViewArea): string[] => [id, ...more];

/** Tiles below this zoom show features without their ids and with these fields alone: they are not counted. */
export interface Counted {
  zoom: number;
  fields: readonly string[];
}

/** What one rule or one grant in force lets a caller see of a layer. */
export interface View {
  actions: ReadonlySet<Action>;
  /** Visible fields and the form in which: the value, masked, or a de-identified code in its place. */
  fields: ReadonlyMap<string, FieldForm>;
  /** Only rows for which this is true; null: every row. */
  rows: Filter | null;
  /** Only features whose interior meets this area's, cut at its border; null: everywhere. */
  area: ViewArea | null;
  /** The deepest zoom of tiles that show it; null: all. */
  maxZoom: number | null;
  /** How exactly geometries are shown; null: as they are. */
  precision: Precision | null;
  /** Set where what it shows counts as drawn, for a quota or a limit on extraction. */
  counted: Counted | null;
  /** Where it comes from: a rule of the platform, or a grant. */
  source: 'public' | 'own' | 'base' | 'grant';
  grant: string | null;
  /** When it ends, ms since the epoch. */
  until: number | null;
}

/** Whether SQL must say which features a view holds and with which geometry. */
export const isLimited = (view: Pick<View, 'area' | 'precision'>): boolean => view.area !== null || view.precision !== null;

/** Whether a view shows every feature of its layer. */
export const isWhole = (view: Pick<View, 'rows' | 'area'>): boolean => view.rows === null && view.area === null;

/** The views that carry one action, in canonical form, and the key that names their shape. */
export interface ViewSet {
  views: readonly View[];
  /** Equal exactly for equal canonical forms: callers with equal keys see the same bytes, others never share any. */
  key: string;
  /** How many views there are beside these, too many to be told apart: what they show is not shown. */
  leftOut: number;
  /** Grants the views come from, for the log. */
  grants: readonly string[];
  /** Degrees of latitude by which features may be drawn beside their place (see `reachOf`); 0 when all are shown exactly. */
  reach: number;
  /** Those of the views that show anything at a zoom of tiles; the set itself when all do. */
  at(zoom: number): ViewSet;
}
