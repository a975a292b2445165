import { count, geometry, z } from '@yutu/contract';
import { codeSystem } from './common.js';

const value = z.union([z.string(), z.number(), z.boolean()]).nullable();
const share = z.number().min(0).max(1);

const measured = {
  squareMetres: z.number().min(0),
  hectares: z.number().min(0).meta({ description: 'To 4 places' }),
  mu: z.number().min(0).meta({ description: '亩: a fifteenth of a hectare, to 2 places' }),
  below: z
    .literal(true)
    .optional()
    .meta({ description: 'More than nothing and less than the least that is told: to be shown as < 0.0001 ha, not as 0' }),
};
const plane = z
  .object(measured)
  .optional()
  .meta({ description: 'The same in the plane of the zone; absent where none is known' });
const area = { ...measured, plane };
const amount = {
  features: count,
  squareMetres: area.squareMetres.optional(),
  hectares: area.hectares.optional(),
  mu: area.mu.optional(),
  below: area.below,
  plane,
  kilometres: z.number().min(0).optional(),
};
const rounded =
  'Of polygons with their area on the ellipsoid to 0.0001 ha (1 m²), of lines with their length to 0.01 km. The areas of the classes sum to the total as they are told';

export const overlayInput = z
  .object({
    geometry: geometry.meta({ description: 'Polygon or MultiPolygon, longitude before latitude, at most 2,000 positions' }),
    by: z.string().optional().meta({ description: 'A field whose values are the classes: one of `access.analyseBy`' }),
    zone: z.number().int().optional().meta({
      description:
        'EPSG code of a CGCS2000 Gauss-Krüger zone (4491–4554) in whose plane areas are told, too; absent: the one the layer is kept in, if it is in one',
    }),
  })
  .openapi('OverlayInput');

export const overlay = z
  .object({
    layer: z.string(),
    version: count,
    by: z.string().nullable(),
    codeSystem,
    zone: z.number().int().nullable().meta({ description: 'EPSG code of the zone of the plane areas; null: none is known' }),
    polygon: z.object(area).meta({ description: 'The polygon that was sent' }),
    outside: z
      .object({ ...area, share })
      .meta({ description: 'What of the polygon lies outside the areas the caller was given: of that nothing is said' }),
    covered: share.nullable().meta({ description: 'Share of the polygon under polygons of the layer, overlaps counted once' }),
    total: z
      .object(amount)
      .nullable()
      .meta({ description: `${rounded}; null: fewer features than are told of` }),
    classes: z.array(z.object({ value, ...amount })).meta({ description: 'The largest first' }),
    other: z.object(amount).nullable().meta({ description: 'Classes too small to be told by themselves, together' }),
    atLeast: z.number().int().min(1).meta({ description: 'Least features of a class, by the layer’s policy' }),
    filtered: z.boolean().meta({ description: 'True when the rights leave rows out' }),
    precision: z
      .object({ kind: z.enum(['grid', 'cell', 'point']), metres: z.number() })
      .nullable()
      .meta({ description: 'How coarse the geometries are that this was computed from; null: they are exact' }),
  })
  .openapi('Overlay');

const values = z.record(z.string(), value);
const check = z.object({
  id: z.number().int().min(0).optional().meta({ description: 'Id of the feature' }),
  match: values.optional().meta({ description: 'In place of the id: one field that the layer is searched by, with its value' }),
  claims: values.meta({ description: 'What is claimed: fields of `access.verifiable`; null claims that the field is empty' }),
});
export const checkInput = z
  .object({
    ...check.shape,
    claims: check.shape.claims.optional(),
    checks: z.array(check).max(100).optional().meta({ description: 'Several at once, in place of the other members' }),
  })
  .openapi('CheckInput');

const matches = z.object({ matches: z.boolean() });
export const checkResult = z
  .object({ matches: z.boolean().optional(), results: z.array(matches).optional() })
  .openapi('CheckResult');

export const statistics = z
  .object({
    layer: z.string(),
    by: z.string().nullable(),
    codeSystem,
    of: z.string().nullable(),
    numberMatched: count.nullable().meta({ description: 'Null: fewer than `atLeast`, or none' }),
    classes: z
      .array(
        z.object({
          value,
          from: z.number().nullable().optional().meta({ description: 'With breaks: the least value of the class; null: none' }),
          to: z.number().nullable().optional().meta({ description: 'With breaks: values of the class lie below it; null: none' }),
          count,
          sum: z.number().nullable().optional(),
          min: z
            .number()
            .nullable()
            .optional()
            .meta({ description: 'Null where `atLeast` is more than 1: a single feature’s value' }),
          max: z.number().nullable().optional(),
        }),
      )
      .meta({ description: 'The most frequent first. A class without a value holds the features whose field is empty' }),
    others: count
      .nullable()
      .meta({ description: 'Features of classes that are not told: of fewer than `atLeast`, or beyond the first 200' }),
    atLeast: z.number().int().min(1).meta({ description: 'Least features of a class that is told' }),
  })
  .openapi('Statistics');
