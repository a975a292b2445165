import { FULL_ZOOM } from '../detail/scale.js';
import type { Page } from '../snapshot/page.js';
import type { Row, Snapshot } from '../snapshot/snapshot.js';
import { TILE_BUFFER, TILE_EXTENT, type TileCoord } from '../tile.js';
import { GRID } from '../world.js';
import { Drawer } from './draw.js';
import { Edits, placeOf } from './edits.js';
import { LayerWriter } from './layer.js';
import { MaskError, onePerProperty, type PreparedMask, type PreparedPatch, type Shown, sameColumns } from './mask.js';

/** Edits not yet in the snapshot: features to hide (changed or deleted) and a small snapshot of those changed or new. */
export interface Overlay {
  /** Ids of base features that are out of date. */
  hide: Float64Array;
  /** Their present state, with the same columns as the base, each in a detail of its own (`alone`); null when all were deleted. */
  extra: Snapshot | null;
}

/** An overlay made ready; see prepareOverlay. */
export interface PreparedOverlay {
  readonly edits: Edits;
  readonly extra: Snapshot | null;
}

export interface CutOptions {
  /** Name of the tile's one layer. */
  layerName: string;
  /** What the caller may see; undefined = everything. */
  mask?: PreparedMask;
  /** What edits changed since the mask was made; undefined = nothing. */
  patch?: PreparedPatch;
  /** Pending edits; undefined = none. */
  overlay?: PreparedOverlay;
  /** Units along a side, default 4096. */
  extent?: number;
  /** Units beyond each side, default 64. */
  buffer?: number;
  /**
   * Whether every polygon in the tile must be valid (OGC 06-103r4 §6.1.11): where cutting, simplifying or rounding made rings touch
   * or cross, they are drawn anew. Default true.
   */
  valid?: boolean;
}

export interface Tile {
  /** A vector tile with one layer; no bytes when no feature meets it. */
  bytes: Uint8Array;
  /** Features written. A mixed geometry collection counts once per kind. */
  features: number;
  /** How many of them are written with their ids; the others are anonymous (see Anonymous). */
  named: number;
  /** How many of them are not drawn as themselves: dots, stand-ins for others, or without some of their columns. */
  reduced: number;
}

/** Checks an overlay against its layer and indexes what it hides. @throws MaskError when the columns differ */
export function prepareOverlay(snapshot: Snapshot, overlay: Overlay): PreparedOverlay {
  if (overlay.extra && !sameColumns(overlay.extra.columns, snapshot.columns))
    throw new MaskError('the edits have other columns than the layer');
  return { edits: new Edits(overlay.hide, overlay.extra), extra: overlay.extra };
}

/** A snapshot that writes to the tile, and what it shows of which of its rows; null: nothing. */
interface Source {
  snapshot: Snapshot;
  show: (row: Row) => Shown | null;
  /** Whether points may tell for how many they stand. */
  counts: boolean;
  /** What was edited since, and what is shown of the present rows. */
  edits: Edits | null;
  showEdited: (row: Row) => Shown | null;
}

/** An edited feature to draw at its own place. */
interface Placed {
  page: Page;
  index: number;
  place: number;
  shown: Shown;
}

// One cut runs at a time on a thread, so the scratch memory is shared by all.
const writer = new LayerWriter();
const drawer = new Drawer();
const { pen } = drawer;
const pages: number[] = [];
let reduced = 0;
const row: Row = { page: undefined as unknown as Page, index: 0 };

/**
 * Cuts one tile (MVT 2.1) from a layer's snapshot. Pure and synchronous; two calls with equal arguments give equal bytes.
 *
 * Every feature whose geometry meets the tile widened by `buffer` (edges included) is in the tile; see README.md for what low zooms
 * leave out.
 */
export function cutTile(snapshot: Snapshot, tile: TileCoord, options: CutOptions): Tile {
  const { layerName, extent = TILE_EXTENT, buffer = TILE_BUFFER } = options;
  const within = tile.z >= snapshot.minZoom && tile.z <= snapshot.maxZoom;
  const sources = within ? sourcesOf(snapshot, options, tile.z) : [];
  pen.valid = options.valid ?? true;
  writer.begin(snapshot.columns.length);
  reduced = 0;
  for (const source of sources) {
    // Data beyond ±180° shows on the other side of the map, and so does the buffer across the antimeridian.
    for (let shift = -GRID; shift <= GRID; shift += GRID) {
      pen.begin(tile, extent, buffer, shift, writer.geometry);
      if (meets(source.snapshot) || (source.edits?.extra && meets(source.edits.extra))) drawSource(source, tile.z);
    }
  }
  return { bytes: writer.end(layerName, extent), features: writer.count, named: writer.named, reduced };
}

/** Base and clipped members: in this order, each with its rule and what was edited since. */
function sourcesOf(snapshot: Snapshot, { mask, patch, overlay }: CutOptions, zoom: number): Source[] {
  const properties = snapshot.columns.map((column) => column.property ?? column.name);
  const all = { columns: onePerProperty(snapshot.columns.keys(), properties), named: true };
  const shownBy = mask?.at(zoom);
  const visible = (source: Snapshot | null, clipped: boolean) => (row: Row) => {
    if (!mask) return all;
    const bits = mask.bits(source!, row, clipped, patch);
    return bits === 0 ? null : shownBy!(bits);
  };
  const sourceOf = (own: Snapshot, clipped: boolean, edits: Edits | null, counts: boolean): Source => ({
    snapshot: own,
    show: visible(own, clipped),
    counts,
    edits,
    showEdited: visible(edits?.extra ?? null, clipped),
  });
  // Those for which a point stands may be hidden by the mask: then even their number is.
  const counts = snapshot.counts !== null && (!mask || mask.everyRow);
  const sources = [sourceOf(snapshot, false, overlay?.edits ?? null, counts)];
  if (mask?.cut) sources.push(sourceOf(mask.cut, true, patch?.edits ?? null, false));
  else if (mask && patch?.cut) sources.push(sourceOf(patch.cut, true, null, false));
  return sources;
}

function meets(snapshot: Snapshot): boolean {
  const { box } = pen;
  const own = snapshot.box;
  return own !== null && own.minX <= box.maxX && own.maxX >= box.minX && own.minY <= box.maxY && own.maxY >= box.minY;
}

function drawSource({ snapshot, show, counts, edits, showEdited }: Source, zoom: number): void {
  const { minX, minY, maxX, maxY } = pen.box;
  const band = snapshot.band(zoom);
  const detail = snapshot.zooms[zoom];
  const whole = zoom >= FULL_ZOOM;
  const lean = whole || !detail || detail.drop.length === 0 ? null : leanColumns(detail.drop);
  drawer.begin(zoom, detail?.dot ?? 1);
  /** Writes the geometry that was drawn of a row with the values of a row. */
  const write = (from: Snapshot, page: Page, i: number, shown: Shown, itself: boolean, stands: number) => {
    if (!itself) reduced++;
    writer.source(from);
    writer.feature(page, i, lean && !itself ? lean(shown.columns) : shown.columns, stands, shown.named);
  };
  const placed = edits?.extra ? placedOf(edits, edits.extra, snapshot, showEdited, zoom) : [];
  let next = 0;
  const drawPlaced = () => {
    const { page, index, shown } = placed[next++]!;
    if (drawer.draw(page, index)) write(edits!.extra!, page, index, shown, whole || zoom >= page.full[index]!, 1);
  };
  pages.length = 0;
  band.tree.search(minX, minY, maxX, maxY, pages);
  for (let p = 0; p < pages.length; p++) {
    const page = band.page(pages[p]!);
    const { box: boxes, from, full, stands, levels } = page;
    const level = zoom - band.minZoom;
    const counted = counts && level < levels;
    let stop = next < placed.length ? rowBehind(placed[next]!, page) : page.count;
    for (let i = 0; i < page.count; i++) {
      const at = 4 * i;
      if (boxes[at]! > maxX || boxes[at + 1]! > maxY || boxes[at + 2]! < minX || boxes[at + 3]! < minY) continue;
      if (!whole && from[i]! > zoom) continue;
      row.page = page;
      row.index = i;
      const edited = edits?.has(page.fid[i]!) ? edits.same(snapshot, page.fid[i]!) : undefined;
      if (edited === null) continue;
      const shown = edited ? showEdited(edited) : show(row);
      if (!shown) continue;
      while (i >= stop) {
        drawPlaced();
        stop = next < placed.length ? rowBehind(placed[next]!, page) : page.count;
      }
      if (!drawer.draw(page, i)) continue;
      const itself = whole || zoom >= full[i]!;
      const standing = counted ? stands[i * levels + level]! : 1;
      if (edited) write(edits!.extra!, edited.page, edited.index, shown, itself, standing);
      else write(snapshot, page, i, shown, itself, standing);
    }
  }
  while (next < placed.length) drawPlaced();
}

/** The edited features that a tile shows otherwise than the snapshot would, along the curve. */
function placedOf(edits: Edits, extra: Snapshot, snapshot: Snapshot, show: Source['showEdited'], zoom: number): Placed[] {
  const { minX, minY, maxX, maxY } = pen.box;
  const band = extra.band(zoom);
  const placed: Placed[] = [];
  pages.length = 0;
  band.tree.search(minX, minY, maxX, maxY, pages);
  for (const number of pages) {
    const page = band.page(number);
    for (let index = 0; index < page.count; index++) {
      const at = 4 * index;
      const { box: boxes, fid, from } = page;
      if (boxes[at]! > maxX || boxes[at + 1]! > maxY || boxes[at + 2]! < minX || boxes[at + 3]! < minY) continue;
      if ((zoom < FULL_ZOOM && from[index]! > zoom) || edits.same(snapshot, fid[index]!)) continue;
      row.page = page;
      row.index = index;
      const shown = show(row);
      if (shown) placed.push({ page, index, place: placeOf(page, index), shown });
    }
  }
  return placed;
}

/** The first row of a page that comes behind an edited feature along the curve; their number when none does. */
function rowBehind({ page: { fid }, index, place }: Placed, page: Page): number {
  let [from, to] = [0, page.count];
  while (from < to) {
    const i = (from + to) >> 1;
    const other = placeOf(page, i);
    if (place < other || (place === other && fid[index]! < page.fid[i]!)) to = i;
    else from = i + 1;
  }
  return from;
}

/** Takes the dropped columns off lists of columns; each list is worked out once. */
function leanColumns(drop: readonly number[]): (columns: readonly number[]) => readonly number[] {
  const known = new Map<readonly number[], readonly number[]>();
  return (columns) => {
    let lean = known.get(columns);
    if (!lean) {
      lean = columns.filter((column) => !drop.includes(column));
      known.set(columns, lean);
    }
    return lean;
  };
}
