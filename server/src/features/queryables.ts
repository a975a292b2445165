import type { Access } from '../access/decide.js';
import { filterableFields } from '../access/visible.js';
import type { Layer } from '../catalogue/layers.js';
import type { Language } from '../errors/problem.js';

const types = {
  text: { type: 'string' },
  integer: { type: 'integer' },
  bigint: { type: 'integer' },
  double: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  timestamp: { type: 'string', format: 'date-time' },
} as const;

/** What a filter may speak of (OGC API Features Part 3, queryables): only fields whose true value the caller sees. */
export function queryables(layer: Layer, access: Access, href: string, language: Language) {
  const fields = filterableFields(layer, access.for('query').views);
  return {
    $schema: 'https://json-schema.org/draft/2019-09/schema',
    $id: href,
    type: 'object',
    title: language === 'zh' ? layer.titleZh : layer.titleEn,
    properties: {
      geometry: {
        $ref: `https://geojson.org/schema/${{ point: 'Point', line: 'MultiLineString', polygon: 'MultiPolygon' }[layer.geometryType]}.json`,
      },
      ...Object.fromEntries(
        fields.map((f) => [
          f.name,
          {
            title: language === 'zh' ? f.titleZh : f.titleEn,
            ...types[f.type],
            ...(f.unit ? { 'x-ogc-unit': f.unit } : {}),
            ...(f.codes ? { enum: f.codes.map((c) => c.value) } : {}),
            ...(f.codeSystem ? { 'x-yutu-code-system': f.codeSystem } : {}),
          },
        ]),
      ),
    },
    additionalProperties: false,
  };
}
