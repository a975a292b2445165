import type { Queryable } from '../db/database.js';

export interface Division {
  code: string;
  edition: string;
  nameZh: string;
  nameEn: string | null;
  level: 'district';
  bbox: [number, number, number, number];
  areaKm2: number;
}

/** Divisions of the newest edition, with ellipsoidal areas. */
export const loadDivisions = (q: Queryable): Promise<Division[]> =>
  q.query<Division>(
    `select code, edition, name_zh as "nameZh", name_en as "nameEn", level,
       array[st_xmin(geom), st_ymin(geom), st_xmax(geom), st_ymax(geom)] as bbox,
       round((st_area(st_setsrid(geom, 4326)::geography) / 1e6)::numeric, 1)::float8 as "areaKm2"
     from yutu.division where edition = (select max(edition) from yutu.division) order by code`,
  );

/** Copies the outlines of a division layer into the platform's own dated table. */
export async function saveDivisions(
  q: Queryable,
  edition: string,
  divisions: { code: string; nameZh: string; nameEn: string | null; geojson: string }[],
): Promise<void> {
  await q.query('delete from yutu.division where edition = $1', [edition]);
  await q.query(
    `insert into yutu.division (code, edition, name_zh, name_en, geom)
     select d.code, $1, d."nameZh", d."nameEn", st_setsrid(st_multi(st_geomfromgeojson(d.geojson)), 4490)
     from jsonb_to_recordset($2::jsonb) as d(code text, "nameZh" text, "nameEn" text, geojson text)`,
    [edition, JSON.stringify(divisions)],
  );
}
