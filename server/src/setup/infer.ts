import type { LayerDefinition } from '../catalogue/definition.js';
import { layerDefinition } from '../catalogue/definition.js';
import { fail } from '../errors/fail.js';

import type { IncomingFeature } from '../store/import.js';
import { refuseDefinition } from './refuse-definition.js';

type FieldType = LayerDefinition['fields'][number]['type'];

const KINDS: Record<string, LayerDefinition['geometryType']> = {
  Point: 'point',
  LineString: 'line',
  MultiLineString: 'line',
  Polygon: 'polygon',
  MultiPolygon: 'polygon',
};

/** The narrowest type that holds every value seen. */
function widen(type: FieldType | null, value: unknown): FieldType | null {
  if (value === null || value === undefined) return type;
  const own: FieldType =
    typeof value === 'boolean'
      ? 'boolean'
      : typeof value === 'number'
        ? Number.isInteger(value)
          ? Math.abs(value) < 2 ** 31
            ? 'integer'
            : Number.isSafeInteger(value)
              ? 'bigint'
              : 'double'
          : 'double'
        : typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
          ? 'date'
          : 'text';
  if (type === null || type === own) return own;
  const numbers: FieldType[] = ['integer', 'bigint', 'double'];
  if (numbers.includes(type) && numbers.includes(own)) return numbers[Math.max(numbers.indexOf(type), numbers.indexOf(own))]!;
  return 'text';
}

/** A closed, conditional layer with the file's own columns: what an import registers when nothing more is said. */
export async function inferDefinition(
  id: string,
  owner: string,
  theme: string,
  title: string | undefined,
  features: AsyncIterable<IncomingFeature>,
): Promise<LayerDefinition> {
  const types = new Map<string, FieldType | null>();
  let kind: LayerDefinition['geometryType'] | null = null;
  for await (const feature of features) {
    if (feature?.type !== 'Feature')
      fail('import_invalid', { whyZh: '文件里有不是要素的内容', whyEn: 'The file holds something that is no feature' });
    kind ??= KINDS[feature.geometry?.type ?? ''] ?? null;
    // QGIS writes its own ids into every file; ours are given at import.
    for (const [name, value] of Object.entries(feature.properties ?? {}))
      if (name !== 'fid') types.set(name, widen(types.get(name) ?? null, value));
  }
  if (kind === null)
    fail('import_invalid', { whyZh: '文件里没有点、线或面', whyEn: 'The file holds no points, lines or polygons' });
  const parsed = layerDefinition.safeParse({
    id,
    titleZh: title ?? id,
    titleEn: title ?? id,
    kind: 'thematic',
    theme,
    owner,
    sharingClass: 'conditional',
    disclosure: 'none',
    geometryType: kind,
    fields: [...types].map(([name, type]) => ({
      name,
      titleZh: name,
      titleEn: name,
      type: type ?? 'text',
      sensitivity: 'internal',
      class: 'conditional',
    })),
  });
  if (!parsed.success) refuseDefinition(parsed.error);
  return parsed.data;
}
