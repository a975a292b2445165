import { createHash } from 'node:crypto';
import type { Query } from '../../harness.js';
import { asExactAsTiles, better, type Look, looksFor, sightOf } from './rules.js';
import {
  type Form,
  fieldNames,
  type Geometry,
  type LayerSpec,
  lonlat,
  type Precision,
  rowFilters,
  rowOf,
  type SetName,
  tableOf,
  type World,
} from './world.js';

/** What a caller is shown of a feature. */
export interface Shown {
  fid: number;
  /** Whether it is told which one it is. */
  named: boolean;
  geometry: Geometry | null;
  properties: Record<string, unknown>;
  /** The fields whose values are shown as they are. */
  exact: ReadonlySet<string>;
  /** Null: as it is. */
  precision: Precision | null;
}

export const tileZooms = [10, 12, 14, 15];
const dimension = { point: 1, line: 2, polygon: 3 };
const place = (l: Pick<LayerSpec, 'set' | 'srid'>) => `${l.set}|${l.srid}`;
const nameOf = (p: Precision | null) => (p ? `${p.kind} ${p.metres}` : 'exact');

/**
 * Brute force: what PostGIS says of every feature, area and precision that the world needs, one statement each and nothing shared.
 * Asked while the server is not running (the embedded engine serves one process), compared when it is.
 */
export class Facts {
  private readonly members = new Map<string, Set<number>>();
  private readonly covered = new Map<string, Set<number>>();
  private readonly matching = new Map<string, Set<number>>();
  private readonly shapes = new Map<string, Map<number, Geometry>>();

  private constructor(private readonly world: World) {}

  static async ask(query: Query, world: World): Promise<Facts> {
    const facts = new Facts(world);
    const needs = new Map<string, { layer: LayerSpec; areas: string[] | null; precision: Precision | null }>();
    const layers = new Map<string, LayerSpec>();
    for (const layer of world.layers) {
      if (layer.truth === 'this') layers.set(place(layer), layer);
      for (const caller of world.callers) {
        const sight = sightOf(world, caller, layer);
        for (const action of ['view', 'query', 'download', 'analyse', 'embed'] as const)
          for (const [precision, areas] of [looksFor(sight, action), asExactAsTiles(looksFor(sight, action))].flatMap(groupsOf))
            for (const some of areas)
              needs.set(`${place(layer)}|${some ?? '*'}|${nameOf(precision)}`, { layer, areas: some, precision });
      }
    }
    for (const [at, layer] of layers) {
      const table = tableOf(layer);
      const fids = async (where: string) =>
        new Set((await query(`select t.fid::int as fid from ${table} t where ${where}`)).map((r) => r.fid as number));
      for (const [name, { id }] of world.areas) {
        const area = `(select ${layer.srid === 4490 ? 'a.geom' : `st_transform(a.geom, ${layer.srid})`} from yutu.area a where a.id = '${id}')`;
        facts.members.set(`${at}|${name}`, await fids(`st_relate(t.geom, ${area}, 'T********')`));
        facts.covered.set(
          `${at}|${name}`,
          await fids(`st_coveredby(t.geom, ${area}) and st_relate(t.geom, ${area}, 'T********')`),
        );
      }
      for (const { sql } of rowFilters) facts.matching.set(`${layer.set}|${sql}`, await fids(sql));
    }
    for (const [key, { layer, areas, precision }] of needs) {
      const at = layers.get(place(layer))!;
      const cut =
        areas === null
          ? 't.geom'
          : `st_collectionextract(st_intersection(t.geom, (select st_union(${layer.srid === 4490 ? 'a.geom' : `st_transform(a.geom, ${layer.srid})`})
              from yutu.area a where a.id in (${areas.map((a) => `'${world.areas.get(a)!.id}'`).join(', ')}))), ${dimension[layer.set]})`;
      const shape = precision ? coarse(lonlat('c.g', layer.srid), precision, layer.set) : lonlat('c.g', layer.srid);
      const found = await query(
        `select c.fid::int as fid, st_asgeojson(${shape}, 9)::text as geometry
         from (select t.fid, ${cut} as g from ${tableOf(at)} t where t.geom is not null) c where not st_isempty(c.g)`,
      );
      facts.shapes.set(key, new Map(found.map((r) => [r.fid, JSON.parse(r.geometry)])));
    }
    return facts;
  }

  /** The features that looks show, by id, in the form and as exactly as they show them. */
  shown(layer: LayerSpec, looks: readonly Look[]): Shown[] {
    return this.world.rows[layer.set].flatMap((shared) => {
      const row = rowOf(layer, shared);
      const matching = looks.filter((look) => this.matches(layer, look, row.fid));
      if (matching.length === 0) return [];
      const properties: Record<string, unknown> = {};
      const exact = new Set<string>();
      for (const name of fieldNames) {
        const forms = matching.map((look) => look.fields.get(name));
        const form = (['value', 'masked', 'code'] as const).find((f) => forms.includes(f));
        if (form === 'value') exact.add(name);
        if (form) properties[name] = inForm(layer, name, form, row[name]);
      }
      const best = [...matching].sort((a, b) => better(a.precision, b.precision))[0]!.precision;
      const named = matching.some((look) => !look.nameless);
      return [
        { fid: row.fid, named, properties, exact, precision: best, geometry: this.geometry(layer, matching, best, row.fid) },
      ];
    });
  }

  private matches(layer: LayerSpec, look: Look, fid: number): boolean {
    return (
      (look.rows === null || this.matching.get(`${layer.set}|${look.rows.sql}`)!.has(fid)) &&
      (look.area === null || this.members.get(`${place(layer)}|${look.area}`)!.has(fid))
    );
  }

  private geometry(layer: LayerSpec, matching: readonly Look[], best: Precision | null, fid: number): Geometry | null {
    const group = matching.filter((l) => better(l.precision, best) === 0);
    const everywhere =
      group.some((l) => l.area === null) ||
      (best === null && group.some((l) => this.covered.get(`${place(layer)}|${l.area}`)!.has(fid)));
    const areas = everywhere ? null : [...new Set(group.map((l) => l.area!))].sort();
    const shapes =
      this.shapes.get(`${place(layer)}|${areas ?? '*'}|${nameOf(best)}`) ?? this.shapes.get(`${place(layer)}|*|exact`);
    return shapes!.get(fid) ?? null;
  }
}

/** Every precision among the looks, with the areas that may have to be joined for it (null: everywhere). */
function groupsOf(looks: readonly Look[]): [Precision | null, (string[] | null)[]][] {
  const distinct = [...new Map(looks.map((l) => [nameOf(l.precision), l.precision])).values()];
  return [
    ...distinct.map((p): [Precision | null, (string[] | null)[]] => {
      const names = [...new Set(looks.filter((l) => better(l.precision, p) === 0).flatMap((l) => l.area ?? []))].sort();
      const some: string[][] = [[]];
      for (const name of names) some.push(...some.map((one) => [...one, name]));
      return [p, [null, ...some.filter((s) => s.length > 0)]];
    }),
    [null, [null]],
  ];
}

const circumference = 40075016.685578488;

/** No finer than `metres`, computed anew: cells of the quad tree of Web Mercator that measure at least so much where the middle lies. */
function coarse(geom: string, { kind, metres }: Precision, set: SetName): string {
  const side = `(${circumference} / power(2, floor(log(2.0, (${circumference} * cos(radians(st_y(p.m))) / ${metres})::numeric))))::float8`;
  const cell =
    'st_makeenvelope(floor(st_x(q.m) / q.s) * q.s, floor(st_y(q.m) / q.s) * q.s, floor(st_x(q.m) / q.s) * q.s + q.s, floor(st_y(q.m) / q.s) * q.s + q.s, 3857)';
  const snapped = 'st_snaptogrid(st_transform(q.g, 3857), 0, 0, q.s, q.s)';
  const polygons = `st_collectionextract(st_makevalid(${snapped}), 3)`;
  const middle = `st_centroid(${cell})`;
  const shape =
    kind === 'point' || set === 'point' || (kind === 'cell' && set === 'line')
      ? middle
      : kind === 'cell'
        ? `st_multi(${cell})`
        : set === 'polygon'
          ? `case when st_isempty(${polygons}) then st_multi(${cell}) else st_multi(${polygons}) end`
          : `case when coalesce(st_isempty(${snapped}), true) then st_multi(st_exteriorring(${cell})) else st_multi(${snapped}) end`;
  return `(select st_transform(${shape}, 4326) from
    (select st_transform(p.m, 3857) as m, ${side} as s, p.g from (select st_centroid(${geom}) as m, ${geom} as g) p) q)`;
}

/** Side of the cells of a precision about the middle of the world, in metres of Web Mercator. */
export const sideAt = (lat: number, metres: number): number =>
  circumference / 2 ** Math.floor(Math.log2((circumference * Math.cos((lat * Math.PI) / 180)) / metres));

/** Five bits of each of thirteen bytes, as digits of base 32. */
const codeOf = (salted: string): string =>
  `R-${[...createHash('sha256').update(salted).digest().subarray(0, 13)].map((byte) => '0123456789abcdefghjkmnpqrstvwxyz'[byte % 32]).join('')}`;

/** A value as a form shows it. */
export function inForm(layer: LayerSpec, name: string, form: Form, value: unknown): unknown {
  if (value === null || value === undefined || form === 'value') return value;
  if (form === 'code') return codeOf(layer.salt + String(value));
  const { mask } = layer.fields.find((f) => f.name === name)!;
  if (mask?.kind === 'text') {
    const letters = [...String(value)];
    const { keepStart, keepEnd } = mask;
    if (letters.length <= keepStart + keepEnd) return '**';
    return `${letters.slice(0, keepStart).join('')}**${letters.slice(letters.length - keepEnd).join('')}`;
  }
  if (mask?.kind === 'round') return Math.floor(Number(value) / mask.step) * mask.step;
  if (mask?.kind === 'date') {
    const [year, month] = String(value).split('-') as [string, string];
    const first = `${year}-${mask.to === 'year' ? '01' : month}-01`;
    return String(value).includes('T') ? `${first}T00:00:00.000Z` : first;
  }
  return null;
}
