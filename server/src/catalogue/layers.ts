import { randomBytes } from 'node:crypto';
import type { updateKinds } from '@yutu/contract';
import { ident, type Queryable } from '../db/database.js';
import type { FieldDefinition, LayerDefinition, SharingClass } from './definition.js';

export type UpdateKind = (typeof updateKinds)[number];

/** A registered layer: its definition and where and in which state its features are. */
export interface Layer extends LayerDefinition {
  schemaName: string;
  tableName: string;
  version: number;
  featureCount: number;
  extent: [number, number, number, number] | null;
  codeSalt: string;
  /** How the last update was declared; null: by the definition. */
  lastUpdateKind: UpdateKind | null;
  /** The day of the last single edit, which is no update. */
  lastEdit: string | null;
  /** When a security administrator confirmed that it is withheld; a class `withheld` does not count before. */
  withheldConfirmedAt: string | null;
}

/** The class that counts: an owner cannot withhold alone. */
export const classOf = (layer: Pick<Layer, 'sharingClass' | 'withheldConfirmedAt'>): SharingClass =>
  layer.sharingClass === 'withheld' && layer.withheldConfirmedAt === null ? 'conditional' : layer.sharingClass;

/** Working days that the rule gives to answer, by class (Order 809, Article 21). An owner's policy may be shorter. */
const ANSWER_DAYS: Record<SharingClass, number> = { unconditional: 1, conditional: 10, withheld: 10 };

/** Working days within which the owner answers a request. */
export const answerDaysOf = (layer: Pick<Layer, 'sharingClass' | 'withheldConfirmedAt' | 'policy'>): number =>
  Math.min(layer.policy.answerDays ?? Number.POSITIVE_INFINITY, ANSWER_DAYS[classOf(layer)]);

/** The layer's table, quoted. */
export const tableOf = (layer: Pick<Layer, 'schemaName' | 'tableName'>): string =>
  `${ident(layer.schemaName)}.${ident(layer.tableName)}`;

/** Every owner of layers has a schema of its own: `base` layers share one. */
export const schemaNameOf = (layer: Pick<LayerDefinition, 'kind' | 'owner'>): string =>
  layer.kind === 'base' ? 'base' : `org_${layer.owner.replaceAll('-', '_')}`;

export async function loadLayers(q: Queryable): Promise<Layer[]> {
  const layers = await q.query<Layer>(
    `select id, title_zh as "titleZh", title_en as "titleEn", description_zh as "descriptionZh", description_en as "descriptionEn",
       kind, theme, owner, sharing_class as "sharingClass", ground_kind as "groundKind",
       ground_zh as "groundZh", ground_en as "groundEn", disclosure, discoverable,
       security_level as "securityLevel", update_frequency as "updateFrequency", last_update as "lastUpdate",
       last_update_kind as "lastUpdateKind", last_edit as "lastEdit",
       geometry_type as "geometryType", srid, approval_number as "approvalNumber", schematic, simulated,
       source_note as "sourceNote", attribution, key_field as "keyField", time, search_fields as "searchFields", style, zooms, policy,
       schema_name as "schemaName", table_name as "tableName", version, feature_count as "featureCount", extent, code_salt as "codeSalt",
       withheld_confirmed_at as "withheldConfirmedAt"
     from yutu.layer order by position, id`,
  );
  const fields = await q.query<FieldDefinition & { layer: string }>(
    `select layer, name, title_zh as "titleZh", title_en as "titleEn", type, unit, codes, code_system as "codeSystem", sensitivity, class, forms, mask
     from yutu.field order by layer, position`,
  );
  const byLayer = new Map<string, FieldDefinition[]>();
  for (const { layer, ...field } of fields) byLayer.set(layer, [...(byLayer.get(layer) ?? []), field]);
  return layers.map((layer) => ({ ...layer, fields: byLayer.get(layer.id) ?? [] }));
}

/** The data authority confirms that a layer is withheld; only then it is. */
export async function confirmWithheld(q: Queryable, layer: string, by: string): Promise<void> {
  await q.query(
    `update yutu.layer set withheld_confirmed_by = $2, withheld_confirmed_at = now()
     where id = $1 and sharing_class = 'withheld' and withheld_confirmed_at is null`,
    [layer, by],
  );
}

/** The owner's steward declares that the layer is up to date: new data came, or nothing has changed. @param day today in the instance's zone */
export async function declareUpdate(q: Queryable, layer: string, kind: UpdateKind, day: string): Promise<void> {
  await q.query('update yutu.layer set last_update = $2::date, last_update_kind = $3 where id = $1', [layer, day, kind]);
}

/** Writes a new layer's registration (without its table) in the caller's transaction. */
export async function insertLayer(q: Queryable, d: LayerDefinition): Promise<Layer> {
  const layer: Layer = {
    ...d,
    schemaName: schemaNameOf(d),
    tableName: d.id,
    version: 0,
    featureCount: 0,
    extent: null,
    lastUpdateKind: null,
    lastEdit: null,
    codeSalt: randomBytes(16).toString('hex'),
    withheldConfirmedAt: null,
  };
  await q.query(
    `insert into yutu.layer (id, position, title_zh, title_en, description_zh, description_en, kind, theme, owner, sharing_class,
       ground_zh, ground_en, disclosure, discoverable, security_level, update_frequency, last_update, geometry_type, srid,
       approval_number, schematic, simulated, source_note, attribution, search_fields, style, zooms, policy, schema_name, table_name,
       code_salt, time, ground_kind, key_field)
     values ($1, (select coalesce(max(position), 0) + 1 from yutu.layer), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
       $16::date, $17, $18, $19, $20, $21, $22, $23, $24::text[], $25::jsonb, $26::jsonb, $27::jsonb, $28, $29, $30, $31::jsonb, $32, $33)`,
    [
      d.id,
      d.titleZh,
      d.titleEn,
      d.descriptionZh,
      d.descriptionEn,
      d.kind,
      d.theme,
      d.owner,
      d.sharingClass,
      d.groundZh,
      d.groundEn,
      d.disclosure,
      d.discoverable,
      d.securityLevel,
      d.updateFrequency,
      d.lastUpdate,
      d.geometryType,
      d.srid,
      d.approvalNumber,
      d.schematic,
      d.simulated,
      d.sourceNote,
      d.attribution,
      d.searchFields,
      JSON.stringify(d.style),
      JSON.stringify(d.zooms),
      JSON.stringify(d.policy),
      layer.schemaName,
      layer.tableName,
      layer.codeSalt,
      d.time && JSON.stringify(d.time),
      d.groundKind,
      d.keyField,
    ],
  );
  for (const [position, f] of d.fields.entries())
    await q.query(
      `insert into yutu.field (layer, position, name, title_zh, title_en, type, unit, codes, sensitivity, class, forms, mask, code_system)
       values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11::text[], $12::jsonb, $13)`,
      [
        d.id,
        position,
        f.name,
        f.titleZh,
        f.titleEn,
        f.type,
        f.unit,
        f.codes && JSON.stringify(f.codes),
        f.sensitivity,
        f.class,
        f.forms,
        f.mask && JSON.stringify(f.mask),
        f.codeSystem,
      ],
    );
  return layer;
}
