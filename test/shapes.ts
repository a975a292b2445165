import type { z } from 'zod';
import type { schemas } from '../server/src/openapi/schemas/index.js';
import type * as viewer from '../web/src/api/types.js';

/*
 * The viewer's shapes are written by hand beside the server's schemas, of which /api/openapi.json is made. Here the compiler holds them
 * together (`npm run types`): what the server says must be what the viewer reads, and what the viewer sends what the server takes.
 */

type Schemas = typeof schemas;
/** What the server answers under a component's name; of geometries it says less than the viewer knows. */
type Said<K extends keyof Schemas> = Known<z.output<Schemas[K]>>;
// biome-ignore lint/suspicious/noExplicitAny: whatever geometry the viewer reads there
type Known<T> = T extends z.output<Schemas['Geometry']> ? any : T extends object ? { [K in keyof T]: Known<T[K]> } : T;

/** Does not compile unless every `Given` is a `Wanted`. */
export type Fits<Wanted, Given extends Wanted> = Given;

export type Answers = [
  Fits<viewer.Problem, Said<'Problem'>>,
  Fits<viewer.Instance, Said<'Instance'>>,
  Fits<viewer.Division, Said<'Division'>>,
  Fits<viewer.Field, Said<'Field'>>,
  Fits<viewer.Symbology, Said<'Symbology'>>,
  Fits<viewer.AccessSummary, Said<'AccessSummary'>>,
  Fits<viewer.Collection, Said<'Collection'>>,
  Fits<viewer.Statistics, Said<'Statistics'>>,
  Fits<viewer.Overlay, Said<'Overlay'>>,
];
