import { bbox, coded, organisation, role, z } from '@yutu/contract';
import { link } from './common.js';

export const landing = z.object({ title: z.string(), description: z.string(), links: z.array(link) }).openapi('LandingPage');

export const conformance = z.object({ conformsTo: z.array(z.string()) }).openapi('Conformance');

export const instance = z
  .object({
    brandZh: z.string(),
    brandEn: z.string(),
    taglineZh: z.string(),
    taglineEn: z.string(),
    cityZh: z.string(),
    cityEn: z.string(),
    home: bbox.meta({ description: 'The box the map opens with' }),
    demo: z.boolean(),
    oidc: z
      .object({ name: z.string() })
      .nullable()
      .meta({ description: 'The service at which people may sign in (GET /session/oidc); null: there is none' }),
    demoAccounts: z
      .array(
        z.object({
          username: z.string(),
          password: z.string(),
          nameZh: z.string(),
          nameEn: z.string(),
          organisationZh: z.string(),
          organisationEn: z.string(),
          role,
        }),
      )
      .meta({ description: 'Empty unless `demo`' }),
    themes: z.array(coded).meta({ description: 'In the order of display' }),
    matters: z.array(coded).meta({ description: 'Business matters (事项) that a request may cite' }),
    refusalReasons: z.array(coded),
    noticeZh: z.string(),
    noticeEn: z.string(),
    approvalNumber: z.string().nullable().meta({ description: '审图号 of the base map, and of the base map only' }),
  })
  .openapi('Instance');

export const division = z
  .object({
    code: z.string(),
    nameZh: z.string(),
    nameEn: z.string().nullable(),
    level: z.literal('district'),
    bbox,
    areaKm2: z.number(),
  })
  .openapi('Division');

export const divisions = z.object({ divisions: z.array(division) }).openapi('Divisions');

export const organisations = z.object({ organisations: z.array(organisation) }).openapi('Organisations');

export const searchResult = z
  .object({
    kind: z.enum(['layer', 'division', 'place', 'organisation']),
    id: z.string().meta({ description: 'Id of the layer or organisation, division code, or {layer}/{fid} of a place' }),
    titleZh: z.string(),
    titleEn: z.string(),
    subtitleZh: z.string(),
    subtitleEn: z.string(),
    bbox: bbox.nullable(),
    locked: z.boolean().meta({ description: 'A layer that the caller may request but not view' }),
  })
  .openapi('SearchResult');

export const searchResults = z.object({ results: z.array(searchResult) }).openapi('SearchResults');
