import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LayerDefinition } from '../catalogue/definition.js';
import type { CityInstance } from './city.js';
import type { Recipe } from './recipes.js';
import type { GeneratedSource } from './schemas.js';

/** Variables every generator knows of a feature. */
const COMMON = [
  'district_code',
  'district_name',
  'town_code',
  'town_name',
  'simulated',
  'serial',
  'district_serial',
  'town_serial',
];

/** What each generator knows beyond that. */
export const VARIABLES: Record<GeneratedSource['generator'], string[]> = {
  points_around_towns: COMMON,
  points_along_lines: [...COMMON, 'line_name', 'line_number', 'line_serial'],
  street_lines: [...COMMON, 'class', 'length_m'],
  parcels: [...COMMON, 'zone', 'zone_code', 'block', 'luck', 'area_m2'],
};

/** Faults that show only when the files are held against each other. */
export function crossFaults(city: CityInstance): string[] {
  const faults: string[] = [];
  const organisations = new Set(city.organisations.map((o) => o.id));
  const themes = new Set(city.settings.themes.map((t) => t.code));
  const check = (ok: boolean, fault: string) => {
    if (!ok) faults.push(fault);
  };

  for (const id of repeated(city.organisations.map((o) => o.id))) faults.push(`organisations.json: ${id} occurs twice`);
  for (const name of repeated(city.accounts.map((a) => a.username))) faults.push(`accounts.json: ${name} occurs twice`);
  for (const date of repeated(city.calendar.days.map((d) => d.date))) faults.push(`calendar.json: ${date} occurs twice`);
  for (const o of city.organisations) {
    check(o.parent === null || organisations.has(o.parent), `organisations.json: ${o.id}: no organisation ${o.parent}`);
    check(
      (o.kind === 'district') === (o.division !== null),
      `organisations.json: ${o.id}: a district, and only one, has a division`,
    );
  }
  for (const a of city.accounts)
    check(organisations.has(a.organisation), `accounts.json: ${a.username}: no organisation ${a.organisation}`);

  const accounts = new Set(city.accounts.map((a) => a.username));
  for (const [i, { by, sign, review }] of city.sharing.entries())
    for (const name of [by, sign?.by, review?.by])
      check(name === undefined || accounts.has(name), `demo.json: sharing.${i}: no account ${name}`);

  const divisions = city.layers.find((l) => l.definition.id === city.settings.divisions.layer)?.definition;
  check(divisions !== undefined, `instance.json: divisions: no layer ${city.settings.divisions.layer}`);
  for (const field of divisions
    ? [city.settings.divisions.code, city.settings.divisions.nameZh, city.settings.divisions.nameEn]
    : []) {
    check(hasField(divisions!, field), `instance.json: divisions: ${divisions!.id} has no field ${field}`);
  }

  for (const { definition, source } of city.layers) {
    const at = `layers/${definition.id}.json`;
    check(organisations.has(definition.owner), `${at}: owner: no organisation ${definition.owner}`);
    check(themes.has(definition.theme), `${at}: theme: no theme ${definition.theme}`);
    faults.push(...definitionFaults(definition).map((f) => `${at}: ${f}`));
    if ('file' in source) {
      check(existsSync(join(city.dir, source.file)), `demo.json: ${definition.id}: no file ${source.file}`);
      for (const field of [...Object.values(source.rename), ...Object.keys(source.derive)]) {
        check(hasField(definition, field), `demo.json: ${definition.id}: no field ${field}`);
      }
    } else {
      check(
        definition.simulated && hasField(definition, 'simulated'),
        `${at}: a generated layer must be marked simulated, as must each feature`,
      );
      faults.push(...recipeFaults(definition, source).map((f) => `demo.json: ${definition.id}: ${f}`));
    }
  }
  return faults;
}

const hasField = (definition: LayerDefinition, name: string) => definition.fields.some((f) => f.name === name);

const repeated = (values: string[]) => new Set(values.filter((v, i) => values.indexOf(v) !== i));

function definitionFaults(definition: LayerDefinition): string[] {
  const faults: string[] = [];
  for (const name of repeated(definition.fields.map((f) => f.name))) faults.push(`fields: ${name} occurs twice`);
  for (const name of definition.searchFields) if (!hasField(definition, name)) faults.push(`searchFields: no field ${name}`);
  for (const name of [definition.style.field, definition.style.label]) {
    if (name && !hasField(definition, name)) faults.push(`style: no field ${name}`);
  }
  const codes = definition.fields.find((f) => f.name === definition.style.field)?.codes;
  for (const c of definition.style.classes ?? []) {
    if (c.value !== undefined && codes && !codes.some((k) => k.value === c.value))
      faults.push(`style: ${c.value} is no code of ${definition.style.field}`);
  }
  if (definition.sharingClass === 'withheld' && !(definition.groundZh && definition.groundEn))
    faults.push('ground: withheld needs law and clause, in both languages');
  return faults;
}

/** Unknown fields and variables, fields without a value, and values that are no code of their field. */
function recipeFaults(definition: LayerDefinition, source: GeneratedSource): string[] {
  const faults: string[] = [];
  const known = new Set(VARIABLES[source.generator]);
  for (const [name, recipe] of Object.entries(source.options.attributes)) {
    const field = definition.fields.find((f) => f.name === name);
    if (!field) faults.push(`no field ${name}`);
    for (const used of uses(recipe)) if (!known.has(used)) faults.push(`${name} uses ${used}, which is not known by then`);
    if (field?.codes) {
      for (const value of results(recipe))
        if (!field.codes.some((c) => c.value === value)) faults.push(`${name}: ${value} is no code`);
    }
    known.add(name);
  }
  for (const f of definition.fields) if (!known.has(f.name)) faults.push(`nothing makes a value for ${f.name}`);
  return faults;
}

const parts = (r: Recipe): Recipe[] =>
  'by' in r ? [...Object.values(r.cases), ...(r.otherwise ? [r.otherwise] : [])] : 'mix' in r ? r.mix.map((m) => m.of) : [];

function uses(r: Recipe): string[] {
  const own =
    'by' in r
      ? [r.by]
      : 'text' in r
        ? [...r.text.matchAll(/\{(\w+)/g)].map((m) => m[1]!)
        : 'number' in r && r.offset
          ? [r.offset]
          : [];
  return [...own, ...parts(r).flatMap(uses)];
}

function results(r: Recipe): string[] {
  const own = 'pick' in r ? Object.keys(r.pick) : 'const' in r && r.const !== null ? [String(r.const)] : [];
  return [...own, ...parts(r).flatMap(results)];
}
