import type { Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { type CrsName, plainName } from '../incoming/crs.js';
import type { Note } from '../incoming/note.js';

/** Another coordinate system than longitude and latitude, as the database and as the file names it. */
export interface ForeignCrs {
  srid: number;
  shown: string;
  /** Of another datum, by parameters that are good to metres at best. */
  approximate: boolean;
}

/**
 * SQL of a geometry in degrees, from the system of that number. By its parameters: between the codes of two datums PROJ does nothing where
 * it knows several ways and none of them for certain.
 */
export const fromSystem = (geometry: string, srid: string): string =>
  `st_transform(st_setsrid(${geometry}, ${srid}), (select known.proj4text from spatial_ref_sys known where known.srid = ${srid}), 4326)`;

/** Of the datums that agree with ours to centimetres, or with parameters towards them. */
const REACHED = /\+(towgs84=|datum=WGS84|ellps=(WGS84|GRS80)|nadgrids=@null)/;
const SHIFTED = /\+towgs84=(?!0(\.0+)?(,0(\.0+)?)*\s)/;

/** As `plainName`, in SQL: of the name that a definition begins with. */
const PLAIN = `replace(replace(regexp_replace(lower(split_part(srtext, '"', 2)), '[^a-z0-9]', '', 'g'), 'wgs1984', 'wgs84'), 'gausskruger', 'gk')`;

/**
 * Finds a coordinate system in the plane or on the ellipsoid, by its code or else its name.
 * @returns null for what the database does not know, and for what has no place on the map: heights alone, the earth's centre.
 *   `nowhere`: it is known, but not how its datum lies to ours
 */
export async function findSystem(
  q: Queryable,
  { authority, code, name, shown }: CrsName,
): Promise<ForeignCrs | 'nowhere' | null> {
  const flat = `srtext ~ '^(PROJCS|GEOGCS)'`;
  const [row] =
    code !== null
      ? await q.query<{ srid: number; proj: string }>(
          `select srid, proj4text as proj from spatial_ref_sys
           where upper(auth_name) = $1 and auth_srid = $2::int and ${flat} order by srid limit 1`,
          [authority, code],
        )
      : await q.query<{ srid: number; proj: string }>(
          `select srid, proj4text as proj from spatial_ref_sys
           where $1 <> '' and ${PLAIN} = $1 and ${flat} order by auth_name <> 'EPSG', srid limit 1`,
          [plainName(name ?? '')],
        );
  if (!row) return null;
  return REACHED.test(row.proj) ? { srid: row.srid, shown, approximate: SHIFTED.test(row.proj) } : 'nowhere';
}

/** A system that can be transformed. @param refuse throws, with what is wrong */
export async function requireSystem(q: Queryable, crs: CrsName, refuse: (words: Note) => never): Promise<ForeignCrs> {
  const found = await findSystem(q, crs);
  if (found === null) return refuse(unknownCrs(crs.shown));
  return found === 'nowhere' ? refuse(noWayFrom(crs.shown)) : found;
}

/**
 * Transforms geometries to longitude and latitude.
 * @param geometries JSON: a list of `{i, s, g}`, a key, the position in `systems` and the GeoJSON geometry
 * @returns JSON: the geometries by their keys; null when one lies where its system does not reach
 */
export async function toDegrees(q: Queryable, geometries: string, systems: readonly ForeignCrs[]): Promise<string | null> {
  const [row] = await q
    .query<{ placed: string }>(
      `select coalesce(json_object_agg(f.i, st_asgeojson(${fromSystem('st_geomfromgeojson(f.g::text)', 'f.srid')}, 9)::json), '{}')::text as placed
       from (select i, g, ($2::int[])[s + 1] as srid from json_to_recordset($1::json) as r(i integer, s integer, g json)) f`,
      [geometries, systems.map(({ srid }) => srid)],
    )
    .catch((error: { code?: string }) => {
      if (/^(22|XX)/.test(error.code ?? '')) return [];
      throw error;
    });
  return row?.placed ?? null;
}

/** The coordinate systems of one import, each looked up once. */
export class Systems {
  private readonly known = new Map<string, ForeignCrs>();

  constructor(private readonly q: Queryable) {}

  /** Those that were asked for. */
  get used(): ForeignCrs[] {
    return [...this.known.values()];
  }

  /** @throws `import_invalid` naming one that the database does not know */
  async of(crs: CrsName): Promise<ForeignCrs> {
    const known = this.known.get(crs.shown);
    if (known) return known;
    const found = await requireSystem(this.q, crs, ({ zh, en }) =>
      fail('import_invalid', { whyZh: zh, whyEn: en.charAt(0).toUpperCase() + en.slice(1) }),
    );
    this.known.set(crs.shown, found);
    return found;
  }
}

const unknownCrs = (shown: string): Note => ({
  zh: `坐标系 ${shown} 无法识别，请用 EPSG 编号注明平面或经纬度坐标系，或先转为经纬度`,
  en: `the coordinate system ${shown} is not known; name one of the plane or of longitude and latitude by its EPSG code, or convert to longitude and latitude first`,
});

const noWayFrom = (shown: string): Note => ({
  zh: `坐标系 ${shown} 的基准与 CGCS2000 不同，转换参数未知；请由测绘部门先转为 CGCS2000`,
  en: `the coordinate system ${shown} is of another datum than CGCS2000, with no known way between them; have it converted to CGCS2000 first`,
});

export const transformed = ({ shown, approximate }: ForeignCrs): Note => ({
  zh: `坐标已由 ${shown} 转为经纬度${approximate ? '；基准不同，按公开参数换算，精度为米级至数十米' : ''}`,
  en: `the coordinates were transformed from ${shown} to longitude and latitude${approximate ? '; its datum is another, the public parameters are good to metres or tens of metres' : ''}`,
});

export const outOfReach = (shown: string): Note => ({
  zh: `的坐标超出 ${shown} 的适用范围（带号、单位、坐标轴顺序是否有误？）`,
  en: `has coordinates where ${shown} does not reach: are zone prefix, unit and order of the axes right?`,
});
