import { expect } from 'vitest';
import type { Caller } from './harness.js';
import { tile, tileAt } from './tile.js';

/** Steps of tests that edit: writing features and looking for them in tiles. */

/** The layer that is edited unless another is named. */
export const LAYER = 'transport_nodes';
export const items = (layer = LAYER) => `/api/collections/${layer}/items`;

/** A point feature to write. */
export const point = (lon: number, lat: number, properties: object = {}) => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [lon, lat] },
  properties,
});

/** A square with its south-west corner there. */
export const square = (lon: number, lat: number, size: number, properties: object = {}) => ({
  type: 'Feature',
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [lon, lat],
        [lon + size, lat],
        [lon + size, lat + size],
        [lon, lat + size],
        [lon, lat],
      ],
    ],
  },
  properties,
});

/** Adds a feature; throws when it is refused. */
export async function create(caller: Caller, feature: object, layer = LAYER) {
  const answer = await caller.post(items(layer), feature);
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return { id: answer.json.id as number, tag: answer.headers.etag!, answer };
}

/** PUT, PATCH or DELETE of a feature, on the state that `tag` names. */
export const write = (caller: Caller, method: string, id: number, body: object | undefined, tag: string | null, layer = LAYER) =>
  caller.send(method, `${items(layer)}/${id}`, body, {
    ...(method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {}),
    ...(tag === null ? {} : { 'if-match': tag }),
  });

/** The feature in the tile of this place, if the caller sees it there. */
export const holds = async (caller: Caller, id: number, lon: number, lat: number, z: number, layer = LAYER) =>
  (await tile(caller, layer, tileAt(lon, lat, z))).find((f) => f.id === id);

/** A figure of the metrics. */
export const metric = async (caller: Caller, name: string) =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec((await caller.get('/metrics')).text)![1]);
