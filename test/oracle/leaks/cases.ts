import fc from 'fast-check';
import {
  all,
  type Content,
  type FieldName,
  type Form,
  fieldNames,
  finest,
  type GrantSpec,
  type LayerSpec,
  makeLayer,
  precisions,
  profiles,
  rowFilters,
  type State,
  type Subject,
  subjects,
  type World,
} from './world.js';

/**
 * Cases at random. A case is a layer of its own with grants of its own, so all of them stand in one database and are looked at by
 * everybody at once, on both engines.
 */
export interface Cases {
  layers: LayerSpec[];
  /** Two layers that differ in one grant: the second has more. */
  growing: [less: LayerSpec, more: LayerSpec][];
  /** Two layers whose features differ only in what nobody is shown. */
  worlds: [one: LayerSpec, other: LayerSpec][];
}

const fields = fc.option(
  fc.uniqueArray(fc.record({ name: fc.constantFrom(...fieldNames), form: fc.constantFrom<Form>('value', 'masked', 'code') }), {
    selector: (f) => f.name,
    maxLength: 7,
  }),
);
const place = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ area: null, jurisdiction: false }) },
  fc.record({ area: fc.constantFrom('west', 'east', 'north', 'middle', 'corner'), jurisdiction: fc.constant(false) }),
  fc.constant({ area: null, jurisdiction: true }),
);
const content: fc.Arbitrary<Content> = fc
  .record({
    actions: fc.oneof(fc.constant(all), fc.subarray(all, { minLength: 1 })),
    fields,
    rows: fc.option(fc.constantFrom(...rowFilters), { freq: 2 }),
    place,
    maxZoom: fc.option(fc.constantFrom(9, 11, 13, 14, 16), { freq: 2 }),
    precision: fc.option(fc.constantFrom(...precisions), { freq: 2 }),
    quota: fc.constantFrom(null, null, 1_000_000),
  })
  .map(({ place: where, ...rest }) => ({ ...rest, ...where }));
const state = fc.oneof(
  { weight: 9, arbitrary: fc.constant<State>('live') },
  fc.constantFrom<State>('expired', 'future', 'revoked', 'unsigned'),
);
const grant = fc.record({ content, subject: fc.constantFrom<Subject>(...subjects), state });
const wish = fc.record({
  profile: fc.constantFrom(...(Object.keys(profiles) as (keyof typeof profiles)[])),
  level: fc.constantFrom<LayerSpec['level']>('public', 'public', 'internal', 'sensitive'),
  discoverable: fc.boolean(),
  n: fc.nat(59),
});

/** Fields as the two worlds show them alike: masked where they differ. */
const alike: { name: FieldName; form: Form }[] = [
  { name: 'name', form: 'value' },
  { name: 'holder', form: 'masked' },
  { name: 'size', form: 'masked' },
  { name: 'count', form: 'masked' },
  { name: 'day', form: 'masked' },
  { name: 'at', form: 'masked' },
  { name: 'grade', form: 'value' },
  { name: 'flag', form: 'value' },
];
const guarded = fc.record({
  fields: fc.subarray(alike, { minLength: 1 }),
  rows: fc.option(fc.constantFrom(rowFilters[0]!, rowFilters[2]!)),
  area: fc.option(fc.constantFrom('west', 'middle')),
  maxZoom: fc.option(fc.constantFrom(11, 14)),
  precision: fc.option(fc.constantFrom(...precisions)),
  everyone: fc.boolean(),
});
const coarse = precisions.filter((p) => p.metres >= finest);

/** Adds so many random layers of each kind, with their grants, to the world. The same seed gives the same. */
export function addCases(world: World, seed: number, counts: { growing: number; worlds: number }): Cases {
  const cases: Cases = { layers: [], growing: [], worlds: [] };
  const add = (layer: LayerSpec, grants: Omit<GrantSpec, 'layer' | 'kind'>[]) => {
    cases.layers.push(layer);
    world.layers.push(layer);
    world.grants.push(...grants.map((g): GrantSpec => ({ ...g, layer: layer.id, kind: 'single' })));
  };
  const drawn = fc.sample(fc.tuple(wish, fc.array(grant, { minLength: 1, maxLength: 5 }), grant), {
    seed,
    numRuns: counts.growing,
  });
  for (const [i, [{ n, ...rest }, grants, another]] of drawn.entries()) {
    const less = makeLayer(`less${i}_case`, n, rest);
    const more = { ...less, id: `more${i}_case` };
    const spec = ({ content: given, subject, state: s }: (typeof grants)[number]) => ({ ...given, subject, state: s });
    add(less, grants.map(spec));
    add(more, [...grants, { ...another, state: 'live' as const }].map(spec));
    cases.growing.push([less, more]);
  }
  const pairs = fc.sample(fc.tuple(fc.array(guarded, { minLength: 1, maxLength: 3 }), fc.nat(11)), {
    seed,
    numRuns: counts.worlds,
  });
  for (const [i, [grants, n]] of pairs.entries()) {
    // Every other pair differs in where its points lie: those are shown no finer than a cell, and in no area.
    const places = i % 2 === 1;
    const one = makeLayer(`one${i}_world`, places ? n * 3 : n, { profile: 'mixed', owner: 'city' });
    const other: LayerSpec = { ...one, id: `two${i}_world`, truth: places ? 'other places' : 'other values' };
    const given = grants.map(({ everyone, precision, area, ...rest }, k) => ({
      ...rest,
      actions: all,
      jurisdiction: false,
      quota: null,
      area: places ? null : area,
      precision: places ? coarse[(i + k) % coarse.length]! : precision,
      subject: everyone ? subjects[1]! : subjects[4]!,
      state: 'live' as const,
    }));
    for (const layer of [one, other]) add(layer, given);
    cases.worlds.push([one, other]);
  }
  return cases;
}
