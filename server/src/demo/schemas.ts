import { z } from 'zod';
import { roles } from '../identity/caller.js';
import { recipes } from './recipes.js';

/** The files of `data/<city>/`, as zod schemas. The layers themselves are `catalogue/definition`. */

const text = z.string().trim().min(1);
const bilingual = { titleZh: text, titleEn: text };
const coded = z.strictObject({ code: text, ...bilingual });

export const instanceSettings = z.strictObject({
  brandZh: text,
  brandEn: text,
  taglineZh: text,
  taglineEn: text,
  cityZh: text,
  cityEn: text,
  /** Longitude and latitude box the map opens with: west, south, east, north. */
  home: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  timezone: text,
  /** The layer that holds the divisions, its fields, and the year of the codes. */
  divisions: z.strictObject({ layer: text, code: text, nameZh: text, nameEn: text, year: z.string().regex(/^\d{4}$/) }),
  themes: z.array(coded).min(1),
  matters: z.array(coded),
  refusalReasons: z.array(coded).min(1),
  noticeZh: text,
  noticeEn: text,
  approvalNumber: z.string().nullable(),
  /** Who is on duty for emergencies. */
  emergency: z.strictObject({ duty: z.array(z.string().regex(/^(person|role):\S+$/)).min(2) }).optional(),
});

export const organisation = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  kind: z.enum(['city', 'department', 'district', 'authority']),
  parent: z.string().nullable(),
  ...bilingual,
  division: z
    .string()
    .regex(/^\d{6}$/)
    .nullable(),
  line: text.nullable().default(null),
});

export const account = z.strictObject({
  username: z.string().regex(/^[a-z][a-z0-9-]*$/),
  nameZh: text,
  nameEn: text,
  organisation: text,
  roles: z.array(z.enum(roles)).min(1),
});

export const calendar = z.strictObject({
  /** One per year; `complete` is false until the official arrangement has been entered. */
  notes: z.array(z.strictObject({ year: z.number().int(), complete: z.boolean(), noteZh: text, noteEn: text })),
  days: z.array(z.strictObject({ date: z.iso.date(), kind: z.enum(['holiday', 'workday']), nameZh: text, nameEn: text })),
});

/** Where the cells come from that generated features are spread over. Values are file paths and property names. */
export const cellsSpec = z.strictObject({
  file: text,
  code: text,
  name: text,
  district: text,
  population: text,
  /** Stands in where the population is unknown. */
  defaultPopulation: z.number().positive(),
  height: text,
  districts: z.strictObject({ file: text, code: text, name: text }),
  centres: z.strictObject({ file: text, population: text }),
});

const positive = z.number().positive();
const range = z.tuple([positive, positive]);

export const pointsAroundTowns = z.strictObject({
  count: positive,
  weight: z.enum(['population', 'height']).default('population'),
  /** A town's share grows with its weight to this power. */
  power: positive,
  spreadKm: positive,
  attributes: recipes,
});

export const pointsAlongLines = z.strictObject({
  file: text,
  name: text,
  /** Name of lines that have none; {line_number} is the line's place in the file. */
  fallbackName: text,
  everyKm: positive,
  attributes: recipes,
});

export const streetLines = z.strictObject({
  count: positive,
  /** How many of the most populous towns get streets. */
  towns: positive,
  spacingM: positive,
  /** Fewest and most street blocks a line runs along. */
  segments: range,
  /** Share of lines that run from town to town. */
  trunkShare: z.number().min(0).max(1),
  attributes: recipes,
});

export const parcelOptions = z.strictObject({
  districts: z.array(text).min(1),
  /** How many of the most densely peopled cells of each district are cut into parcels. */
  cellsPerDistrict: positive,
  count: positive,
  /** Square metres: never below `min`; about `core` in the middle of a town; about `outer` in the country. */
  lot: z.strictObject({ min: positive, core: positive, outer: positive }),
  /** Districts without country: every parcel lies in the zone `core`, none is much larger than `outer`. */
  builtUp: z.strictObject({ districts: z.array(text), outer: positive }),
  lotsPerBlock: range,
  /** Kept free along the outline of every cell. */
  outlineGapM: positive,
  /** Parcels that lie across the border of two districts, at least one of them in `at`, in strips. */
  border: z.strictObject({ at: z.array(text).min(1), lots: z.number().min(0), perStrip: positive, frontM: range, depthM: range }),
  attributes: recipes,
});

const generated = <N extends string, O extends z.ZodType>(generator: N, options: O) =>
  z.strictObject({ generator: z.literal(generator), seed: z.number().int(), options });

export const generatedSource = z.discriminatedUnion('generator', [
  generated('points_around_towns', pointsAroundTowns),
  generated('points_along_lines', pointsAlongLines),
  generated('street_lines', streetLines),
  generated('parcels', parcelOptions),
]);

export const fileSource = z.strictObject({
  file: text,
  /** Property of the file → field of the layer. */
  rename: z.record(z.string(), z.string()).default({}),
  /** Field of the layer ← one property divided by another; null when either is missing. */
  derive: z
    .record(z.string(), z.strictObject({ ratio: z.tuple([text, text]), digits: z.number().int().min(0).default(1) }))
    .default({}),
});

export const source = z.union([generatedSource, fileSource]);

/** Something shared in the demonstration: as a steward would, with the last day so many days ahead. */
export const sharing = z.strictObject({
  /** Username of the steward. */
  by: text,
  days: z.number().int().positive(),
  /** Body of POST /api/grants without `until`. */
  share: z.record(z.string(), z.unknown()),
  /** The other side of a pair: body of …/sign without `until`. */
  sign: z.strictObject({ by: text, share: z.record(z.string(), z.unknown()) }).optional(),
  /** An emergency that a second person confirmed, and one that was looked at. */
  confirm: z.strictObject({ by: text }).optional(),
  review: z.strictObject({ by: text, text }).optional(),
  /** Taken back again, with the reason. */
  revoke: text.optional(),
});

export const demo = z.strictObject({
  names: text,
  cells: cellsSpec,
  /** What stewards have shared, in order. */
  sharing: z.array(sharing).default([]),
  /** In the order of drawing, the lowest first. */
  layers: z.array(z.strictObject({ layer: text, source })).min(1),
});

export type InstanceSettings = z.infer<typeof instanceSettings>;
export type OrganisationEntry = z.infer<typeof organisation>;
export type AccountEntry = z.infer<typeof account>;
export type Calendar = z.infer<typeof calendar>;
export type SharingEntry = z.infer<typeof sharing>;
export type CellsSpec = z.infer<typeof cellsSpec>;
export type Source = z.infer<typeof source>;
export type FileSource = z.infer<typeof fileSource>;
export type GeneratedSource = z.infer<typeof generatedSource>;
export type PointsAroundTowns = z.infer<typeof pointsAroundTowns>;
export type PointsAlongLines = z.infer<typeof pointsAlongLines>;
export type StreetLines = z.infer<typeof streetLines>;
export type ParcelOptions = z.infer<typeof parcelOptions>;
