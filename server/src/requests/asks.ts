import type { FieldAsk } from '@yutu/contract';
import { type Action, defaultForm } from '../catalogue/definition.js';
import { classOf, type Layer } from '../catalogue/layers.js';
import { badParameter, fail } from '../errors/fail.js';

/** Asked or given fields must be the layer's, each once, in a form that the layer offers. */
export function checkFields(layer: Layer, fields: readonly FieldAsk[], parameter: string): void {
  const seen = new Set<string>();
  for (const { name, form } of fields) {
    const field = layer.fields.find((f) => f.name === name);
    if (!field)
      badParameter(
        parameter,
        `图层没有字段“${name}”`,
        `the layer has no field "${name}"`,
        layer.fields.map((f) => f.name),
      );
    if (seen.has(name)) badParameter(parameter, `字段“${name}”出现了两次`, `field "${name}" stands twice`);
    if (!field.forms.includes(form))
      badParameter(
        parameter,
        field.forms.length === 0 ? `字段“${field.titleZh}”不予共享` : `字段“${field.titleZh}”不提供这种形式`,
        field.forms.length === 0 ? `field "${name}" is never shared` : `field "${name}" is not offered in this form`,
        field.forms,
      );
    seen.add(name);
  }
}

/** Months to a day, clamped to the target month's length. */
export function addMonths(day: string, months: number): string {
  const [y, m, d] = day.split('-').map(Number) as [number, number, number];
  const last = new Date(Date.UTC(y, m - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(y, m - 1 + months, Math.min(d, last))).toISOString().slice(0, 10);
}

/** What a layer gives to any organisation on asking: what its fields without a condition offer first, for as long as its policy says. */
export function openOffer(layer: Layer, today: string): { actions: Action[]; fields: FieldAsk[]; until: string } {
  return {
    actions: layer.policy.actions.filter((a) => a !== 'discover' && a !== 'edit'),
    fields: layer.fields.flatMap((f) => {
      const form = f.class === 'unconditional' ? defaultForm(f) : undefined;
      return form ? [{ name: f.name, form }] : [];
    }),
    until: addMonths(today, layer.policy.maxMonths),
  };
}

/** @throws `layer_withheld` for a layer whose class forbids any grant, also when it became so after the request was begun */
export function refuseWithheld(layer: Layer): void {
  if (classOf(layer) !== 'withheld') return;
  const { titleZh, titleEn, groundZh, groundEn } = layer;
  fail('layer_withheld', { titleZh, titleEn, groundZh: groundZh ?? '', groundEn: groundEn ?? groundZh ?? '' });
}
