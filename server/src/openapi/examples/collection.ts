import { GRANT_ID, planning, REQUEST_ID } from '@yutu/contract';
import { CHANGES, CRS84, QUERYABLES, STATISTICS, TILESETS_VECTOR } from '../../features/links.js';
import type { Examples } from '../operation.js';
import type { Value } from '../schemas/index.js';
import { API } from './host.js';

/* Collections and features: the layer `parcels`, as an organisation sees it that was granted two districts. */

const HREF = `${API}/collections/parcels`;

const field = (name: string, titleZh: string, titleEn: string, more: Partial<Value<'Field'>> = {}): Value<'Field'> => ({
  name,
  titleZh,
  titleEn,
  type: 'text',
  unit: null,
  codes: null,
  codeSystem: null,
  sensitivity: 'public',
  class: 'conditional',
  form: 'value',
  offered: ['value'],
  ...more,
});

const granted: Value<'Collection'> = {
  id: 'parcels',
  title: '地籍宗地',
  description: '主城及周边重点乡镇的宗地边界、用途、权利类型和使用期限。按宗地代码登记。',
  attribution: null,
  itemType: 'feature',
  crs: [CRS84],
  extent: { spatial: { bbox: [[106.4857465, 29.5223031, 106.8729746, 29.6660115]], crs: CRS84 } },
  links: [
    { href: HREF, rel: 'self', type: 'application/json', title: '地籍宗地' },
    { href: `${HREF}/items`, rel: 'items', type: 'application/geo+json', title: '地籍宗地' },
    { href: `${HREF}/queryables`, rel: QUERYABLES, type: 'application/schema+json' },
    { href: `${HREF}/tiles`, rel: TILESETS_VECTOR, type: 'application/json' },
    { href: `${HREF}/tilejson`, rel: 'describedby', type: 'application/json', title: 'TileJSON' },
    { href: `${HREF}/statistics`, rel: STATISTICS, type: 'application/json' },
    { href: `${HREF}/changes`, rel: CHANGES, type: 'application/geo+json' },
  ],
  yutu: {
    titleZh: '地籍宗地',
    titleEn: 'Land parcels',
    descriptionZh: '主城及周边重点乡镇的宗地边界、用途、权利类型和使用期限。按宗地代码登记。',
    descriptionEn: 'Parcel boundaries in the inner districts with use, kind of right and term, registered by parcel code.',
    kind: 'thematic',
    theme: 'land',
    owner: planning,
    sharing: {
      class: 'conditional',
      groundKind: null,
      groundZh: '《不动产登记暂行条例》；《政务数据共享条例》关于有条件共享的规定',
      groundEn: 'Interim Regulations on Real Estate Registration; Regulations on Government Data Sharing, conditional sharing',
    },
    disclosure: 'none',
    securityLevel: 'sensitive',
    updateFrequency: 'monthly',
    lastUpdate: '2026-11-12',
    lastUpdateKind: 'delivery',
    lastEdit: null,
    overdueDays: 0,
    geometryType: 'polygon',
    featureCount: 3634,
    version: 1,
    approvalNumber: null,
    schematic: false,
    simulated: true,
    sourceNote: '模拟数据：按固定种子在真实乡镇位置上生成，不反映实际情况 / Simulated on real town locations with a fixed seed',
    fields: [
      field('code', '宗地代码', 'Parcel code'),
      field('land_use', '土地用途', 'Land use', {
        codeSystem: 'GB/T 21010-2017',
        codes: [
          { value: '07', labelZh: '住宅用地', labelEn: 'Housing' },
          { value: '05', labelZh: '商服用地', labelEn: 'Commerce and services' },
        ],
      }),
      field('right_type', '权利类型', 'Kind of right', { form: null }),
      field('area_m2', '宗地面积', 'Area', { type: 'double', unit: 'm²' }),
      field('holder', '权利人', 'Holder', { sensitivity: 'personal', form: 'code', offered: ['code', 'value'] }),
    ],
    style: {
      role: 'thematic',
      type: 'categories',
      field: 'land_use',
      minZoom: 10,
      opacity: 0.7,
      classes: [
        { value: '07', color: 'ochre-2', labelZh: '住宅用地', labelEn: 'Housing' },
        { value: '05', color: 'cat-2', labelZh: '商服用地', labelEn: 'Commerce and services' },
      ],
    },
    zooms: { min: 10, max: 16, counts: false },
    policy: {
      actions: ['view', 'query', 'api'],
      maxMonths: 6,
      answerDays: 10,
      letterRequired: true,
      conditionZh: '须对应具体事项；范围以事项所涉区县为限；权利人默认只给去标识代码',
      conditionEn: 'For a named matter, within the districts it touches; holders as de-identified codes unless justified',
    },
    access: {
      actions: ['discover', 'view', 'query', 'api'],
      source: 'grant',
      until: '2027-02-28',
      area: {
        divisions: ['500103', '500105'],
        labelZh: '渝中区、江北区',
        labelEn: 'Yuzhong District, Jiangbei District',
        bbox: [106.48532, 29.51932, 106.88308, 29.69073],
      },
      rows: null,
      grants: [GRANT_ID],
      analyseBy: [],
      verifiable: [],
      key: 'irVl8KbQ0c4uT1PNoYx2Gw',
    },
    request: { id: REQUEST_ID, status: 'narrower' },
  },
};

const closed: Value<'Collection'> = {
  ...granted,
  title: 'Land parcels',
  description: granted.yutu.descriptionEn,
  yutu: {
    ...granted.yutu,
    featureCount: null,
    fields: granted.yutu.fields.map((f) => ({ ...f, form: null })),
    access: {
      actions: ['discover'],
      source: 'none',
      until: null,
      area: null,
      rows: null,
      grants: [],
      key: 'T1PNoYx2GwirVl8KbQ0c4u',
    },
    request: null,
  },
};

export const collection: Examples<'Collection'> = {
  granted: ['To an organisation that was granted two districts, in Chinese', granted],
  closed: ['To the anonymous, in English: metadata only', closed],
};

export const collections: Examples<'Collections'> = {
  one: [
    'One of the collections',
    { links: [{ href: `${API}/collections`, rel: 'self', type: 'application/json' }], collections: [closed] },
  ],
};

export const queryables: Examples<'Queryables'> = {
  granted: [
    'What the grant lets a filter speak of: the holder, seen as a code, is not among it',
    {
      $schema: 'https://json-schema.org/draft/2019-09/schema',
      $id: `${HREF}/queryables`,
      type: 'object',
      title: '地籍宗地',
      // The geometry refers to a schema of geojson.org; tools would take that for a reference of the document.
      properties: {
        code: { title: '宗地代码', type: 'string' },
        land_use: { title: '土地用途', type: 'string', enum: ['07', '05'] },
        area_m2: { title: '宗地面积', type: 'number', 'x-ogc-unit': 'm²' },
      },
      additionalProperties: false,
    },
  ],
};

const parcel: Value<'Feature'> = {
  type: 'Feature',
  id: 1,
  geometry: {
    type: 'MultiPolygon',
    coordinates: [
      [
        [
          [106.5083894, 29.5635731],
          [106.507577, 29.5629734],
          [106.5087186, 29.5618956],
          [106.509486, 29.5624708],
          [106.5083894, 29.5635731],
        ],
      ],
    ],
  },
  properties: { code: '500103000001GB00001', land_use: '07', area_m2: 16310.6, holder: 'R-acf5c364b6', district_code: '500103' },
};
const parent = { href: HREF, rel: 'collection', type: 'application/json' };

export const item: Examples<'Feature'> = {
  parcel: [
    'A parcel, its holder as a de-identified code',
    { ...parcel, links: [{ href: `${HREF}/items/1`, rel: 'self', type: 'application/geo+json' }, parent] },
  ],
};

export const featureInput: Examples<'FeatureInput'> = {
  parcel: [
    'A parcel',
    {
      type: 'Feature',
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [106.55, 29.56],
            [106.551, 29.56],
            [106.551, 29.561],
            [106.55, 29.56],
          ],
        ],
      },
      properties: { code: '500103001001GB00001', land_use: '07', area_m2: 5361.2 },
    },
  ],
};
export const featurePatch: Examples<'FeaturePatch'> = {
  use: ['Another use; its term is taken away', { properties: { land_use: '05', term_end: null } }],
};

export const items: Examples<'FeatureCollection'> = {
  first: [
    'The first page of one feature',
    {
      type: 'FeatureCollection',
      more: false,
      numberMatched: 3634,
      numberReturned: 1,
      timeStamp: '2026-11-24T02:20:00.000Z',
      codeSystems: { land_use: 'GB/T 21010-2017' },
      links: [
        { href: `${HREF}/items?limit=1`, rel: 'self', type: 'application/geo+json' },
        parent,
        { href: `${HREF}/items?limit=1&after=ZjE`, rel: 'next', type: 'application/geo+json' },
      ],
      features: [parcel],
    },
  ],
};

export const changes: Examples<'ChangeCollection'> = {
  two: [
    'One parcel changed, another left the caller’s area',
    {
      type: 'FeatureCollection',
      numberReturned: 1,
      timeStamp: '2026-11-24T02:20:00.000Z',
      links: [
        { href: `${HREF}/changes?since=YzE`, rel: 'self', type: 'application/geo+json' },
        parent,
        { href: `${HREF}/changes?since=YzM`, rel: 'next', type: 'application/geo+json' },
      ],
      more: false,
      gone: [7],
      features: [parcel],
    },
  ],
};

export const exported: Examples<'ExportedCollection'> = {
  schools: [
    'A layer that was granted with download',
    {
      type: 'FeatureCollection',
      name: 'schools',
      yutu: {
        layer: 'schools',
        version: 1,
        exportedAt: '2026-11-24T02:20:00.000Z',
        exportedBy: 'planner',
        organisation: 'transport',
        grants: ['98630f7f-68d0-4332-a6eb-06f09e174c8c'],
        simulated: true,
        schematic: false,
        approvalNumber: null,
      },
      features: [
        {
          type: 'Feature',
          id: 7,
          geometry: { type: 'Point', coordinates: [107.3894, 29.7031] },
          properties: { name: '涪陵第七小学（模拟）', kind: '小学', students: 812, district_code: '500102' },
        },
      ],
    },
  ],
};
