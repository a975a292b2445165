import type { FieldDefinition, FieldForm } from '../catalogue/definition.js';
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
