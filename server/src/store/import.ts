import type { Catalogue } from '../catalogue/catalogue.js';
import type { LayerDefinition } from '../catalogue/definition.js';
import { schemaNameOf } from '../catalogue/layers.js';
import type { Bus } from '../db/bus.js';
import type { Database } from '../db/database.js';
import { fail } from '../errors/fail.js';
import type { CrsName } from '../incoming/crs.js';
import { LongNumber, writeJson } from '../incoming/json.js';
import type { Note } from '../incoming/note.js';
import { lastFid } from './changes.js';
import { coerce, typeWords } from './coerce.js';
import { Columns, type Words } from './columns.js';
import { Systems, transformed } from './crs.js';
import { differences, publish } from './delivery.js';
import { ordinate, readGeometry } from './geometry.js';
import { loadLandmarks } from './landmarks.js';
import { Losses } from './losses.js';
import { checkKey, type Key, keepIds, type Matched } from './match.js';
import { around, checkPlace, farFrom, OUTSIDE, type PlaceReport } from './place.js';
import { refuseOther } from './registered.js';
import { Staging } from './staging.js';
import { TimesReport } from './times-report.js';

export interface IncomingFeature {
  type: 'Feature';
  id?: unknown;
  geometry: { type: string; coordinates?: unknown } | null;
  properties: Record<string, unknown> | null;
  /** Of its coordinates, when they are not longitude and latitude. */
  crs?: CrsName | undefined;
  /** Its properties’ names in the order of the file, where that is another. */
  names?: string[];
}

export interface ImportOptions extends Words {
  actor: string;
  organisation: string | null;
  source: string;
  replace?: boolean;
  /** Of times that name none. */
  timezone: string;
  /** The field that names a feature across deliveries; null: none does. Absent: the layer's own, else it is guessed. */
  key?: string | null | undefined;
  /** The day for which the layer's replacement is declared as an update. */
  declares?: string | undefined;
  progress?: (features: number) => void;
  signal?: AbortSignal;
}

export interface ImportReport {
  layer: string;
  version: number;
  features: number;
  repaired: number;
  notes: Note[];
}

/**
 * Brings features into a layer: registers it when it is new, else replaces its features when told to, keeping the ids of those that it
 * names again. Whole or nothing.
 * @throws YutuError `import_invalid` naming the feature and what is wrong with it, `exists`
 */
export async function importLayer(
  rooms: { db: Database; bus: Bus; catalogue: Catalogue },
  given: LayerDefinition,
  features: AsyncIterable<IncomingFeature> | Iterable<IncomingFeature>,
  options: ImportOptions,
): Promise<ImportReport> {
  const { db, catalogue } = rooms;
  const present = catalogue.layers.get(given.id) ?? null;
  if (present && !options.replace) fail('exists', { what: given.id });
  if (present) refuseOther(present, given);
  if (options.key) checkKey(present ?? given, options.key);
  const keyField = present?.keyField ?? given.keyField ?? options.key ?? null;
  // Its fields in the order that the layer has them.
  const d: LayerDefinition = present ? { ...present, lastUpdate: given.lastUpdate } : { ...given, keyField };
  const columns = present && new Columns(present);
  const schema = present?.schemaName ?? schemaNameOf(d);
  const last = present ? await lastFid(db, present) : 0;
  const staging = await Staging.open(db, schema, d, last + 1);
  try {
    const place = checkPlace(catalogue.instance.home, await loadLandmarks(db, catalogue));
    const times = new TimesReport(options.timezone);
    const losses = new Losses();
    const systems = new Systems(db);
    let n = 0;
    for await (const feature of features) {
      if (options.signal?.aborted) fail('import_invalid', { whyZh: '导入已取消', whyEn: 'The import was cancelled' });
      n++;
      const crs = feature?.crs && (await systems.of(feature.crs));
      const geometry = readFeatureGeometry(feature, d, n, crs ? null : place, losses);
      const values = readValues(feature, d, n, { losses, times, timezone: options.timezone });
      columns?.see(feature.properties, values);
      await staging.add({ geometry, crs, values });
      if (n % 1000 === 0) options.progress?.(n);
    }
    if (n === 0) fail('import_invalid', { whyZh: '文件里没有要素', whyEn: 'The file holds no features' });
    await staging.arrived();
    const lost = columns ? await columns.settle(db, options) : [];
    const matched = present && (await keepIds(db, present, staging, keyOf(present.keyField ?? given.keyField, options), last));
    const changed = matched && (await differences(db, present, staging, matched));
    if (changed?.length !== 0) await staging.finish();
    options.progress?.(n);
    const elsewhere = systems.used.length > 0 && farFrom(await staging.outside(around(catalogue.instance.home)));
    const notes = [
      ...systems.used.map(transformed),
      ...(elsewhere ? [FAR] : place.report()),
      ...losses.notes(),
      ...times.report(),
      ...repairNotes(staging),
      ...lost,
      ...(matched ? matchNotes(matched, changed, options) : []),
    ];
    const { kept, fresh, gone, key } = matched ?? {};
    const version = await publish(rooms, staging, {
      definition: d,
      present,
      schema,
      changed,
      last: matched?.last ?? n,
      keyField,
      declares: present ? options.declares : undefined,
      deed: {
        actor: options.actor,
        organisation: options.organisation,
        action: present ? 'layer_replaced' : 'layer_registered',
        layer: d.id,
        detail: {
          ...{ features: n, repaired: staging.repaired, source: options.source },
          ...(matched && { kept, new: fresh, gone, key: key?.field ?? null }),
        },
      },
    });
    return { layer: d.id, version, features: n, repaired: staging.repaired, notes };
  } catch (error) {
    await staging.drop();
    throw error;
  }
}

/** Transformed, and yet elsewhere. */
const FAR: Note = {
  zh: `${OUTSIDE.zh}：带号、单位、坐标轴顺序是否有误？`,
  en: `${OUTSIDE.en}: are zone, unit and order of the axes right?`,
};

/** The key that an import goes by; undefined: it is guessed. */
function keyOf(declared: string | null, { key }: ImportOptions): Key | null | undefined {
  if (key !== undefined) return key === null ? null : { field: key, by: key === declared ? 'declared' : 'named' };
  return declared === null ? undefined : { field: declared, by: 'declared' };
}

/** Says what became of the ids. */
function matchNotes(
  { key, kept, fresh, gone, notes }: Matched,
  changed: readonly number[] | null,
  options: ImportOptions,
): Note[] {
  if (key === null)
    return [
      options.key === null
        ? { zh: '编号全部是新的：--key none', en: 'all ids are new, as --key none says' }
        : {
            zh: '编号全部是新的：没有字段能在新旧两边对上要素，可用 --key 指定',
            en: 'all ids are new: no field names the features on both sides; --key names one',
          },
    ];
  const by = key.by === 'guessed' ? 'guessed: --key names another' : key.by;
  const byZh = { guessed: '推测，可用 --key 另指', declared: '图层已定', named: '按 --key' }[key.by];
  const rest =
    changed === null
      ? kept === 0
        ? { zh: '', en: '' }
        : {
            zh: '；改动太多，不逐条告知，副本须重新读取',
            en: '; too much differs to be told one by one: copies are to be read anew',
          }
      : changed.length === 0
        ? { zh: '；没有改动，版本不变', en: '; nothing differs, the version stays' }
        : { zh: `；改动 ${changed.length - fresh - gone} 个`, en: `; ${changed.length - fresh - gone} differ` };
  const ids = {
    zh: `编号：沿用 ${kept} 个，新增 ${fresh} 个，去掉 ${gone} 个，按“${key.field}”（${byZh}）${rest.zh}`,
    en: `ids: ${kept} kept, ${fresh} new, ${gone} gone, by "${key.field}" (${by})${rest.en}`,
  };
  return [ids, ...notes];
}

function readFeatureGeometry(
  feature: IncomingFeature,
  d: LayerDefinition,
  n: number,
  place: PlaceReport | null,
  losses: Losses,
): string | null {
  const wrong = (whyZh: string, whyEn: string) =>
    fail('import_invalid', { whyZh: `第 ${n} 个要素${whyZh}`, whyEn: `Feature ${n} ${whyEn}` });
  if (feature === null || typeof feature !== 'object' || feature.type !== 'Feature')
    wrong('不是 GeoJSON 要素', 'is not a GeoJSON feature');
  const { properties } = feature;
  if (typeof (properties ?? {}) !== 'object' || Array.isArray(properties))
    wrong('的属性不是对象', 'has properties that are no object');
  if (feature.id !== undefined) losses.add('id', n);
  const { geometry } = feature;
  const see = place ? { see: place.see } : {};
  const text = readGeometry(geometry, d.geometryType, {
    ...see,
    wrong,
    lost: (what) => losses.add(what, n),
    lonlat: place !== null,
  });
  if (place !== null && text !== null && geometry!.type === 'Point') {
    const [lon, lat] = (geometry!.coordinates as unknown[]).map(ordinate) as [number, number];
    place.name(lon, lat, Object.values(feature.properties ?? {}));
  }
  return text;
}

function readValues(
  feature: IncomingFeature,
  d: LayerDefinition,
  n: number,
  { losses, times, timezone }: { losses: Losses; times: TimesReport; timezone: string },
) {
  return d.fields.map((f) => {
    const given = Object.hasOwn(feature.properties ?? {}, f.name) ? feature.properties![f.name] : undefined;
    const value = coerce(given, f.type, timezone);
    if (value === undefined) {
      const shown = writeJson(given).slice(0, 60);
      const { zh, en } = typeWords(given, f.type);
      fail('import_invalid', {
        whyZh: `第 ${n} 个要素的“${f.name}”是 ${shown}，应为${zh}`,
        whyEn: `Feature ${n}: "${f.name}" is ${shown}, expected ${en}`,
      });
    }
    times.see(f.name, f.type, given);
    if (given instanceof LongNumber) losses.add(typeof value === 'number' ? 'digits' : 'long', n, f.name);
    else if (typeof given === 'object' && given !== null) losses.add('nested', n, f.name);
    return value;
  });
}

/** What GEOS says of a geometry that is none, in Chinese; what is not here stands as it is. */
const reasonsZh: Record<string, string> = {
  'Self-intersection': '自相交',
  'Ring Self-intersection': '环自相交',
  'Hole lies outside shell': '洞在外环之外',
  'Holes are nested': '洞套洞',
  'Interior is disconnected': '内部不连通',
  'Nested shells': '外环相套',
  'Duplicate Rings': '环重复',
  'Too few points in geometry component': '点数不足',
};

function repairNotes({ repaired, repairs, vanished }: Staging): Note[] {
  if (repaired === 0) return [];
  const shown = repairs
    .slice(0, 3)
    .map(({ feature, reason, at }) => ({ feature, reason, at: at?.map((c) => c.toFixed(6)).join(', ') }));
  const zh = shown.map((r) => `第 ${r.feature} 个要素：${reasonsZh[r.reason] ?? r.reason}${r.at ? `，在 ${r.at}` : ''}`);
  const en = shown.map((r) => `feature ${r.feature}: ${r.reason}${r.at ? ` at ${r.at}` : ''}`);
  const gone =
    vanished === 0
      ? { zh: '', en: '' }
      : {
          zh: `；其中 ${vanished} 个修复后没有图形，保留属性`,
          en: `; of ${vanished} of them nothing was left, they are kept without a geometry`,
        };
  return [
    {
      zh: `修复了 ${repaired} 个无效图形（${zh.join('；')}）${gone.zh}`,
      en: `${repaired} invalid geometries were repaired (${en.join('; ')})${gone.en}`,
    },
  ];
}
