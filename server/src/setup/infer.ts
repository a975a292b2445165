import { isDay } from '@yutu/contract';
import type { LayerDefinition } from '../catalogue/definition.js';
import { layerDefinition } from '../catalogue/definition.js';
import { readInstant } from '../catalogue/times.js';
import { fail } from '../errors/fail.js';
import { LongNumber } from '../incoming/json.js';
import type { Note } from '../incoming/note.js';
import { isFine } from '../store/coerce.js';
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

/** The narrowest type that holds one value without a loss. */
function typeOf(value: unknown): FieldType {
  if (typeof value === 'boolean') return 'boolean';
  // Whole numbers past 2^53 are codes, and not every one of them is a double.
  if (value instanceof LongNumber) return isFine(value.text) ? 'double' : 'text';
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || Math.abs(value) >= 1e21) return 'double';
    return Math.abs(value) < 2 ** 31 ? 'integer' : Number.isSafeInteger(value) ? 'bigint' : 'text';
  }
  return typeof value === 'string' ? (timeType(value) ?? 'text') : 'text';
}

/** The narrowest type that holds every value seen. */
function widen(type: FieldType | null, value: unknown): FieldType | null {
  if (value === null || value === undefined) return type;
  const own = typeOf(value);
  if (type === null || type === own) return own;
  const numbers: FieldType[] = ['integer', 'bigint', 'double'];
  if (numbers.includes(type) && numbers.includes(own)) return numbers[Math.max(numbers.indexOf(type), numbers.indexOf(own))]!;
  return 'text';
}

/** The type of a text that is a day or a time, with a zone or without; null when it is neither, or one that there is not. */
const timeType = (text: string): 'date' | 'timestamp' | null =>
  isDay(text) ? 'date' : readInstant(text, 'UTC') === null ? null : 'timestamp';

/** What looks like a day or a time, and is none: there is no 30 February, and no year 0. */
const isImpossible = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}($|[Tt ]\d)/.test(value) && timeType(value) === null;

/** Fields that stay text though they nearly are dates: a word about each. */
class NearlyTimes {
  private readonly fields = new Map<string, { kinds: Set<string>; impossible: string | null; other: boolean }>();

  see(name: string, value: unknown): void {
    if (value === null || value === undefined) return;
    const field = this.fields.get(name) ?? { kinds: new Set(), impossible: null, other: false };
    this.fields.set(name, field);
    const kind = typeof value === 'string' ? timeType(value) : null;
    if (kind) field.kinds.add(kind);
    else if (isImpossible(value)) field.impossible ??= value as string;
    else field.other = true;
  }

  report(): Note[] {
    return [...this.fields].flatMap(([name, { kinds, impossible, other }]) =>
      other
        ? []
        : impossible !== null
          ? [
              {
                zh: `“${name}”按文本保存：${impossible} 不是存在的日期；改正后用图层定义重新导入即可成为日期`,
                en: `"${name}" is kept as text: ${impossible} is no date that there is; correct it and import again with a definition for a date`,
              },
            ]
          : kinds.size > 1
            ? [
                {
                  zh: `“${name}”按文本保存：有的值是日期，有的是时间`,
                  en: `"${name}" is kept as text: some of its values are days, others times`,
                },
              ]
            : [],
    );
  }
}

/** A closed, conditional layer with the file's own columns: what an import registers when nothing more is said. */
export async function inferDefinition(
  id: string,
  owner: string,
  theme: string,
  title: string | undefined,
  features: AsyncIterable<IncomingFeature>,
  tell: (note: Note) => void,
): Promise<LayerDefinition> {
  const times = new NearlyTimes();
  const types = new Map<string, FieldType | null>();
  const seen = new Set<string>();
  let kind: LayerDefinition['geometryType'] | null = null;
  for await (const feature of features) {
    if (feature?.type !== 'Feature')
      fail('import_invalid', { whyZh: '文件里有不是要素的内容', whyEn: 'The file holds something that is no feature' });
    const type = feature.geometry?.type;
    if (typeof type === 'string') seen.add(type);
    kind ??= KINDS[type ?? ''] ?? null;
    const properties = feature.properties ?? {};
    const names = (feature.names ?? []).filter((name) => Object.hasOwn(properties, name));
    for (const name of new Set([...names, ...Object.keys(properties)])) {
      const value = properties[name];
      types.set(name, widen(types.get(name) ?? null, value));
      times.see(name, value);
    }
  }
  if (kind === null) {
    const found = [...seen].map((type) => type.slice(0, 40)).join(', ');
    fail('import_invalid', {
      whyZh: `文件里没有点、线或面${found && `，只有 ${found}；请先拆成单个的点、线或面`}`,
      whyEn: `The file holds no points, lines or polygons${found && `, only ${found}: take them apart into single points, lines or polygons first`}`,
    });
  }
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
  for (const note of times.report()) tell(note);
  return parsed.data;
}
