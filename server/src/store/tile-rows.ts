import { inStorage } from '../access/filter-sql.js';
import { accessSql } from '../access/predicate.js';
import type { View } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import type { Box } from './changes.js';
import { LiteralParams, snapshotSelect } from './snapshot-select.js';

/** Of a box that may hold more than so many times the rows wanted, only every n-th feature of the layer is looked at. */
const LOOKED_AT = 4;

/** SQL condition over `t`, and whether it leaves out features of the box. */
export interface Within {
  condition: string;
  sampled: boolean;
}

/**
 * The features whose box meets the given one; of many a regular sample, so that no more than some multiple of `rows` is read.
 * @param box within the layer's extent, longitude and latitude
 * @param lastFid the highest feature id of the layer
 */
export function withinBox(layer: Layer, [west, south, east, north]: Box, rows: number, lastFid: number): Within {
  const [w, s, e, n] = layer.extent!;
  const share = Math.min(1, ((east - west) * (north - south)) / Math.max((e - w) * (n - s), 1e-12));
  const step = Math.floor((layer.featureCount * share) / (rows * LOOKED_AT));
  // Edges of a box are bent in other reference systems: points along them keep it whole.
  const edge = Math.max(east - west, north - south) / 16;
  const envelope = `st_makeenvelope(${west}, ${south}, ${east}, ${north}, 4326)`;
  const box = layer.srid === 4490 || layer.srid === 4326 ? envelope : `st_segmentize(${envelope}, ${edge})`;
  const meets = `t.geom && (select ${inStorage(box, layer.srid)})`;
  if (step < 2) return { condition: meets, sampled: false };
  return { condition: `t.fid in (select generate_series(1, ${lastFid}, ${step})) and ${meets}`, sampled: true };
}

/** As {@link snapshotSelect}: the largest features that the views show and for which `within` holds, of points any. */
export function rowsSelect(layer: Layer, views: readonly View[], within: string, rows: number): string {
  const access = accessSql(layer, views, new LiteralParams());
  const first =
    layer.geometryType === 'point'
      ? 'hashint8(t.fid)'
      : '(st_xmax(t.geom) - st_xmin(t.geom)) + (st_ymax(t.geom) - st_ymin(t.geom)) desc';
  return `${snapshotSelect(layer)} where ${access.where} and ${within} order by ${first}, t.fid limit ${rows}`;
}
