import { planning, transport } from '@yutu/contract';
import { conformance as conformanceDocument } from '../../features/landing.js';
import type { Examples } from '../operation.js';
import type { Value } from '../schemas/index.js';
import { API, HOST } from './host.js';

/* Answers of the platform’s own resources, from the demonstration of Chongqing. */

const fuling: Value<'Organisation'> = {
  id: 'district-500102',
  kind: 'district',
  parent: 'city',
  titleZh: '涪陵区人民政府',
  titleEn: 'Fuling District Government',
  division: '500102',
};

export const landing: Examples<'LandingPage'> = {
  en: [
    'In English',
    {
      title: 'Yutu',
      description: 'Geospatial sharing for the city',
      links: [
        { href: API, rel: 'self', type: 'application/json' },
        { href: `${API}/openapi.json`, rel: 'service-desc', type: 'application/vnd.oai.openapi+json;version=3.0' },
        { href: `${API}/conformance`, rel: 'conformance', type: 'application/json' },
        { href: `${API}/collections`, rel: 'data', type: 'application/json' },
        { href: `${HOST}/`, rel: 'alternate', type: 'text/html', title: 'Map' },
      ],
    },
  ],
};

export const conformance: Examples<'Conformance'> = {
  all: ['The classes that are kept', { conformsTo: [...conformanceDocument.conformsTo] }],
};

export const instance: Examples<'Instance'> = {
  demonstration: [
    'The demonstration of Chongqing',
    {
      brandZh: '渝图',
      brandEn: 'Yutu',
      taglineZh: '地理空间信息共享',
      taglineEn: 'Geospatial sharing for the city',
      cityZh: '重庆市',
      cityEn: 'Chongqing',
      home: [105.28, 28.16, 110.2, 32.22],
      demo: true,
      oidc: null,
      demoAccounts: [
        {
          username: 'planner',
          password: 'yutu-demo',
          nameZh: '周敏',
          nameEn: 'Zhou Min',
          organisationZh: '市交通运输委',
          organisationEn: 'Transport Commission',
          role: 'planner',
        },
      ],
      themes: [{ code: 'land', titleZh: '自然资源与规划', titleEn: 'Land and planning' }],
      matters: [
        { code: 'JT-2026-0418', titleZh: '沿江铁路项目用地预审', titleEn: 'Land pre-examination of the riverside railway' },
      ],
      refusalReasons: [{ code: 'B1', titleZh: '用途说明与所引事项不符', titleEn: 'The purpose does not match the matter cited' }],
      noticeZh: '政务内部使用，不得公开',
      noticeEn: 'For government use only; not to be published',
      approvalNumber: null,
    },
  ],
};

export const divisions: Examples<'Divisions'> = {
  two: [
    'Two of the 38',
    {
      divisions: [
        {
          code: '500102',
          nameZh: '涪陵区',
          nameEn: 'Fuling District',
          level: 'district',
          bbox: [106.94093, 29.40714, 107.77291, 29.97248],
          areaKm2: 2665.4,
        },
        {
          code: '500115',
          nameZh: '长寿区',
          nameEn: 'Changshou District',
          level: 'district',
          bbox: [106.87715, 29.72251, 107.41597, 30.21023],
          areaKm2: 1415.8,
        },
      ],
    },
  ],
};

export const organisations: Examples<'Organisations'> = {
  three: ['Two departments and a district', { organisations: [planning, transport, fuling] }],
};

export const searchResults: Examples<'SearchResults'> = {
  parcels: [
    'A closed layer, for 宗地',
    {
      results: [
        {
          kind: 'layer',
          id: 'parcels',
          titleZh: '地籍宗地',
          titleEn: 'Land parcels',
          subtitleZh: '市规划自然资源局',
          subtitleEn: 'Planning and Natural Resources Bureau',
          bbox: [106.2272227, 29.1594582, 106.9930371, 29.8612774],
          locked: true,
        },
      ],
    },
  ],
  fuling: [
    'A division and a place, for 涪陵',
    {
      results: [
        {
          kind: 'division',
          id: '500102',
          titleZh: '涪陵区',
          titleEn: 'Fuling District',
          subtitleZh: '行政区划 500102',
          subtitleEn: 'Division 500102',
          bbox: [106.94093, 29.40714, 107.77291, 29.97248],
          locked: false,
        },
        {
          kind: 'place',
          id: 'districts/2',
          titleZh: '涪陵区',
          titleEn: 'Fuling District',
          subtitleZh: '行政区划界线',
          subtitleEn: 'District boundaries',
          bbox: [106.94093, 29.40714, 107.77291, 29.97248],
          locked: false,
        },
      ],
    },
  ],
};
