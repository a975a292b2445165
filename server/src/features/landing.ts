import type { InstanceSettings } from '../catalogue/catalogue.js';
import type { Language } from '../errors/problem.js';
import { JSON_TYPE, OPENAPI, TILESETS_VECTOR, TILING_SCHEMES } from './links.js';

/** The landing page (OGC API Features Part 1, §7.2). */
export function landing(origin: string, instance: InstanceSettings, language: Language) {
  const zh = language === 'zh';
  return {
    title: zh ? instance.brandZh : instance.brandEn,
    description: zh ? instance.taglineZh : instance.taglineEn,
    links: [
      { href: `${origin}/api`, rel: 'self', type: JSON_TYPE },
      { href: `${origin}/api/openapi.json`, rel: 'service-desc', type: OPENAPI },
      { href: `${origin}/api/conformance`, rel: 'conformance', type: JSON_TYPE },
      { href: `${origin}/api/collections`, rel: 'data', type: JSON_TYPE },
      { href: `${origin}/api/tiles`, rel: TILESETS_VECTOR, type: JSON_TYPE },
      { href: `${origin}/api/tileMatrixSets`, rel: TILING_SCHEMES, type: JSON_TYPE },
      { href: `${origin}/`, rel: 'alternate', type: 'text/html', title: zh ? '地图' : 'Map' },
    ],
  };
}

const features = 'http://www.opengis.net/spec/ogcapi-features';
const cql2 = 'http://www.opengis.net/spec/cql2/1.0/conf';

export const conformance = {
  conformsTo: [
    'http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core',
    'http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections',
    `${features}-1/1.0/conf/core`,
    `${features}-1/1.0/conf/oas30`,
    `${features}-1/1.0/conf/geojson`,
    `${features}-3/1.0/conf/queryables`,
    `${features}-3/1.0/conf/filter`,
    `${features}-3/1.0/conf/features-filter`,
    `${features}-4/1.0/conf/create-replace-delete`,
    `${features}-4/1.0/conf/update`,
    `${cql2}/cql2-text`,
    `${cql2}/cql2-json`,
    // Of these and of no others every predicate of the standard's own test suite holds (test/api/cql2.test.ts).
    ...['basic-cql2', 'advanced-comparison-operators', 'case-insensitive-comparison'].map((one) => `${cql2}/${one}`),
    ...['basic-spatial-functions', 'basic-spatial-functions-plus', 'spatial-functions'].map((one) => `${cql2}/${one}`),
    'http://www.opengis.net/spec/tms/2.0/conf/tilematrixset',
    'http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset',
    'http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core',
    'http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset',
    'http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list',
    'http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets',
    'http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets',
    'http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/collections-selection',
    'http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt',
  ],
};
