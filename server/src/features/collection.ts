import { type Area, loadArea } from '../access/areas.js';
import type { Access } from '../access/decide.js';
import { byPrecision } from '../access/precision.js';
import { filterableFields, mayRead, shownStyle, valuedFields, visibleFields } from '../access/visible.js';
import { today } from '../catalogue/calendar.js';
import { publicPolicy } from '../catalogue/definition.js';
import { answerDaysOf, classOf, type Layer } from '../catalogue/layers.js';
import { runForAll } from '../db/client.js';
import type { Language } from '../errors/problem.js';
import type { Caller } from '../identity/caller.js';
import { timeFor } from './datetime.js';
import {
  ANALYSE,
  CHANGES,
  CRS84,
  GEOJSON,
  GREGORIAN,
  JSON_TYPE,
  type Link,
  QUERYABLES,
  STATISTICS,
  TILESETS_VECTOR,
  VERIFY,
} from './links.js';
import type { Reading } from './reading.js';
import type { FeatureRooms } from './rooms.js';
import { claimable } from './verify.js';

const FREQUENCY_DAYS = { daily: 1, weekly: 7, monthly: 31, quarterly: 92, yearly: 366, irregular: null } as const;

/** Days since the layer should have been updated; 0 while it is in time. */
export function overdueDays(layer: Pick<Layer, 'updateFrequency' | 'lastUpdate'>, now: string): number {
  const allowed = FREQUENCY_DAYS[layer.updateFrequency];
  if (allowed === null || layer.lastUpdate === null) return 0;
  return Math.max(0, Math.floor((Date.parse(now) - Date.parse(layer.lastUpdate)) / 86_400_000) - allowed);
}

/** A grant's area, loaded once: areas never change. */
export class Areas {
  private readonly known = new Map<string, Promise<Area | null>>();
  constructor(private readonly db: FeatureRooms['db']) {}
  of(id: string): Promise<Area | null> {
    let area = this.known.get(id);
    if (!area) {
      area = runForAll(() => loadArea(this.db, id));
      if (this.known.size > 2_000) this.known.clear();
      this.known.set(id, area);
      area.catch(() => this.known.delete(id));
    }
    return area;
  }
}

/** The condition of the only view; that there is one, where it speaks of fields whose values the caller does not see. */
function rowsOf([view, ...more]: Access['views']): { rows: string | null; rowsHidden?: true } {
  if (!view?.rows || more.length > 0) return { rows: null };
  return mayRead(view.rows, valuedFields([view])) ? { rows: JSON.stringify(view.rows) } : { rows: null, rowsHidden: true };
}

/** What the caller may do with the layer, and where that comes from. */
export async function summarise(
  access: Access,
  areas: Areas,
  { timezone, signatures }: Pick<FeatureRooms, 'timezone' | 'signatures'>,
  withGeometry: boolean,
) {
  const { views } = access;
  const actions = (['view', 'query', 'download', 'api', 'edit', 'analyse', 'verify', 'embed'] as const).filter((a) =>
    access.can(a),
  );
  const grants = views.filter((v) => v.source === 'grant');
  const rule = views.find((v) => v.source !== 'grant');
  const open = views.some((v) => v.area === null);
  const found = open ? [] : (await Promise.all(views.map((v) => areas.of(v.area!.id)))).filter((a) => a !== null);
  const divisions =
    found.length > 0 && found.every((a) => a.divisions) ? [...new Set(found.flatMap((a) => a.divisions!))].sort() : null;
  const area =
    found.length === 0
      ? null
      : {
          divisions,
          labelZh: [...new Set(found.map((a) => a.labelZh))].join('、'),
          labelEn: [...new Set(found.map((a) => a.labelEn))].join(', '),
          bbox: found.reduce<[number, number, number, number]>(
            (box, { bbox: b }) => [
              Math.min(box[0], b[0]),
              Math.min(box[1], b[1]),
              Math.max(box[2], b[2]),
              Math.max(box[3], b[3]),
            ],
            [180, 90, -180, -90],
          ),
          ...(withGeometry
            ? {
                geometry: {
                  type: 'MultiPolygon' as const,
                  coordinates: found.flatMap((a) => (a.geometry as { coordinates: unknown[] }).coordinates),
                },
              }
            : {}),
        };
  const last = rule ? null : grants.reduce<number | null>((end, v) => Math.max(end ?? 0, v.until ?? 0), null);
  return {
    actions: access.discover ? ['discover', ...actions] : actions,
    source: rule ? (rule.source === 'own' ? 'own' : 'public') : grants.length ? 'grant' : 'none',
    // A term ends at 24:00: its last day is the one before that instant.
    until: last === null ? null : today(timezone, new Date(last - 1)),
    area,
    ...rowsOf(views),
    grants: [...new Set(grants.flatMap((v) => v.grant ?? []))],
    maxZoom: views.length > 0 && views.every((v) => v.maxZoom !== null) ? Math.max(...views.map((v) => v.maxZoom!)) : null,
    precision: views.length > 0 ? [...views.map((v) => v.precision)].sort(byPrecision)[0]! : null,
    // Other rights, another key. Sealed: a plain hash would let a hidden condition on rows be guessed.
    key: signatures.seal(
      `views ${(['view', 'query', 'download', 'api'] as const).map((action) => access.for(action).key).join(' ')}`,
    ),
  };
}

export interface CollectionContext {
  rooms: FeatureRooms;
  areas: Areas;
  origin: string;
  language: Language;
  caller: Caller;
  requests: ReadonlyMap<string, { id: string; status: string }>;
  withGeometry: boolean;
}

/** The collection document: the standard's members, and under `yutu` what the catalogue knows. Metadata only while the layer is closed. */
export async function collectionDocument(reading: Reading, context: CollectionContext) {
  const { layer, access } = reading;
  const { rooms, origin, language } = context;
  const href = `${origin}/api/collections/${layer.id}`;
  const title = language === 'zh' ? layer.titleZh : layer.titleEn;
  const query = access.can('query') ? access.for('query') : null;
  const extent = await reading.extent();
  const shown = new Map(
    visibleFields(layer, (query ?? access.for('view')).views)
      .map((v) => [v.field.name, v.form] as const)
      .reverse(),
  );
  const time = timeFor(layer.time, query ? filterableFields(layer, query.views) : []);
  const valued = valuedFields(access.views);
  const links: Link[] = [
    { href, rel: 'self', type: JSON_TYPE, title },
    { href: `${href}/items`, rel: 'items', type: GEOJSON, title },
    { href: `${href}/queryables`, rel: QUERYABLES, type: 'application/schema+json' },
    { href: `${href}/tiles`, rel: TILESETS_VECTOR, type: JSON_TYPE },
    { href: `${href}/tilejson`, rel: 'describedby', type: JSON_TYPE, title: 'TileJSON' },
  ];
  if (query)
    links.push(
      { href: `${href}/statistics`, rel: STATISTICS, type: JSON_TYPE },
      { href: `${href}/changes`, rel: CHANGES, type: GEOJSON },
    );
  if (access.can('analyse')) links.push({ href: `${href}/analyse`, rel: ANALYSE, type: JSON_TYPE });
  if (access.can('verify')) links.push({ href: `${href}/verify`, rel: VERIFY, type: JSON_TYPE });
  const now = today(rooms.timezone);
  return {
    id: layer.id,
    title,
    description: language === 'zh' ? layer.descriptionZh : layer.descriptionEn,
    attribution: layer.attribution,
    itemType: 'feature',
    crs: [CRS84],
    extent: {
      spatial: { bbox: [extent ?? rooms.catalogue.instance.home], crs: CRS84 },
      // From when to when is not looked up; that there are times is said.
      ...(time && { temporal: { interval: [[null, null]], trs: GREGORIAN } }),
    },
    links,
    yutu: {
      titleZh: layer.titleZh,
      titleEn: layer.titleEn,
      descriptionZh: layer.descriptionZh,
      descriptionEn: layer.descriptionEn,
      kind: layer.kind,
      theme: layer.theme,
      owner: rooms.catalogue.organisation(layer.owner),
      sharing: { class: classOf(layer), groundKind: layer.groundKind, groundZh: layer.groundZh, groundEn: layer.groundEn },
      disclosure: layer.disclosure,
      securityLevel: layer.securityLevel,
      updateFrequency: layer.updateFrequency,
      lastUpdate: layer.lastUpdate,
      lastUpdateKind: layer.lastUpdateKind,
      lastEdit: layer.lastEdit,
      overdueDays: overdueDays(layer, now),
      geometryType: layer.geometryType,
      featureCount: query ? await reading.matched() : null,
      version: layer.version,
      approvalNumber: layer.approvalNumber,
      schematic: layer.schematic,
      simulated: layer.simulated,
      sourceNote: layer.sourceNote,
      fields: layer.fields.map(({ forms, codes, codeSystem, ...f }) => ({
        ...f,
        codes: valued.has(f.name) ? codes : null,
        codeSystem: valued.has(f.name) ? codeSystem : null,
        form: shown.get(f.name) ?? null,
        offered: forms,
      })),
      time: time && { ...time, timezone: rooms.timezone },
      searchFields: layer.searchFields,
      style: shownStyle(layer, access.views),
      zooms: { min: layer.zooms.min, max: layer.zooms.max, counts: layer.zooms.counts ?? false },
      policy: { ...publicPolicy(layer.policy), answerDays: answerDaysOf(layer) },
      access: {
        ...(await summarise(access, context.areas, rooms, context.withGeometry)),
        analyseBy: filterableFields(layer, access.for('analyse').views).map((f) => f.name),
        verifiable: claimable(layer, access.for('verify')).map((f) => f.name),
      },
      request: context.requests.get(layer.id) ?? null,
    },
  };
}
