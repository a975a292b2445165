import { action, dayInput as day, fieldForm, sharingClass } from '@yutu/contract';
import { z } from 'zod';

export { action, fieldForm, sharingClass };

/**
 * A layer as data: what an operator writes to register one, what `data/<city>/layers/*.json` holds and what
 * `yutu import` fills in from a file when it is not given. Nothing here knows a city.
 */

const text = z.string().trim().min(1).max(400);
const identifier = z.string().regex(/^[a-z][a-z0-9_]{0,47}$/, 'lower-case letters, digits and _, starting with a letter');

export const columnType = z.enum(['text', 'integer', 'bigint', 'double', 'boolean', 'date', 'timestamp']);
/** What the form `masked` leaves of a value: its ends (张**), its multiple of a step below, its year or month. */
export const fieldMask = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text'),
    keepStart: z.number().int().min(0).max(20).default(1),
    keepEnd: z.number().int().min(0).max(20).default(0),
  }),
  z.strictObject({ kind: z.literal('round'), step: z.number().positive().max(1e12) }),
  z.strictObject({ kind: z.literal('date'), to: z.enum(['year', 'month']) }),
]);
const maskFits: Record<z.infer<typeof fieldMask>['kind'], readonly string[]> = {
  text: ['text'],
  round: ['integer', 'bigint', 'double'],
  date: ['date', 'timestamp'],
};

/** Characters of a field's name. */
export const MOST_NAME = 200;

export const fieldDefinition = z.strictObject({
  /** As the file has it: its column may be called otherwise (catalogue/column.ts). */
  name: z
    .string()
    .min(1)
    .max(MOST_NAME)
    .refine((name) => name.trim() !== '' && !/[\p{Cc}\p{Surrogate}]/u.test(name), 'no control characters, and not blank'),
  titleZh: text,
  titleEn: text,
  type: columnType,
  unit: z.string().max(20).nullable().default(null),
  codes: z
    .array(z.strictObject({ value: z.string(), labelZh: z.string(), labelEn: z.string() }))
    .nullable()
    .default(null),
  /** The classification that the codes are of: the same code means something else in another. */
  codeSystem: z.string().trim().min(1).max(60).nullable().default(null),
  sensitivity: z.enum(['public', 'internal', 'personal']).default('public'),
  class: sharingClass.default('unconditional'),
  /** Forms a grant may give, the default first: personal fields do not offer the value first. Empty: never given. */
  forms: z.array(fieldForm).default(['value']),
  /** The rule of the form `masked`. */
  mask: fieldMask.nullable().default(null),
});

/** Date or timestamp fields: one, or where an interval begins and ends. */
export const timeFields = z.union([
  z.strictObject({ instant: z.string() }),
  z.strictObject({ start: z.string(), end: z.string() }),
]);
export type TimeFields = z.infer<typeof timeFields>;

export const symbology = z.strictObject({
  role: z.enum(['districts', 'townships', 'rivers', 'places', 'context', 'thematic']).default('thematic'),
  type: z.enum(['single', 'categories', 'graduated']),
  color: z.string().optional(),
  field: z.string().optional(),
  classes: z
    .array(
      z.strictObject({
        value: z.string().optional(),
        min: z.number().optional(),
        max: z.number().optional(),
        color: z.string(),
        shape: z.enum(['circle', 'triangle', 'diamond', 'square']).optional(),
        labelZh: z.string(),
        labelEn: z.string(),
      }),
    )
    .optional(),
  unit: z.string().optional(),
  label: z.string().optional(),
  minZoom: z.number().min(0).max(22).optional(),
  opacity: z.number().min(0).max(1).optional(),
});

const fraction = z.number().positive().max(10).nullable();

/** How much of a layer one organisation may draw in so many days, and at which part of that something happens. */
export const extractionPolicy = z.strictObject({
  /** Features, or a share of the layer's; null: unlimited. `rows` goes before `share`. */
  rows: z.number().int().positive().nullable().default(null),
  share: z.number().positive().max(1).nullable().default(null),
  km2: z.number().positive().nullable().default(null),
  days: z.number().int().min(1).max(366).default(30),
  /** Fractions of the limit at which it is told, slowed down, and stopped until somebody lifts it; null: never. */
  alarm: fraction.default(0.5),
  slow: fraction.default(null),
  stop: fraction.default(null),
});
export type ExtractionPolicy = z.infer<typeof extractionPolicy>;

export const layerPolicy = z.strictObject({
  /** Actions a grant may give beyond discovery. */
  actions: z.array(action).default(['view', 'query', 'api']),
  maxMonths: z.number().int().min(1).max(120).default(12),
  /** Working days to answer: less than the rule gives, never more (`answerDaysOf`). */
  answerDays: z.number().int().min(1).max(10, 'at most 10 working days; 1 for a layer that is shared unconditionally').optional(),
  letterRequired: z.boolean().default(false),
  /** Least features of a class that overlays and statistics tell others of. Absent: 5 where a field is personal or conditional, else 1. */
  analyseAtLeast: z.number().int().min(1).max(1000).optional(),
  /** Smallest part of a polygon that is overlaid, m². Absent: 1,000 where a field is personal, else none. */
  analyseSmallest: z.number().min(1).max(1e9).optional(),
  /** Mean width of the narrowest part of a polygon that is overlaid, m. Absent: 10 where a field is personal, else none. */
  analyseNarrowest: z.number().positive().max(1e5).optional(),
  conditionZh: z.string().nullable().default(null),
  conditionEn: z.string().nullable().default(null),
  /** Instead of what the instance says for the layer's security level. */
  extraction: extractionPolicy.optional(),
  /** From this zoom of tiles on features count as drawn; below, who is under a limit is told neither which they are nor more than the style needs. Absent: the instance's. */
  countingZoom: z.number().int().min(0).max(22).optional(),
});

/** What everybody may read of a policy: all but the guard's thresholds, which are not told to those they are meant for. */
export function publicPolicy({ extraction: _thresholds, ...said }: z.infer<typeof layerPolicy>) {
  return said;
}

/** Under this name a point in a tile tells for how many it stands: what MapLibre's clusters call it. */
export const POINT_COUNT = 'point_count';

export const layerDefinition = z
  .strictObject({
    // `change` is the table of changes beside the layers' own.
    id: identifier.refine((id) => id !== 'change', '"change" is taken'),
    titleZh: z.string().min(1).max(40),
    titleEn: z.string().min(1).max(60),
    descriptionZh: z.string().default(''),
    descriptionEn: z.string().default(''),
    kind: z.enum(['base', 'thematic']),
    theme: z.string(),
    owner: z.string(),
    sharingClass,
    /** What kind of rule withholds the layer: a law, an administrative regulation, or a decision of the State Council; nothing else may. */
    groundKind: z.enum(['law', 'regulation', 'state_council']).nullable().default(null),
    /** Legal ground of the class: for `withheld` the rule and its clause. */
    groundZh: z.string().nullable().default(null),
    groundEn: z.string().nullable().default(null),
    disclosure: z.enum(['proactive', 'on_request', 'none']),
    /** False: for everyone but its owner the layer answers as one that does not exist. */
    discoverable: z.boolean().default(true),
    securityLevel: z
      .enum(['public', 'internal', 'sensitive'], {
        message: 'public, internal or sensitive; state and work secrets cannot be registered here',
      })
      .default('public'),
    updateFrequency: z.enum(['daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'irregular']).default('yearly'),
    lastUpdate: day.nullable().default(null),
    geometryType: z.enum(['point', 'line', 'polygon']),
    srid: z.number().int().default(4490),
    approvalNumber: z.string().nullable().default(null),
    schematic: z.boolean().default(false),
    simulated: z.boolean().default(false),
    sourceNote: z.string().nullable().default(null),
    attribution: z.string().nullable().default(null),
    fields: z
      .array(
        fieldDefinition.refine(
          (f) => !f.forms.includes('masked') || (f.mask !== null && maskFits[f.mask.kind].includes(f.type)),
          {
            path: ['mask'],
            message: 'the form "masked" needs a rule that fits the field’s type: text, round or date',
          },
        ),
      )
      .max(200)
      .refine((fields) => new Set(fields.map((f) => f.name)).size === fields.length, 'two fields have the same name'),
    /** The text or whole-number field whose value names a feature across deliveries: by it a feature keeps its id. Null: none is declared. */
    keyField: z.string().nullable().default(null),
    /** Which fields say when a feature is: `datetime` filters by them. Null: its features have no time. */
    time: timeFields.nullable().default(null),
    /** Names of the text fields the search box looks into (title first), if any. */
    searchFields: z.array(z.string()).default([]),
    style: symbology.default({ role: 'thematic', type: 'single', color: 'cat-1' }),
    zooms: z
      .strictObject({
        min: z.number().int().min(0),
        max: z.number().int().max(22),
        /** A number field: where small zooms cannot show all features, those with the highest values stay. */
        rank: z.string().optional(),
        /** Whether points that stand for others at small zooms tell for how many (`POINT_COUNT`). */
        counts: z.boolean().optional(),
      })
      .default({ min: 0, max: 16 }),
    policy: layerPolicy.prefault({}),
  })
  .refine((d) => d.sharingClass !== 'withheld' || (d.groundKind !== null && d.groundZh !== null && d.groundEn !== null), {
    path: ['groundKind'],
    message: 'a withheld layer names the law, regulation or state_council decision that forbids sharing it, and its clause',
  })
  .refine(({ sharingClass, policy }) => sharingClass !== 'unconditional' || (policy.answerDays ?? 1) <= 1, {
    path: ['policy', 'answerDays'],
    message: 'a layer that is shared unconditionally is answered within 1 working day',
  })
  // Which features stay is seen by everyone who sees the layer, also by those who may not see the field.
  .refine(({ zooms, fields }) => zooms.rank === undefined || fields.some((f) => f.name === zooms.rank && isRank(f)), {
    path: ['zooms', 'rank'],
    message: 'a number field that is open to all who see the layer',
  })
  .refine(({ keyField, fields }) => keyField === null || fields.some((f) => f.name === keyField && isKey(f)), {
    path: ['keyField'],
    message: 'a field of the layer that is text or a whole number',
  })
  .refine(
    ({ time, fields }) =>
      Object.values(time ?? {}).every((name) =>
        fields.some((f) => f.name === name && (f.type === 'date' || f.type === 'timestamp')),
      ),
    { path: ['time'], message: 'date or timestamp fields of the layer' },
  )
  .refine(
    ({ zooms, geometryType, fields }) =>
      !zooms.counts || (geometryType === 'point' && !fields.some((f) => f.name === POINT_COUNT)),
    {
      path: ['zooms', 'counts'],
      message: `only points are counted, and no field may be called ${POINT_COUNT}`,
    },
  );

const isRank = ({ type, sensitivity }: FieldDefinition) =>
  ['integer', 'bigint', 'double'].includes(type) && sensitivity === 'public';

/** Whether values of the field can name features. */
export const isKey = ({ type }: Pick<FieldDefinition, 'type'>): boolean => ['text', 'integer', 'bigint'].includes(type);

export type LayerDefinition = z.infer<typeof layerDefinition>;
export type FieldDefinition = z.infer<typeof fieldDefinition>;
export type LayerPolicy = z.infer<typeof layerPolicy>;
export type Symbology = z.infer<typeof symbology>;
export type ColumnType = z.infer<typeof columnType>;
export type Action = z.infer<typeof action>;
export type SharingClass = z.infer<typeof sharingClass>;
export type FieldForm = z.infer<typeof fieldForm>;

/** The form in which whoever is given a field without its being named gets it: the first offered, of a personal one never its value. */
export const defaultForm = ({ forms, sensitivity }: Pick<FieldDefinition, 'forms' | 'sensitivity'>): FieldForm | undefined =>
  sensitivity === 'personal' ? forms.find((form) => form !== 'value') : forms[0];

export type SecurityLevel = LayerDefinition['securityLevel'];
