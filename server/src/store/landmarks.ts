import { toLonLat } from '../access/filter-sql.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { columnOf } from '../catalogue/column.js';
import { tableOf } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';

/** Names the city knows, with where they are; a name that stands for several places is left out. */
export type Landmarks = ReadonlyMap<string, readonly [number, number]>;

const MOST = 20_000;

/** The named points of the base layers: what coordinates coming in can be held against. */
export async function loadLandmarks(q: Queryable, catalogue: Catalogue): Promise<Landmarks> {
  const places = new Map<string, [number, number] | null>();
  for (const layer of catalogue.layers.values()) {
    const name = layer.searchFields[0];
    if (layer.kind !== 'base' || layer.geometryType !== 'point' || name === undefined) continue;
    const rows = await q.query<{ name: string; x: number; y: number }>(
      `select name, st_x(g) as x, st_y(g) as y from (select t.${columnOf(name)} as name, ${toLonLat('t.geom', layer.srid)} as g
       from ${tableOf(layer)} t where t.${columnOf(name)} is not null and t.geom is not null limit ${MOST}) s`,
    );
    for (const { name: text, x, y } of rows) places.set(text, places.has(text) ? null : [x, y]);
  }
  return new Map([...places].flatMap(([text, at]) => (at ? [[text, at] as const] : [])));
}
