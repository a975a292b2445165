import { type Filter, filterProperties } from '@yutu/tiles';
import type { FieldDefinition, FieldForm, Symbology } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import type { View } from './view.js';

/** A field as some view shows it, and the views that do. */
export interface VisibleField {
  field: FieldDefinition;
  form: FieldForm;
  /** Bit i set: view i shows it in this form. */
  bits: number;
}

/** Best first. */
const FORMS: readonly FieldForm[] = ['value', 'masked', 'code'];

/** The fields the views show, in the layer's order. One that views show in several forms stands so many times, the best form first. */
export function visibleFields(layer: Layer, views: readonly View[]): VisibleField[] {
  return layer.fields.flatMap((field) =>
    FORMS.flatMap((form) => {
      const bits = views.reduce((sum, view, i) => (view.fields.get(field.name) === form ? sum + 2 ** i : sum), 0);
      return bits === 0 ? [] : [{ field, form, bits }];
    }),
  );
}

/** Fields whose true value every view shows: only these may be filtered or sorted by. */
export function filterableFields(layer: Layer, views: readonly View[]): FieldDefinition[] {
  return layer.fields.filter((field) => views.length > 0 && views.every((view) => view.fields.get(field.name) === 'value'));
}

/** Names of the fields of which some view shows the true value: only of these the values that may occur (code lists, classes) are told. */
export function valuedFields(views: readonly View[]): ReadonlySet<string> {
  return new Set(views.flatMap((view) => [...view.fields].filter(([, form]) => form === 'value').map(([name]) => name)));
}

/**
 * The classifications that the codes in an answer are of, by field; absent where none is. Told of the fields of which some view shows the
 * true value: of a code list that is not shown, nothing is.
 */
export function codeSystemsOf(
  { fields }: Pick<Layer, 'fields'>,
  views: readonly View[],
): { codeSystems?: Record<string, string> } {
  const valued = valuedFields(views);
  const told = fields.flatMap(({ name, codeSystem }) => (codeSystem && valued.has(name) ? [[name, codeSystem] as const] : []));
  return told.length > 0 ? { codeSystems: Object.fromEntries(told) } : {};
}

/** Whether who sees the values of these fields may read a filter: its text holds values of those that it speaks of. */
export const mayRead = (filter: Filter, valued: ReadonlySet<string>): boolean =>
  [...filterProperties(filter)].every((name) => valued.has(name));

/**
 * The fields of which the layer's style needs values, among those shown so: what stays in tiles that do not tell features apart. A code
 * is none of them, for it would.
 */
export function styledFields({ style }: Pick<Layer, 'style'>, fields: ReadonlyMap<string, FieldForm>): string[] {
  const { type, field, label } = style;
  const styled: string[] = [];
  const form = field === undefined || type === 'single' ? undefined : fields.get(field);
  if (form === 'value' || (form === 'masked' && type === 'graduated')) styled.push(field!);
  if (label !== undefined && label !== field && fields.get(label) === 'value') styled.push(label);
  return styled;
}

/** Views as tiles up to a zoom show them: of one that is counted only further down, what is left of its fields. */
export const inTilesUpTo = (zoom: number, views: readonly View[]): View[] =>
  views.map((view) => {
    const { counted, fields, maxZoom } = view;
    if (counted === null || Math.min(zoom, maxZoom ?? zoom) >= counted.zoom) return view;
    return { ...view, fields: new Map([...fields].filter(([name]) => counted.fields.includes(name))) };
  });

/** What tiles of small zooms tell of a layer: up to which zoom, whether features' ids, and which fields. */
export interface ReducedZooms {
  maxzoom: number;
  /** Whether of some features. */
  ids: boolean;
  fields: string[];
}

/** How tiles of small zooms are reduced for who sees these views, up to the deepest zoom there is; null where none is. */
export function reducedZooms(layer: Pick<Layer, 'fields'>, views: readonly View[], deepest: number): ReducedZooms | null {
  const below = Math.max(0, ...views.map(({ counted }) => counted?.zoom ?? 0));
  if (below === 0) return null;
  const maxzoom = Math.min(below - 1, deepest);
  const shown = new Set(inTilesUpTo(maxzoom, views).flatMap(({ fields }) => [...fields.keys()]));
  const fields = layer.fields.map(({ name }) => name).filter((name) => shown.has(name));
  return { maxzoom, ids: views.some(({ counted }) => counted === null), fields };
}

/**
 * How the layer is drawn for who sees these views: classes of a field that is not shown would tell its values, so the layer is drawn in
 * one colour then. Rounded numbers still fall into classes of numbers.
 */
export function shownStyle({ style }: Pick<Layer, 'style'>, views: readonly View[]): Symbology {
  const { field, classes, unit, label, ...plain } = style;
  const shown = new Set(views.flatMap((view) => [...view.fields.keys()]));
  const valued = valuedFields(views);
  const classed = field === undefined || valued.has(field) || (style.type === 'graduated' && shown.has(field));
  return {
    ...plain,
    ...(classed ? { field, classes, unit } : { type: 'single' as const, color: style.color ?? classes?.[0]?.color }),
    ...(label !== undefined && shown.has(label) ? { label } : {}),
  };
}
