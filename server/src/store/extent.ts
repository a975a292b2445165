import { toLonLat } from '../access/filter-sql.js';

const corners = (box: string) =>
  `case when ${box} is null or st_isempty(${box}) then null else array[st_xmin(${box}), st_ymin(${box}), st_xmax(${box}), st_ymax(${box})] end`;

/** SQL: the box of one geometry as west, south, east, north in degrees; null without one. */
export const boxSql = (geometry: string, srid: number): string => corners(toLonLat(geometry, srid));

/** SQL of an aggregate: the box of all rows' geometries in degrees. */
export const extentSql = (geometry: string, srid: number): string =>
  corners(toLonLat(`st_setsrid(st_extent(${geometry})::geometry, ${srid})`, srid));
