import { plainName } from './plain-name.js';
import { uuid } from './shapes.js';
import { z } from './zod.js';

/** West, south, east, north in degrees. */
export const bbox = z.tuple([z.number(), z.number(), z.number(), z.number()]);

export const geometry = z
  .object({
    type: z.enum(['Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon']),
    coordinates: z.array(z.unknown()),
  })
  .meta({ description: 'A GeoJSON geometry (RFC 7946), longitude before latitude' })
  .openapi('Geometry');

/** Of the schema's geometries that which an area has. */
export interface MultiPolygon {
  type: 'MultiPolygon';
  coordinates: [number, number, ...number[]][][][];
}
const multiPolygon = geometry as unknown as z.ZodType<MultiPolygon, MultiPolygon>;

export const area = z
  .object({
    divisions: z.array(z.string()).nullable(),
    divisionYear: z.string().nullable().meta({ description: 'Edition of the divisions it was frozen on' }),
    name: z.string().nullable(),
    labelZh: z.string(),
    labelEn: z.string(),
    id: uuid.optional(),
    hash: z.string().optional().meta({ description: 'Names the shape: two areas with the same are the same' }),
    areaKm2: z.number(),
    bbox,
    geometry: multiPolygon,
  })
  .meta({ description: 'An area as it was asked for or given: later changes of the divisions do not move it' })
  .openapi('Area');
export type Area = z.output<typeof area>;

/** Sent as GeoJSON's types have it, a list of numbers; read as two at least. */
type Position = z.ZodType<[number, number, ...number[]], number[]>;
const position = z.tuple([z.number(), z.number()]).rest(z.number()) as unknown as Position;
const ring = z.array(position).min(4, '环至少有四个点 / a ring has at least four positions').max(20_000);
/** It may name what its coordinates are in anyway: longitude and latitude. */
const crs = z.unknown().optional();
const polygonInput = z.union([
  z.object({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1), crs }),
  z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(ring).min(1)).min(1), crs }),
]);

/** Divisions, a red line, or null for everywhere. */
export const areaInput = z
  .union([
    z.strictObject({ divisions: z.array(z.string().max(12)).min(1).max(200) }),
    z.strictObject({ polygon: polygonInput, name: plainName(80).optional() }),
  ])
  .nullable();
/** As it is sent, and as it is read. */
export type AreaInput = z.input<typeof areaInput>;
export type AreaAsked = z.output<typeof areaInput>;

export const precision = z.strictObject({ kind: z.enum(['grid', 'cell', 'point']), metres: z.number().min(1).max(100_000) });
export type Precision = z.output<typeof precision>;
