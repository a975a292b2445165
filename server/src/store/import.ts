import { type Deed, record } from '../audit/chain.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { LayerDefinition } from '../catalogue/definition.js';
import { insertLayer, schemaNameOf } from '../catalogue/layers.js';
import type { Bus } from '../db/bus.js';
import { type Database, ident } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { lastFid } from './changes.js';
import { coerce } from './coerce.js';
import { extentSql } from './extent.js';
import { readGeometry } from './geometry.js';
import { loadLandmarks } from './landmarks.js';
import { checkPlace, type PlaceReport } from './place.js';
import { Staging } from './staging.js';
import { TimesReport } from './times-report.js';

export interface IncomingFeature {
  type: 'Feature';
  geometry: { type: string; coordinates?: unknown } | null;
  properties: Record<string, unknown> | null;
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
    let n = 0;
    for await (const feature of features) {
      if (options.signal?.aborted) fail('import_invalid', { whyZh: '导入已取消', whyEn: 'The import was cancelled' });
      n++;
      await staging.add({
        geometry: readFeatureGeometry(feature, d, n, place),
        values: readValues(feature, d, n, times, options.timezone),
      });
      if (n % 1000 === 0) options.progress?.(n);
    }
    if (n === 0) fail('import_invalid', { whyZh: '文件里没有要素', whyEn: 'The file holds no features' });
    await staging.finish();
    options.progress?.(n);
    const notes = [...place.report(), ...times.report(), ...repairNotes(staging)];
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

function readFeatureGeometry(feature: IncomingFeature, d: LayerDefinition, n: number, place: PlaceReport): string | null {
  const wrong = (whyZh: string, whyEn: string) =>
    fail('import_invalid', { whyZh: `第 ${n} 个要素${whyZh}`, whyEn: `Feature ${n} ${whyEn}` });
  if (feature === null || typeof feature !== 'object' || feature.type !== 'Feature')
    wrong('不是 GeoJSON 要素', 'is not a GeoJSON feature');
  const { geometry } = feature;
  const text = readGeometry(geometry, d.geometryType, { wrong, see: place.see });
  if (text !== null && geometry!.type === 'Point')
    place.name(...((geometry!.coordinates as number[]).slice(0, 2) as [number, number]), Object.values(feature.properties ?? {}));
  return text;
}

function readValues(feature: IncomingFeature, d: LayerDefinition, n: number, times: TimesReport, timezone: string) {
  return d.fields.map((f) => {
    const given = Object.hasOwn(feature.properties ?? {}, f.name) ? feature.properties![f.name] : undefined;
    const value = coerce(given, f.type, timezone);
    if (value === undefined) {
      const shown = JSON.stringify(given)?.slice(0, 60);
      fail('import_invalid', {
        whyZh: `第 ${n} 个要素的“${f.name}”是 ${shown}，应为 ${f.type}`,
        whyEn: `Feature ${n}: "${f.name}" is ${shown}, expected ${f.type}`,
      });
    }
    times.see(f.name, f.type, given);
    return value;
  });
}

function repairNotes(staging: Staging): string[] {
  if (staging.repaired === 0) return [];
  const places = staging.repairs
    .slice(0, 3)
    .map((r) => `feature ${r.feature}: ${r.reason}${r.at ? ` at ${r.at.map((c) => c.toFixed(6)).join(', ')}` : ''}`);
  return [`${staging.repaired} invalid geometries were repaired (${places.join('; ')})`];
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
