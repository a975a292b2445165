import { z } from './zod.js';

/**
 * discover: know of it · view: tiles · query: items, counts · download: export · api: machine use · edit · analyse: the result of an
 * overlay without the geometry · verify: yes or no about one feature · embed: signed use on another site.
 */
export const action = z.enum(['discover', 'view', 'query', 'download', 'api', 'edit', 'analyse', 'verify', 'embed']);
export type Action = z.output<typeof action>;
export const actions = z.array(action);

export const sharingClass = z.enum(['unconditional', 'conditional', 'withheld']);
export type SharingClass = z.output<typeof sharingClass>;

/** How a field is shown, best first: its value, masked by the field's rule, or a de-identified code. */
export const fieldForm = z.enum(['value', 'masked', 'code']);
export type FieldForm = z.output<typeof fieldForm>;

export const fieldAsk = z
  .object({
    name: z.string(),
    form: fieldForm.meta({ description: '`code`: a de-identified code stands in for the value' }),
  })
  .openapi('FieldAsk');
export type FieldAsk = z.output<typeof fieldAsk>;

export const rowsHidden = z.literal(true).optional().meta({
  description: 'There is a filter on rows, which speaks of fields whose values the caller does not see: `rows` is null',
});

/** What counts as an update of a layer: new data, or that somebody looked and nothing has changed. */
export const updateKinds = ['delivery', 'no_change'] as const;

/** A code with its names, as the instance's lists have it. */
export const coded = z.object({ code: z.string(), titleZh: z.string(), titleEn: z.string() }).openapi('Coded');

/** What has a name in both languages. */
export const titled = { titleZh: z.string(), titleEn: z.string() };
/** A sentence in both languages. */
export const told = { sentenceZh: z.string(), sentenceEn: z.string() };
