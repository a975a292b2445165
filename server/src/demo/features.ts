import type { CityInstance, DemoLayer } from './city.js';
import { type DemoContext, type DemoFeature, demoContext } from './context.js';
import { parcels } from './parcels.js';
import { pointsAlongLines, pointsAroundTowns } from './points.js';
import { createRandom } from './random.js';
import type { Scalar } from './recipes.js';
import { compileRecipes } from './recipes.js';
import type { FileSource } from './schemas.js';
import { streetLines } from './streets.js';

export { type DemoContext, type DemoFeature, demoContext };

/**
 * The features of one layer, one at a time: from its file, or made by its generator. Properties are exactly the
 * definition's fields, in its order. Pure: the same source, scale and files give byte-identical features.
 */
export function generateFeatures({ definition, source }: DemoLayer, context: DemoContext): Iterable<DemoFeature> {
  if ('file' in source)
    return fileFeatures(
      source,
      definition.fields.map((f) => f.name),
      context,
    );
  const random = createRandom(source.seed);
  const make = compileRecipes(source.options.attributes, definition, context.names);
  switch (source.generator) {
    case 'points_around_towns':
      return pointsAroundTowns(source.options, random, make, context);
    case 'points_along_lines':
      return pointsAlongLines(source.options, random, make, context);
    case 'street_lines':
      return streetLines(source.options, random, make, context);
    case 'parcels':
      return parcels(source.options, random, make, context);
  }
}

/** The features of a layer of an instance by its id; an unknown id is an error. */
export function layerFeatures(city: CityInstance, id: string, options: { scale?: number } = {}): Iterable<DemoFeature> {
  const layer = city.layers.find((l) => l.definition.id === id);
  if (!layer) throw new Error(`no layer ${id}`);
  return generateFeatures(layer, demoContext(city, options));
}

function* fileFeatures(source: FileSource, fields: readonly string[], context: DemoContext): Generator<DemoFeature> {
  for (const feature of context.read(source.file).features) {
    const from: Record<string, Scalar> = {};
    for (const [name, value] of Object.entries(feature.properties ?? {})) from[source.rename[name] ?? name] = value as Scalar;
    for (const [name, { ratio, digits }] of Object.entries(source.derive)) {
      const [over, under] = ratio.map((p) => feature.properties?.[p]);
      from[name] =
        typeof over === 'number' && typeof under === 'number' && under > 0 ? Number((over / under).toFixed(digits)) : null;
    }
    const properties = Object.fromEntries(fields.map((name) => [name, from[name] ?? null]));
    yield { type: 'Feature', properties, geometry: feature.geometry };
  }
}
