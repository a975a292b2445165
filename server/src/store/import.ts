import { toLonLat } from '../access/filter-sql.js';
import { type Deed, record } from '../audit/chain.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { LayerDefinition } from '../catalogue/definition.js';
import { insertLayer, schemaNameOf, tableOf } from '../catalogue/layers.js';
import type { Bus } from '../db/bus.js';
import { type Database, ident } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { coerce } from './coerce.js';
import { loadLandmarks } from './landmarks.js';
import { checkPlace, type PlaceReport } from './place.js';
import { Staging } from './staging.js';

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

const ACCEPTED = { point: ['Point'], line: ['LineString', 'MultiLineString'], polygon: ['Polygon', 'MultiPolygon'] } as const;

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
  const [used] = present ? await db.query<{ max: number | null }>(`select max(fid) as max from ${tableOf(present)}`) : [];
  const staging = await Staging.open(db, schema, d, (used?.max ?? 0) + 1);
  try {
    const place = checkPlace(catalogue.instance.home, await loadLandmarks(db, catalogue));
    let n = 0;
    for await (const feature of features) {
      if (options.signal?.aborted) fail('import_invalid', { whyZh: '导入已取消', whyEn: 'The import was cancelled' });
      n++;
      await staging.add({ geometry: readGeometry(feature, d, n, place), values: readValues(feature, d, n) });
      if (n % 1000 === 0) options.progress?.(n);
    }
    if (n === 0) fail('import_invalid', { whyZh: '文件里没有要素', whyEn: 'The file holds no features' });
    await staging.finish();
    options.progress?.(n);
    const notes = [...place.report(), ...repairNotes(staging)];
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

function readGeometry(feature: IncomingFeature, d: LayerDefinition, n: number, place: PlaceReport): string | null {
  const wrong = (whyZh: string, whyEn: string) =>
    fail('import_invalid', { whyZh: `第 ${n} 个要素${whyZh}`, whyEn: `Feature ${n} ${whyEn}` });
  if (feature === null || typeof feature !== 'object' || feature.type !== 'Feature')
    wrong('不是 GeoJSON 要素', 'is not a GeoJSON feature');
  const { geometry } = feature;
  if (geometry === null || geometry === undefined) return null;
  if (!(ACCEPTED[d.geometryType] as readonly string[]).includes(geometry.type))
    wrong(
      `的几何类型是 ${geometry.type}，应为 ${ACCEPTED[d.geometryType].join(' 或 ')}`,
      `is a ${geometry.type}; expected ${ACCEPTED[d.geometryType].join(' or ')}`,
    );
  const depth = { Point: 0, LineString: 1, MultiLineString: 2, Polygon: 2, MultiPolygon: 3 }[geometry.type as 'Point'];
  const visit = (c: unknown, level: number): void => {
    if (!Array.isArray(c)) throw wrong('的坐标不完整', 'has broken coordinates');
    if (level > 0) {
      for (const part of c) visit(part, level - 1);
      return;
    }
    const [x, y] = c as [unknown, unknown];
    if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y))
      wrong('的坐标不是数字', 'has coordinates that are no numbers');
    if (Math.abs(x as number) > 180 || Math.abs(y as number) > 90)
      wrong(
        Math.abs(y as number) <= 180 && Math.abs(x as number) <= 90
          ? `的坐标 ${x}, ${y} 像是经纬度颠倒`
          : `的坐标 ${x}, ${y} 不是经纬度，请先转为 WGS 84 或 CGCS2000`,
        Math.abs(y as number) <= 180 && Math.abs(x as number) <= 90
          ? `has coordinates ${x}, ${y}: latitude and longitude seem to be swapped`
          : `has coordinates ${x}, ${y}, which are not longitude and latitude; convert them first`,
      );
    place.see(x as number, y as number);
  };
  visit(geometry.coordinates, depth);
  if (depth === 0)
    place.name(...((geometry.coordinates as number[]).slice(0, 2) as [number, number]), Object.values(feature.properties ?? {}));
  return JSON.stringify({ type: geometry.type, coordinates: geometry.coordinates });
}

function readValues(feature: IncomingFeature, d: LayerDefinition, n: number) {
  return d.fields.map((f) => {
    const given = Object.hasOwn(feature.properties ?? {}, f.name) ? feature.properties![f.name] : undefined;
    const value = coerce(given, f.type);
    if (value === undefined) {
      const shown = JSON.stringify(given)?.slice(0, 60);
      fail('import_invalid', {
        whyZh: `第 ${n} 个要素的“${f.name}”是 ${shown}，应为 ${f.type}`,
        whyEn: `Feature ${n}: "${f.name}" is ${shown}, expected ${f.type}`,
      });
    }
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
        `update yutu.layer set feature_count = s.n, extent = case when s.box is null then null else
           array[st_xmin(s.box), st_ymin(s.box), st_xmax(s.box), st_ymax(s.box)] end
         from (select count(*) as n, ${toLonLat(`st_setsrid(st_extent(geom)::geometry, ${d.srid})`, d.srid)} as box from ${table}) s where id = $1`,
        [d.id],
      );
      await record(q, deed);
      await bus.announce(q, { kind: 'layer', layer: d.id, version: row!.version });
      return row!.version;
    },
    { timeoutMs: 600_000 },
  );
}
