import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import type { Caller } from './harness.js';

export interface TileCoord {
  z: number;
  x: number;
  y: number;
}
export type Box = [west: number, south: number, east: number, north: number];

export const tilePath = (layer: string, { z, x, y }: TileCoord) =>
  `/api/collections/${layer}/tiles/WebMercatorQuad/${z}/${y}/${x}`;

const lonOf = (x: number, z: number) => (x / 2 ** z) * 360 - 180;
const latOf = (y: number, z: number) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** z))) * 180) / Math.PI;

/** The tile's box in degrees, widened by so many of its 4096 units on each side. */
export function tileBox({ z, x, y }: TileCoord, buffer = 0): Box {
  const b = buffer / 4096;
  return [lonOf(x - b, z), latOf(y + 1 + b, z), lonOf(x + 1 + b, z), latOf(y - b, z)];
}

export function tileAt(lon: number, lat: number, z: number): TileCoord {
  const sin = Math.sin((lat * Math.PI) / 180);
  return {
    z,
    x: Math.floor(((lon + 180) / 360) * 2 ** z),
    y: Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * 2 ** z),
  };
}

export interface TileFeature {
  id: number;
  properties: Record<string, string | number | boolean>;
  rings: { x: number; y: number }[][];
  type: 0 | 1 | 2 | 3;
}

export const datasetPath = (collections: readonly string[] | null, { z, x, y }: TileCoord) =>
  `/api/tiles/WebMercatorQuad/${z}/${y}/${x}${collections ? `?collections=${collections.join(',')}` : ''}`;

/** The features of the one layer in a tile. */
export function decode(bytes: Buffer, layer: string): TileFeature[] {
  if (bytes.length === 0) return [];
  const layers = decodeAll(bytes);
  const names = [...layers.keys()];
  if (names.length !== 1 || names[0] !== layer) throw new Error(`a tile of ${layer} holds the layers ${names.join(', ')}`);
  return layers.get(layer)!;
}

/** The features of each layer in a tile, in its order; each has an id. */
export function decodeAll(bytes: Buffer): Map<string, TileFeature[]> {
  const layers = decodeAny(bytes);
  for (const [name, features] of layers)
    if (features.some(({ id }) => id === undefined)) throw new Error(`a feature in a tile of ${name} has no id`);
  return layers as Map<string, TileFeature[]>;
}

/** One that may be anonymous: without an id. */
export type AnyFeature = Omit<TileFeature, 'id'> & { id: number | undefined };

/** The features of each layer in a tile, told apart or not. */
export function decodeAny(bytes: Buffer): Map<string, AnyFeature[]> {
  if (bytes.length === 0) return new Map();
  const { layers } = new VectorTile(new PbfReader(bytes));
  const features = (name: string) =>
    Array.from({ length: layers[name]!.length }, (_, index): AnyFeature => {
      const feature = layers[name]!.feature(index);
      return { id: feature.id, properties: feature.properties, rings: feature.loadGeometry(), type: feature.type };
    });
  return new Map(Object.keys(layers).map((name) => [name, features(name)]));
}

/** Fetches a tile and decodes it; 204 is an empty one, anything else is thrown. */
export async function tile(caller: Caller, layer: string, coord: TileCoord): Promise<TileFeature[]> {
  const answer = await caller.get(tilePath(layer, coord), { 'accept-encoding': 'gzip' });
  if (answer.status === 204) return [];
  if (answer.status !== 200) throw new Error(`${tilePath(layer, coord)} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  return decode(answer.bytes, layer);
}
