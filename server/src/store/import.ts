import { type Deed, record } from '../audit/chain.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { LayerDefinition } from '../catalogue/definition.js';
import { insertLayer, schemaNameOf } from '../catalogue/layers.js';
import type { Bus } from '../db/bus.js';
import { type Database, ident } from '../db/database.js';
import { fail } from '../errors/fail.js';
import type { CrsName } from '../incoming/crs.js';
import { LongNumber, writeJson } from '../incoming/json.js';
import { lastFid } from './changes.js';
import { coerce, typeWords } from './coerce.js';
import { Systems, transformed } from './crs.js';
import { extentSql } from './extent.js';
import { ordinate, readGeometry } from './geometry.js';
import { loadLandmarks } from './landmarks.js';
import { Losses } from './losses.js';
import { around, checkPlace, farFrom, OUTSIDE, type PlaceReport } from './place.js';
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

export interface ImportOptions {
  actor: string;
  organisation: string | null;
  source: string;
  replace?: boolean;
  /** Of times that name none. */
  timezone: string;
  progress?: (features: number) => void;
  signal?: AbortSignal;
}

export interface ImportReport {
  layer: string;
  version: number;
  features: number;
  repaired: number;
  notes: string[];
}

/**
 * Brings features into a layer: registers it when it is new, else replaces its features when told to. Whole or nothing.
 * @throws YutuError `import_invalid` naming the feature and what is wrong with it, `exists`
 */
export async function importLayer(
  rooms: { db: Database; bus: Bus; catalogue: Catalogue },
  d: LayerDefinition,
  features: AsyncIterable<IncomingFeature> | Iterable<IncomingFeature>,
  options: ImportOptions,
): Promise<ImportReport> {
  const { db, bus, catalogue } = rooms;
  const present = catalogue.layers.get(d.id);
  if (present && !options.replace) fail('exists', { what: d.id });
  if (present && shapeOf(present) !== shapeOf(d))
    fail('import_invalid', {
      whyZh: `图层 ${d.id} 登记的字段、几何类型或坐标系与此不同，不能只换数据`,
      whyEn: `Layer ${d.id} is registered with other fields, another geometry type or coordinate system: its data alone cannot be replaced`,
    });
  const schema = present?.schemaName ?? schemaNameOf(d);
  const staging = await Staging.open(db, schema, d, (present ? await lastFid(db, present) : 0) + 1);
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
      await staging.add({ geometry, crs, values: readValues(feature, d, n, { losses, times, timezone: options.timezone }) });
      if (n % 1000 === 0) options.progress?.(n);
    }
    if (n === 0) fail('import_invalid', { whyZh: '文件里没有要素', whyEn: 'The file holds no features' });
    await staging.finish();
    options.progress?.(n);
    const elsewhere = systems.used.length > 0 && farFrom(await staging.outside(around(catalogue.instance.home)));
    const notes = [
      ...systems.used.map((system) => transformed(system).en),
      ...(elsewhere ? [`${OUTSIDE}: are zone, unit and order of the axes right?`] : place.report()),
      ...losses.notes().map((note) => note.en),
      ...times.report(),
      ...repairNotes(staging),
    ];
    const version = await publish(rooms, d, present?.version ?? null, schema, staging, {
      actor: options.actor,
      organisation: options.organisation,
      action: present ? 'layer_replaced' : 'layer_registered',
      layer: d.id,
      detail: { features: n, repaired: staging.repaired, source: options.source },
    });
    await bus.deliver({ kind: 'layer', layer: d.id, version });
    return { layer: d.id, version, features: n, repaired: staging.repaired, notes };
  } catch (error) {
    await staging.drop();
    throw error;
  }
}

/** What a layer's table, its snapshots and its grants rely on. */
const shapeOf = (d: LayerDefinition): string =>
  JSON.stringify([d.geometryType, d.srid, d.fields.map(({ name, type }) => [name, type])]);

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
        whyZh: `第 ${n} 个要素的“${f.name}”是 ${shown}，应为 ${zh}`,
        whyEn: `Feature ${n}: "${f.name}" is ${shown}, expected ${en}`,
      });
    }
    times.see(f.name, f.type, given);
    if (given instanceof LongNumber) losses.add(typeof value === 'number' ? 'digits' : 'long', n, f.name);
    else if (typeof given === 'object' && given !== null) losses.add('nested', n, f.name);
    return value;
  });
}

function repairNotes(staging: Staging): string[] {
  if (staging.repaired === 0) return [];
  const places = staging.repairs
    .slice(0, 3)
    .map((r) => `feature ${r.feature}: ${r.reason}${r.at ? ` at ${r.at.map((c) => c.toFixed(6)).join(', ')}` : ''}`);
  const vanished =
    staging.vanished === 0 ? '' : `; of ${staging.vanished} of them nothing was left, they are kept without a geometry`;
  return [`${staging.repaired} invalid geometries were repaired (${places.join('; ')})${vanished}`];
}

/** Swaps the staging table in, in one transaction with the new version and its trace. */
async function publish(
  { db, bus }: { db: Database; bus: Bus },
  d: LayerDefinition,
  since: number | null,
  schema: string,
  staging: Staging,
  deed: Deed,
): Promise<number> {
  return db.tx(
    async (q) => {
      const present = since !== null;
      if (!present) await insertLayer(q, d);
      const [row] = await q.query<{ version: number }>(
        'update yutu.layer set version = version + 1, last_update = coalesce($2::date, last_update) where id = $1 returning version',
        [d.id, d.lastUpdate],
      );
      // Its features were counted against the version it began with: what came meanwhile is not undone.
      if (present && row?.version !== since + 1)
        fail('import_invalid', {
          whyZh: '导入期间图层已有更新，请重新导入',
          whyEn: 'The layer was changed while the import ran; import again',
        });
      if (present) await q.query(`drop table ${ident(schema)}.${ident(d.id)}`);
      await q.query(`alter table ${staging.table} rename to ${ident(d.id)}`);
      const table = `${ident(schema)}.${ident(d.id)}`;
      await q.query(
        `update yutu.layer set feature_count = s.n, extent = s.extent
         from (select count(*) as n, ${extentSql('geom', d.srid)} as extent from ${table}) s where id = $1`,
        [d.id],
      );
      await record(q, deed);
      await bus.announce(q, { kind: 'layer', layer: d.id, version: row!.version });
      return row!.version;
    },
    { timeoutMs: 600_000 },
  );
}
