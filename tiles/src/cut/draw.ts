import { FULL_ZOOM } from '../detail/scale.js';
import { type Box, Coords, clipRing, clipSegment, segment } from '../geometry/clip.js';
import { LINE, POINT } from '../geometry/wkb.js';
import { GROUP, type Page } from '../snapshot/page.js';
import { CROSSING, find, INSIDE, OUTSIDE, PathReader, sidesBeyond } from './path.js';
import { Pen } from './pen.js';

/** Draws the geometries of a page at a zoom, clipped on the world grid to the pen's box. */
export class Drawer {
  readonly pen = new Pen();
  readonly #reader = new PathReader();
  readonly #clipped = new Coords();
  #zoom = 0;
  /** Side of the dots of this zoom, in units. */
  #dot = 0;
  /** Whether the geometry's box lies in the pen's: nothing needs clipping. */
  #inside = false;
  /** Where a collapsed geometry meets the box. */
  #markX = 0;
  #markY = 0;
  #marked = false;

  begin(zoom: number, dot: number): void {
    this.#zoom = zoom;
    this.#dot = dot;
  }

  /**
   * Writes a geometry's commands. From FULL_ZOOM on, a geometry that meets the box but has no size left on the tile's grid is drawn
   * as the smallest mark of its kind. Below, polygons not drawn in full and polygons that collapsed are a dot in the middle of their
   * box.
   * @returns false when nothing of it meets the box
   */
  draw(page: Page, feature: number): boolean {
    const { pen } = this;
    pen.reset();
    this.#marked = false;
    this.#inside = inside(page.box, 4 * feature, pen.box);
    const kind = page.kind[feature]!;
    const first = feature > 0 ? page.featureEnd[feature - 1]! : 0;
    const last = page.featureEnd[feature]!;
    if (kind === POINT) return this.#points(page, first, last);
    const whole = this.#zoom >= FULL_ZOOM;
    if (kind === LINE) {
      const start = pen.length;
      this.#paths(page, feature, first, last, false);
      if (pen.length > start) return true;
      if (this.#marked) pen.smallestLine(this.#markX, this.#markY);
      return this.#marked;
    }
    if (!whole && this.#zoom < page.full[feature]!) return this.#middleDot(page, feature);
    this.#paths(page, feature, first, last, true);
    const drawn = pen.count > 0;
    if (pen.polygon()) return true;
    if (drawn) this.#markAny(page, first, last);
    if (!whole) return this.#marked || first === last ? this.#middleDot(page, feature) : false;
    if (this.#marked) pen.smallestRing(this.#markX, this.#markY);
    return this.#marked;
  }

  #middleDot(page: Page, feature: number): boolean {
    const { box } = page;
    const at = 4 * feature;
    return this.pen.dot((box[at]! + box[at + 2]!) / 2, (box[at + 1]! + box[at + 3]!) / 2, this.#dot);
  }

  #points(page: Page, first: number, last: number): boolean {
    const { pen } = this;
    const { box } = pen;
    const { xy } = page;
    const from = first > 0 ? page.pathEnd[first - 1]! : 0;
    const to = page.pathEnd[last - 1]!;
    if (this.#inside) pen.addVertices(xy, page.zoom, this.#zoom, from, to);
    else
      for (let v = from; v < to; v++) {
        const x = xy[2 * v]!;
        const y = xy[2 * v + 1]!;
        if (x >= box.minX && x <= box.maxX && y >= box.minY && y <= box.maxY) pen.add(x, y);
      }
    return pen.points();
  }

  /** All paths of a geometry; of one with many, only the groups that meet the box. */
  #paths(page: Page, feature: number, first: number, last: number, rings: boolean): void {
    const many = last - first > GROUP && page.manyFeature.length > 0 ? find(page.manyFeature, feature) : -1;
    if (many < 0) {
      this.#run(page, first, last, rings);
      return;
    }
    let group = page.manyGroup[many]!;
    let done = first;
    this.#area = 0;
    for (let path = first; path < last; path += GROUP, group++) {
      if (sidesBeyond(page.group, 4 * group, this.pen.box) !== 0) continue;
      // An exterior ring among those passed over is not drawn, and so are its holes; the exterior before it lasts as long as only
      // holes were passed over.
      if (rings && page.hole.subarray(done, path).includes(0)) this.#area = 0;
      done = path + GROUP;
      this.#run(page, path, Math.min(done, last), rings);
    }
  }

  #run(page: Page, first: number, last: number, rings: boolean): void {
    for (let path = first; path < last; path++) {
      if (rings) this.#ring(page, path);
      else this.#line(page, path);
    }
  }

  /** The exterior ring read last: its path, and twice the area that is left of the polygon; 0 when it is not drawn. */
  #exterior = 0;
  #area = 0;

  #ring(page: Page, path: number): void {
    const hole = page.hole[path] === 1;
    if (hole && (this.#area === 0 || (this.#area < 0 && !this.pen.valid))) return;
    const { pen } = this;
    if (!hole) {
      pen.hold();
      this.#exterior = path;
    }
    let area = 0;
    if (this.#inside) {
      this.#addPath(page, path);
      area = pen.ring(hole);
      if (area === 0 && !hole) this.#markStart(page, path);
    } else {
      const { coords } = this.#reader;
      const position = this.#reader.read(page, path, this.#zoom, pen.box);
      if (position !== OUTSIDE) {
        const { data, length } = position === INSIDE ? coords : clipRing(coords, pen.box, this.#clipped);
        pen.addAll(data, 0, length);
        area = pen.ring(hole);
        if (area === 0 && !hole) this.#mark(coords, true);
      }
    }
    if (!hole) this.#area = area;
    else {
      this.#area += area;
      // Holes that take more than there was reach out of their exterior ring; mending tells what is left.
      if (area < 0 && (pen.valid ? this.#area === 0 : this.#area <= 0)) this.#hollow(page, path);
    }
  }

  /** The holes took all there was: the tile lies in a hole. Only where a ring passes through it is something of the polygon there. */
  #hollow(page: Page, path: number): void {
    this.pen.undo();
    this.#markAny(page, this.#exterior, path + 1);
  }

  #markAny(page: Page, first: number, last: number): void {
    if (this.#zoom < FULL_ZOOM) return;
    for (let p = first; p < last && !this.#marked; p++) {
      if (this.#reader.read(page, p, this.#zoom, this.pen.box) !== OUTSIDE) this.#mark(this.#reader.coords, true);
    }
  }

  #addPath(page: Page, path: number): void {
    this.pen.addVertices(page.xy, page.zoom, this.#zoom, path > 0 ? page.pathEnd[path - 1]! : 0, page.pathEnd[path]!);
  }

  /** Notes the first vertex of a path inside the box that left nothing. */
  #markStart(page: Page, path: number): void {
    if (this.#marked) return;
    const v = path > 0 ? page.pathEnd[path - 1]! : 0;
    this.#marked = true;
    this.#markX = page.xy[2 * v]!;
    this.#markY = page.xy[2 * v + 1]!;
  }

  #line(page: Page, path: number): void {
    const { pen } = this;
    const start = pen.length;
    if (this.#inside) {
      this.#addPath(page, path);
      pen.line();
      if (pen.length === start) this.#markStart(page, path);
      return;
    }
    const { coords } = this.#reader;
    const position = this.#reader.read(page, path, this.#zoom, pen.box);
    if (position === OUTSIDE) return;
    if (position === CROSSING) this.#clippedLine(coords);
    else {
      pen.addAll(coords.data, 0, coords.length);
      pen.line();
    }
    if (pen.length === start) this.#mark(coords, false);
  }

  #clippedLine(coords: Coords): void {
    const { pen } = this;
    const { data, length } = coords;
    let x0 = data[0]!;
    let y0 = data[1]!;
    for (let i = 2; i < length; i += 2) {
      const x1 = data[i]!;
      const y1 = data[i + 1]!;
      if (clipSegment(x0, y0, x1, y1, pen.box)) {
        // A segment that begins where it was cut begins a new line.
        if (segment[0] !== x0 || segment[1] !== y0) pen.line();
        if (pen.count === 0) pen.add(segment[0]!, segment[1]!);
        pen.add(segment[2]!, segment[3]!);
        if (segment[2] !== x1 || segment[3] !== y1) pen.line();
      } else pen.line();
      x0 = x1;
      y0 = y1;
    }
    pen.line();
  }

  /** Notes the first point at which a path that left nothing meets the box. */
  #mark({ data, length }: Coords, ring: boolean): void {
    if (this.#marked) return;
    const before = ring || length === 2 ? length - 2 : 0;
    let x0 = data[before]!;
    let y0 = data[before + 1]!;
    for (let i = 0; i < length; i += 2) {
      const x1 = data[i]!;
      const y1 = data[i + 1]!;
      if (clipSegment(x0, y0, x1, y1, this.pen.box)) {
        this.#marked = true;
        this.#markX = segment[0]!;
        this.#markY = segment[1]!;
        return;
      }
      x0 = x1;
      y0 = y1;
    }
  }
}

function inside(boxes: Int32Array, at: number, box: Box): boolean {
  return boxes[at]! >= box.minX && boxes[at + 1]! >= box.minY && boxes[at + 2]! <= box.maxX && boxes[at + 3]! <= box.maxY;
}
