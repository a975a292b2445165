import type { Query } from '../harness.js';
import type { TileCoord } from '../tile.js';

/** What PostGIS says of the tiles of one layer, from the layer's own table. */
export interface Oracle {
  /** Tiles as servers on PostGIS send them, and what could be in them: features near the buffered box with their boxes in tile units. */
  tiles(
    coords: TileCoord[],
    reach: number,
  ): Promise<{ mvt: Buffer; near: Map<number, [x0: number, y0: number, x1: number, y1: number]> }[]>;
  /** Why a feature may be in one tile and not in the other. */
  explain(pairs: { coord: TileCoord; fid: number }[]): Promise<Lie[]>;
  /** Features as they are, unrounded and with all vertices, in tile units and cut far outside the buffer. */
  exact(pairs: { coord: TileCoord; fid: number }[]): Promise<{ x: number; y: number }[][][]>;
  /** Vertices of the layer, picked by two random numbers each: which feature, which of its vertices. */
  vertices(picks: [number, number][]): Promise<{ lon: number; lat: number }[]>;
}

/** How a feature lies to a tile's buffered box, in the tile's units. */
export interface Lie {
  /** Whether it meets the box exactly, and the box taken in by a unit on each side. */
  meets: boolean;
  inside: boolean;
  dimension: number;
  /** Of the part in the box: area, length of its border or of itself, diagonal of its box. */
  area: number;
  length: number;
  diagonal: number;
}

const BUFFER = 64;
/** Width of the map: what lies just across the antimeridian shows in the buffer. */
const WORLD = 2 * Math.PI * 6378137;
const list = (rows: (string | number)[][]) => rows.map((row) => `(${row.join(', ')})`).join(', ');

/** Copies a layer into EPSG:3857 once, by ST_Transform from whatever it is stored in. */
export async function oracleOf(query: Query, layer: string): Promise<Oracle> {
  const [{ schema_name, table_name }] = await query('select schema_name, table_name from yutu.layer where id = $1', [layer]);
  const fields: { name: string; type: string }[] = await query(
    'select name, type from yutu.field where layer = $1 order by position',
    [layer],
  );
  const columns = fields.map(({ name, type }) => {
    if (type === 'date') return `to_char("${name}", 'YYYY-MM-DD') as "${name}"`;
    if (type === 'timestamp') return `to_char("${name}" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "${name}"`;
    return `"${name}"`;
  });
  const names = fields.map(({ name }) => `, m."${name}"`).join('');
  const table = `oracle_${layer}`;
  await query(`create temp table ${table} as select fid, st_transform(geom, 3857) as mercator${columns.map((c) => `, ${c}`).join('')}
    from "${schema_name}"."${table_name}"`);
  await query(`create index on ${table} using gist (mercator)`);
  await query(`create unique index on ${table} (fid)`);
  await query(`analyze ${table}`);
  const [{ n }] = await query(`select count(*)::int as n from ${table}`);
  const box = (units: number) => `st_expand(e, (st_xmax(e) - st_xmin(e)) * ${units} / 4096)`;

  return {
    async tiles(coords, reach) {
      const rows = await query(
        `with tile as materialized (
           select i, z, x, e, (st_xmax(e) - st_xmin(e)) / 4096 as unit, st_xmin(e) as west, st_ymax(e) as north, ${box(BUFFER)} as drawn, ${box(BUFFER + reach)} as around
           from (values ${list(coords.map(({ z, x, y }, i) => [i, z, x, y]))}) as t(i, z, x, y), st_tileenvelope(z, x, y) as e
         )
         select
           (select st_asmvt(q, '${layer}', 4096, 'geom', 'fid') from (
              select m.fid, st_asmvtgeom(m.mercator, e, 4096, ${BUFFER}, true) as geom${names} from ${table} m where m.mercator && drawn
            ) q where geom is not null) as mvt,
           (select coalesce(json_agg(json_build_array(fid, (st_xmin(mercator) - west) / unit, (north - st_ymax(mercator)) / unit,
              (st_xmax(mercator) - west) / unit, (north - st_ymin(mercator)) / unit)), '[]')
            from (
              select distinct on (fid) fid, mercator from unnest(case when x in (0, (1 << z) - 1) then array[0, -1, 1] else array[0] end) as turn
              join ${table} m on m.mercator && st_translate(around, turn * ${WORLD}, 0)
                and st_intersects(m.mercator, st_translate(around, turn * ${WORLD}, 0))
              order by fid, abs(turn)
            ) n) as near
         from tile order by i`,
      );
      return rows.map(({ mvt, near }) => ({
        mvt: mvt ?? Buffer.alloc(0),
        near: new Map(near.map(([fid, ...corners]: number[]) => [fid, corners])),
      }));
    },
    async explain(pairs) {
      if (pairs.length === 0) return [];
      return query(
        `select st_intersects(mercator, ${box(BUFFER)}) as meets, st_intersects(mercator, ${box(BUFFER - 1)}) as inside,
           st_dimension(mercator) as dimension, coalesce(st_area(part), 0) / unit ^ 2 as area,
           greatest(st_length(part), st_perimeter(part), 0) / unit as length,
           coalesce(|/ ((st_xmax(part) - st_xmin(part)) ^ 2 + (st_ymax(part) - st_ymin(part)) ^ 2), 0) / unit as diagonal
         from (values ${list(pairs.map(({ coord: { z, x, y }, fid }, i) => [i, z, x, y, fid]))}) as p(i, z, x, y, fid)
         join ${table} using (fid), st_tileenvelope(z, x, y) as e,
           lateral (select st_intersection(mercator, ${box(BUFFER)}) as part, (st_xmax(e) - st_xmin(e)) / 4096 as unit) as q
         order by i`,
      );
    },
    async exact(pairs) {
      if (pairs.length === 0) return [];
      const rows = await query(
        `select st_asgeojson(st_affine(st_clipbybox2d(mercator, ${box(1000)}), 1 / unit, 0, 0, -1 / unit, -st_xmin(e) / unit, st_ymax(e) / unit), 4)::json as shape
         from (values ${list(pairs.map(({ coord: { z, x, y }, fid }, i) => [i, z, x, y, fid]))}) as p(i, z, x, y, fid)
         join ${table} using (fid), st_tileenvelope(z, x, y) as e, lateral (select (st_xmax(e) - st_xmin(e)) / 4096 as unit) as q
         order by i`,
      );
      return rows.map(({ shape }) => pathsOf(shape.coordinates));
    },
    async vertices(picks) {
      return query(
        `select st_x(p) as lon, st_y(p) as lat from (values ${list(picks.map(([feature, vertex], i) => [i, Math.floor(feature * n), vertex]))}) as v(i, place, r)
         join (select row_number() over (order by fid) - 1 as place, mercator from ${table}) m using (place),
           lateral (select st_transform((d).geom, 4326) as p from st_dumppoints(mercator) as d offset floor(r * st_npoints(mercator))::int limit 1) as q
         order by i`,
      );
    },
  };
}

/** The paths of GeoJSON coordinates of any depth. */
function pathsOf(coordinates: unknown[]): { x: number; y: number }[][] {
  if (typeof coordinates[0] === 'number') return [[{ x: coordinates[0], y: coordinates[1] as number }]];
  const first = coordinates[0] as unknown[] | undefined;
  if (first !== undefined && typeof first[0] === 'number')
    return [(coordinates as [number, number][]).map(([x, y]) => ({ x, y }))];
  return (coordinates as unknown[][]).flatMap(pathsOf);
}
