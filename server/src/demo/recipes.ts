import { z } from 'zod';
import type { LayerDefinition } from '../catalogue/definition.js';
import type { Random } from './random.js';

/**
 * Recipes for attribute values, as data. A recipe may look at the values made before it and at what the generator
 * knows of the feature (its district, township, serial numbers, length …): the variables.
 */
export type Scalar = string | number | boolean | null;

export type Recipe =
  | { const: Scalar }
  /** A text with {variable}, {variable:4} (zero-padded) or {field.label} (Chinese label of a code). */
  | { text: string }
  /** One of the keys, by weight; `clump` is how often the features of one block all get the same. */
  | { pick: Record<string, number>; clump?: number }
  /** True with this probability. */
  | { chance: number }
  /** A number; a skew above 1 favours small ones; `offset` adds an earlier field. */
  | { number: [number, number]; digits?: number; step?: number; skew?: number; offset?: string }
  | { date: [string, string] }
  | { person: true }
  | { phone: true }
  | { mix: { weight: number; of: Recipe }[] }
  /** The recipe under the value of an earlier field or variable. */
  | { by: string; cases: Record<string, Recipe>; otherwise?: Recipe };

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const weights = z.record(z.string(), z.number().positive());

export const recipe: z.ZodType<Recipe> = z.lazy(() =>
  z.union([
    z.strictObject({ const: scalar }),
    z.strictObject({ text: z.string() }),
    z.strictObject({ pick: weights, clump: z.number().min(0).max(1).optional() }),
    z.strictObject({ chance: z.number().min(0).max(1) }),
    z.strictObject({
      number: z.tuple([z.number(), z.number()]),
      digits: z.number().int().min(0).max(6).optional(),
      step: z.number().positive().optional(),
      skew: z.number().positive().optional(),
      offset: z.string().optional(),
    }),
    z.strictObject({ date: z.tuple([z.iso.date(), z.iso.date()]) }),
    z.strictObject({ person: z.literal(true) }),
    z.strictObject({ phone: z.literal(true) }),
    z.strictObject({ mix: z.array(z.strictObject({ weight: z.number().positive(), of: recipe })).min(1) }),
    z.strictObject({ by: z.string(), cases: z.record(z.string(), recipe), otherwise: recipe.optional() }),
  ]),
) as z.ZodType<Recipe>;

export const recipes = z.record(z.string(), recipe);

/** Lists of surnames and placeholder given names, and the pattern of telephone numbers ({4} = four digits). */
export const names = z.looseObject({
  surnames: z.array(z.string()).min(1),
  givenNames: z.array(z.string()).min(1),
  phone: z.string(),
});
export type Names = z.infer<typeof names>;

/** What a generator knows of a feature. */
export type Variables = Record<string, Scalar>;

/** Makes a feature's properties, one per field of the definition, in the definition's order. */
export type MakeProperties = (random: Random, variables: Variables) => Record<string, Scalar>;

/** Prepares recipes for a layer: fields without a recipe take the variable of their name, or null. */
export function compileRecipes(byField: Record<string, Recipe>, definition: LayerDefinition, lists: Names): MakeProperties {
  const entries = Object.entries(byField);
  const labels = new Map<string, string>();
  for (const f of definition.fields) for (const c of f.codes ?? []) labels.set(`${f.name}\n${c.value}`, c.labelZh);
  const fieldNames = definition.fields.map((f) => f.name);

  return (random, variables) => {
    const values: Variables = { ...variables };
    for (const [field, r] of entries) values[field] = make(r, random, values);
    const properties: Record<string, Scalar> = {};
    for (const name of fieldNames) properties[name] = values[name] ?? null;
    return properties;
  };

  function make(r: Recipe, random: Random, values: Variables): Scalar {
    if ('const' in r) return r.const;
    if ('text' in r) return fill(r.text, values);
    if ('pick' in r) {
      const together = r.clump !== undefined && random.next() < r.clump && typeof values.luck === 'number';
      return weighted(together ? Number(values.luck) : random.next(), Object.entries(r.pick));
    }
    if ('chance' in r) return random.next() < r.chance;
    if ('number' in r) return number(r, random, values);
    if ('date' in r) return date(random, r.date);
    if ('person' in r) return random.of(lists.surnames) + random.of(lists.givenNames);
    if ('phone' in r)
      return lists.phone.replace(/\{(\d+)\}/g, (_, n) => String(random.int(0, 10 ** Number(n) - 1)).padStart(Number(n), '0'));
    if ('mix' in r)
      return make(
        weighted(
          random.next(),
          r.mix.map((m) => [m.of, m.weight]),
        ),
        random,
        values,
      );
    const chosen = r.cases[String(values[r.by])] ?? r.otherwise;
    return chosen ? make(chosen, random, values) : null;
  }

  function fill(template: string, values: Variables): string {
    return template.replace(/\{(\w+)(\.label)?(?::(\d+))?\}/g, (_, name: string, label?: string, width?: string) => {
      const value = String(values[name] ?? '');
      if (label) return labels.get(`${name}\n${value}`) ?? value;
      return width ? value.padStart(Number(width), '0') : value;
    });
  }
}

function weighted<T>(luck: number, entries: readonly (readonly [T, number])[]): T {
  let left = luck * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of entries) {
    left -= weight;
    if (left < 0) return item;
  }
  return entries[entries.length - 1]![0];
}

function number(r: Extract<Recipe, { number: unknown }>, random: Random, values: Variables): number {
  const [low, high] = r.number;
  const raw = low + (high - low) * random.next() ** (r.skew ?? 1);
  const stepped = r.step ? Math.round(raw / r.step) * r.step : raw;
  const base = r.offset ? Number(values[r.offset] ?? 0) : 0;
  return Number((base + stepped).toFixed(r.digits ?? 0));
}

const DAY = 86_400_000;

function date(random: Random, [from, to]: [string, string]): string {
  const first = Date.parse(from) / DAY;
  return new Date(random.int(first, Date.parse(to) / DAY) * DAY).toISOString().slice(0, 10);
}
