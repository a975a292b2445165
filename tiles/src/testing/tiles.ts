import { VectorTile, type VectorTileFeature } from '@mapbox/vector-tile';
import PbfReader from 'pbf';
import type { Column, Value } from '../column.js';
import { SnapshotBuilder, type SnapshotOptions } from '../snapshot/builder.js';
import { openSnapshot, type Snapshot } from '../snapshot/snapshot.js';
import { TILE_EXTENT, type TileCoord, tileWorldBox } from '../tile.js';
import { worldToLat, worldToLon } from '../world.js';
import { type Position, type TestGeometry, writeWkb } from './wkb.js';

export interface TestFeature {
  fid: number;
  geometry: TestGeometry | null;
  values?: readonly Value[];
}

/** A snapshot of the given features. */
export function snapshotOf(
  features: readonly TestFeature[],
  columns: readonly Column[] = [],
  options: Partial<SnapshotOptions> = {},
): Snapshot {
  const builder = new SnapshotBuilder({ columns, crs: 'lonlat', ...options });
  for (const { fid, geometry, values = [] } of features) builder.add(fid, geometry && writeWkb(geometry), values);
  return openSnapshot(builder.finish());
}

/** Longitude and latitude of a point given in units of a tile. */
export function unitToLonLat(tile: TileCoord, x: number, y: number): Position {
  const { minX, minY, maxX } = tileWorldBox(tile);
  const unit = (maxX - minX) / TILE_EXTENT;
  return [worldToLon(minX + x * unit), worldToLat(minY + y * unit)];
}

export interface DecodedFeature {
  /** Undefined: the feature is anonymous. */
  id: number;
  type: number;
  properties: Record<string, unknown>;
  /** Paths in tile units; rings with their closing point. */
  paths: [number, number][][];
}

/** Decodes a tile's one layer with the reference reader; no bytes give no features. */
export function decode(bytes: Uint8Array, layer = 'layer'): DecodedFeature[] {
  if (bytes.length === 0) return [];
  const found = new VectorTile(new PbfReader(bytes) as never).layers[layer]!;
  return Array.from({ length: found.length }, (_, i) => {
    const feature: VectorTileFeature = found.feature(i);
    const paths = feature.loadGeometry().map((path) => path.map(({ x, y }): [number, number] => [x, y]));
    return { id: feature.id!, type: feature.type, properties: { ...feature.properties }, paths };
  });
}

/** The raw fields of a tile's one layer, to check what a lenient reader would not notice. */
export function inspect(bytes: Uint8Array) {
  const layer = { name: '', version: 0, extent: 0, keys: [] as string[], values: [] as string[], features: [] as number[][] };
  new PbfReader(bytes).readFields((tag, _, tile) => {
    if (tag !== 3) throw new Error(`unexpected field ${tag}`);
    tile.readMessage((field, __, pbf) => {
      if (field === 1) layer.name = pbf.readString();
      else if (field === 15) layer.version = pbf.readVarint();
      else if (field === 5) layer.extent = pbf.readVarint();
      else if (field === 3) layer.keys.push(pbf.readString());
      else if (field === 4) layer.values.push(Array.from(pbf.readBytes()).join());
      else if (field === 2) layer.features.push(featureTags(pbf));
    }, null);
  }, null);
  return layer;
}

function featureTags(pbf: PbfReader): number[] {
  const tags: number[] = [];
  pbf.readMessage((field, _, inner) => void (field === 2 && inner.readPackedVarint(tags)), null);
  return tags;
}
