export { tileAtPlace, tileId } from './archive/hilbert-id.js';
export { mayHold, occupiedTiles } from './archive/occupied.js';
export {
  ArchiveError,
  type ArchiveNote,
  type ArchiveReport,
  type ArchiveSink,
  type ArchiveTools,
  PmtilesWriter,
} from './archive/pmtiles.js';
export type { Column, ColumnType, Value } from './column.js';
export { type CutOptions, cutTile, type Overlay, type PreparedOverlay, prepareOverlay, type Tile } from './cut/cut.js';
export { encodeTile, type TileFeature } from './cut/encode.js';
export {
  type Mask,
  MaskError,
  type MaskMembers,
  type MaskPatch,
  type MaskView,
  type PreparedMask,
  type PreparedPatch,
  prepareMask,
  preparePatch,
} from './cut/mask.js';
export { tileIds } from './cut/tile-ids.js';
export { weighTile } from './cut/weigh-tile.js';
export type { ZoomDetail } from './detail/generalise.js';
export { FULL_ZOOM } from './detail/scale.js';
export * from './filter/ast.js';
export { compileFilter } from './filter/compile.js';
export { foldCase } from './filter/fold.js';
export { parseCql2Json } from './filter/json.js';
export { filterPrice, MAX_FILTER_PRICE } from './filter/price.js';
export { parseCql2Text } from './filter/text.js';
export { parseInstant } from './filter/time.js';
export { compareText, foldAccents, type Predicate, type Truth } from './filter/values.js';
export { type Kind, LINE, type PathSink, POINT, POLYGON, readWkb, UnsupportedGeometryError, WkbError } from './geometry/wkb.js';
export {
  type BuildPhase,
  type BuildProgress,
  SnapshotBuilder,
  type SnapshotOptions,
  type SnapshotReport,
} from './snapshot/builder.js';
export { SnapshotError } from './snapshot/format.js';
export { openSnapshot, openSnapshotFile, type Snapshot } from './snapshot/snapshot.js';
export { PageCache } from './snapshot/source.js';
export { ValueError } from './snapshot/values.js';
export {
  type LonLatBox,
  MAX_ZOOM,
  TILE_BUFFER,
  TILE_EXTENT,
  type TileCoord,
  TileError,
  type TileRange,
  tileAt,
  tileCoord,
  tileLonLatBox,
  tileRange,
  tileWorldBox,
  type WorldBox,
  worldToLonLatBox,
} from './tile.js';
export { snapshotSource, type TileSource } from './tile-source.js';
export * from './world.js';
