import { bbox, count, instant, uuid, z } from '@yutu/contract';
import { DRAFT_LAYER, DRAFT_ZOOM } from '../../drafts/source.js';

export const draftInput = z
  .looseObject({
    type: z.string().meta({ description: 'FeatureCollection, Feature, or a type of geometry' }),
    name: z.string().optional().meta({ description: 'Title, unless one is given as a parameter' }),
    features: z.array(z.looseObject({ type: z.literal('Feature') })).optional(),
  })
  .meta({
    description:
      'GeoJSON in longitude and latitude, or in a coordinate system that its member `crs` names: at most 10 MB, 50,000 features, 1,000,000 positions',
  })
  .openapi('DraftInput');

export const draft = z
  .object({
    id: uuid,
    title: z.string(),
    features: count,
    extent: bbox,
    expires: instant,
    layer: z.literal(DRAFT_LAYER).meta({ description: 'Name of the layer in the tiles' }),
    tiles: z.string().meta({ description: 'Template of the tiles’ addresses' }),
    minzoom: z.literal(0),
    maxzoom: z.literal(DRAFT_ZOOM),
    notes: z
      .array(z.string())
      .optional()
      .meta({ description: 'Only when it is made: what was converted or left out, in the caller’s language' }),
  })
  .openapi('Draft');

export const drafts = z.object({ drafts: z.array(draft) }).openapi('Drafts');
