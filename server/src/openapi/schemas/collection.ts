import { bbox, count, day, geometry, instant, organisation, rowsHidden, updateKinds, uuid, z } from '@yutu/contract';
import {
  action,
  columnType,
  fieldForm,
  fieldMask,
  layerDefinition,
  layerPolicy,
  sharingClass,
  symbology as symbologyDefinition,
} from '../../catalogue/definition.js';
import { featureInput, featurePatch } from '../../features/edit-input.js';
import { codeSystems, link } from './common.js';

const layer = layerDefinition.shape;

export const field = z
  .object({
    name: z.string(),
    titleZh: z.string(),
    titleEn: z.string(),
    type: columnType,
    unit: z.string().nullable(),
    codes: z.array(z.object({ value: z.string(), labelZh: z.string(), labelEn: z.string() })).nullable(),
    codeSystem: z.string().nullable().meta({
      description:
        'The classification that the codes are of, such as GB/T 21010-2017; null as well where the caller does not see the field’s true value',
    }),
    sensitivity: z.enum(['public', 'internal', 'personal']),
    class: sharingClass,
    form: fieldForm.nullable().meta({ description: 'How the caller sees the field; null: it is hidden from the caller' }),
    mask: fieldMask.nullable().optional().meta({ description: 'The rule of the form `masked`' }),
    offered: z
      .array(fieldForm)
      .meta({ description: 'Forms that a grant may give under the layer’s policy, the default first; empty: never given' }),
  })
  .openapi('Field');

export const symbology = symbologyDefinition
  .meta({ description: 'Symbology as data. Colours are tokens of the viewer’s palettes (`cat-1`, `ochre-2`, …) or #rrggbb' })
  .openapi('Symbology');

export const policy = z
  .object({
    actions: z.array(action).meta({ description: 'Actions that a grant may give' }),
    maxMonths: layerPolicy.shape.maxMonths.unwrap(),
    answerDays: layerPolicy.shape.answerDays
      .unwrap()
      .meta({ description: 'Working days the owner has to answer: 1 for an unconditional layer, else 10, or fewer' }),
    letterRequired: z.boolean(),
    analyseAtLeast: layerPolicy.shape.analyseAtLeast.meta({
      description:
        'Least features of a class that overlays and statistics tell others than the owner of; absent: 5 where a field is personal or conditional, else 1',
    }),
    analyseSmallest: layerPolicy.shape.analyseSmallest.meta({
      description: 'Smallest part of a polygon that is overlaid, m²; absent: 1,000 where a field is personal, else none',
    }),
    analyseNarrowest: layerPolicy.shape.analyseNarrowest.meta({
      description:
        'Mean width of the narrowest part of a polygon that is overlaid, m; absent: 10 where a field is personal, else none',
    }),
    countingZoom: layerPolicy.shape.countingZoom.meta({
      description: 'From this zoom of tiles on features count as drawn; absent: the instance’s',
    }),
    conditionZh: z.string().nullable(),
    conditionEn: z.string().nullable(),
  })
  .openapi('LayerPolicy');

export const access = z
  .object({
    actions: z.array(action).meta({ description: 'What the caller may do on at least one feature' }),
    source: z.enum(['public', 'own', 'grant', 'none']).meta({ description: 'Where the rights come from' }),
    until: day.nullable().meta({ description: 'The last day of the term, when a grant gives the rights' }),
    area: z
      .object({
        divisions: z.array(z.string()).nullable(),
        labelZh: z.string(),
        labelEn: z.string(),
        bbox,
        geometry: geometry.optional().meta({ description: 'Only in the document of one collection' }),
      })
      .nullable()
      .meta({ description: 'Null: the rights, if there are any, are not confined to an area' }),
    rows: z.string().nullable().meta({ description: 'The filter that the rights are confined to, in CQL2' }),
    rowsHidden,
    grants: z.array(uuid),
    maxZoom: z
      .number()
      .int()
      .nullable()
      .optional()
      .meta({ description: 'Deepest zoom at which anything is shown; null: as deep as the layer goes' }),
    precision: z
      .object({ kind: z.enum(['grid', 'cell', 'point']), metres: z.number() })
      .nullable()
      .optional()
      .meta({ description: 'How exactly places are shown, the best of all rights; null: as they are' }),
    analyseBy: z.array(z.string()).optional().meta({ description: 'Fields that an overlay can be told by' }),
    verifiable: z.array(z.string()).optional().meta({ description: 'Fields that can be claimed in a check' }),
    key: z.string().meta({ description: 'Changes exactly when what the caller sees may change' }),
  })
  .openapi('AccessSummary');

export const collection = z
  .object({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    attribution: z.string().nullable(),
    itemType: z.literal('feature'),
    crs: z.array(z.string()),
    extent: z.object({
      spatial: z.object({ bbox: z.array(bbox), crs: z.string() }),
      temporal: z
        .object({ interval: z.array(z.array(z.string().nullable()).length(2)), trs: z.string() })
        .optional()
        .meta({ description: 'There only when features have times that the caller may filter by' }),
    }),
    links: z.array(link),
    yutu: z
      .object({
        titleZh: z.string(),
        titleEn: z.string(),
        descriptionZh: z.string(),
        descriptionEn: z.string(),
        kind: layer.kind,
        theme: z.string(),
        owner: organisation,
        sharing: z.object({
          class: sharingClass,
          groundKind: layer.groundKind.unwrap().meta({ description: 'What kind of rule withholds it' }),
          groundZh: z.string().nullable(),
          groundEn: z.string().nullable(),
        }),
        disclosure: layer.disclosure,
        securityLevel: layer.securityLevel.unwrap(),
        updateFrequency: layer.updateFrequency.unwrap(),
        lastUpdate: day.nullable(),
        lastUpdateKind: z.enum(updateKinds).nullable().meta({
          description: 'How the owner declared it: a delivery, or that nothing has changed; null: by the layer’s definition',
        }),
        lastEdit: day.nullable().meta({ description: 'The last single edit: shown beside the update, it is none' }),
        overdueDays: count.meta({ description: '0: the layer was updated in time' }),
        geometryType: layer.geometryType,
        featureCount: count.nullable().meta({ description: 'Null while the caller may not query' }),
        version: count,
        approvalNumber: z.string().nullable().meta({
          description: '审图号 of the reviewed map that the layer was taken from; no map composed of it has that number',
        }),
        schematic: z.boolean().meta({ description: '示意' }),
        simulated: z.boolean().meta({ description: '模拟数据' }),
        sourceNote: z.string().nullable(),
        fields: z.array(field),
        time: z
          .object({
            instant: z.string().optional(),
            start: z.string().optional(),
            end: z.string().optional(),
            timezone: z.string().meta({ description: 'Of days, and of times that name none' }),
          })
          .nullable()
          .optional()
          .meta({
            description:
              'Fields by which `datetime` filters: one, or where an interval begins and ends. Null: features have no time, all of them match.',
          }),
        searchFields: z.array(z.string()).optional().meta({ description: 'Fields that features are found by' }),
        style: symbology,
        zooms: z.object({
          min: z.number().int(),
          max: z.number().int(),
          counts: z
            .boolean()
            .meta({ description: 'Whether points in small zooms tell for how many they stand, as `point_count`' }),
        }),
        policy,
        access,
        request: z
          .object({
            id: uuid,
            status: z.enum(['draft', 'submitted', 'correction', 'granted', 'narrower', 'refused', 'withdrawn']),
          })
          .nullable()
          .meta({ description: 'The newest request of the caller’s organisation' }),
      })
      .meta({ description: 'What the catalogue knows beside the standard’s members' }),
  })
  .meta({ description: 'A collection (OGC API Features Part 1, §7.14). Of a closed layer it is metadata only.' })
  .openapi('Collection');

export const collections = z.object({ links: z.array(link), collections: z.array(collection) }).openapi('Collections');

export const queryables = z
  .object({
    $schema: z.string(),
    $id: z.string(),
    type: z.literal('object'),
    title: z.string(),
    properties: z.record(z.string(), z.record(z.string(), z.unknown())),
    additionalProperties: z.literal(false),
  })
  .meta({ description: 'JSON Schema of what a filter may speak of: only fields whose true value the caller sees' })
  .openapi('Queryables');

const feature = z.object({
  type: z.literal('Feature'),
  id: count.meta({ description: 'At most 2^53; the same number as in the tiles; never used again' }),
  geometry: geometry.nullable(),
  properties: z
    .record(z.string(), z.unknown())
    .meta({ description: 'Fields that are hidden from the caller are absent, not null' }),
});

export const item = feature.extend({ codeSystems, links: z.array(link).optional() }).openapi('Feature');

export const featureBody = featureInput
  .meta({
    description: 'A GeoJSON feature of the layer’s geometry type. Fields that are not sent are empty; unknown ones are refused.',
  })
  .openapi('FeatureInput');
export const featureChange = featurePatch
  .meta({ description: 'A merge patch (RFC 7396): what is absent stays, null takes a value away' })
  .openapi('FeaturePatch');

export const items = z
  .object({
    type: z.literal('FeatureCollection'),
    description: z
      .string()
      .optional()
      .meta({ description: 'There only when the page does not hold all: how many it holds, of how many' }),
    more: z.boolean().meta({ description: 'Whether the link `next` has more' }),
    numberMatched: count,
    numberReturned: count,
    timeStamp: instant,
    codeSystems,
    links: z.array(link).meta({ description: 'A link `next` when there is more: follow it, do not build it' }),
    features: z.array(item),
  })
  .openapi('FeatureCollection');

export const changes = z
  .object({
    type: z.literal('FeatureCollection'),
    numberReturned: count,
    timeStamp: instant,
    codeSystems,
    links: z.array(link).meta({ description: 'The link `next` holds the mark to go on from: follow it, now or later' }),
    more: z.boolean().meta({ description: 'There are further edits already: follow `next` now' }),
    gone: z
      .array(count)
      .meta({ description: 'Ids of features that the caller’s views showed and show no longer: drop those you hold' }),
    features: z.array(item).meta({ description: 'Features that are new or look different to the caller, as they are now' }),
  })
  .openapi('ChangeCollection');

export const exported = z
  .object({
    type: z.literal('FeatureCollection'),
    name: z.string(),
    yutu: z
      .object({
        layer: z.string(),
        version: count,
        exportedAt: instant,
        exportedBy: z.string(),
        organisation: z.string().nullable(),
        grants: z.array(uuid),
        simulated: z.boolean(),
        schematic: z.boolean(),
        approvalNumber: z.string().nullable(),
        codeSystems,
      })
      .meta({ description: 'Who took the file, when, and under which grants' }),
    features: z.array(feature),
  })
  .openapi('ExportedCollection');
