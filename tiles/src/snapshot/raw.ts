import { type Kind, LINE, type PathSink, POINT, POLYGON } from '../geometry/wkb.js';
import { eastingToWorld, latToWorld, lonToWorld, northingToWorld } from '../world.js';
import { growInt32, growUint8, growUint32 } from './growable.js';
import { reverse, ringArea } from './rings.js';

const INT32_MAX = 2 ** 31 - 1;

/**
 * The geometries of one row, on the world grid, as flat arrays: what a builder makes records of. One geometry has one kind; a
 * collection becomes one geometry per kind. Polygon rings are stored open (no closing vertex), exterior
 * rings clockwise on screen (positive area with y down, MVT 2.1 §4.3.3.3) and holes the other way; vertices that fall on their
 * predecessor are dropped.
 */
export class RawGeometries implements PathSink {
  readonly xy = growInt32(1 << 12);
  /** End of each path, in vertices. */
  readonly pathEnds = growUint32();
  readonly holes = growUint8();
  /** Kind of each path while its feature is being read. */
  readonly #pathKinds = growUint8();
  /** End of each geometry, in paths. */
  readonly geometryEnds = growUint32();
  readonly kinds = growUint8();
  readonly boxes = growInt32();

  #kind: Kind = POINT;
  #hole = false;
  #start = 0;
  #bad = false;

  constructor(private readonly crs: 'lonlat' | 'mercator') {}

  get length(): number {
    return this.kinds.length;
  }

  /** The paths of a geometry. */
  pathRange(geometry: number): { first: number; last: number } {
    return { first: geometry > 0 ? this.geometryEnds.data[geometry - 1]! : 0, last: this.geometryEnds.data[geometry]! };
  }

  /** First vertex of a path. */
  pathStart(path: number): number {
    return path > 0 ? this.pathEnds.data[path - 1]! : 0;
  }

  /** The vertices of a geometry, all its paths together. */
  vertexRange(geometry: number): { from: number; to: number } {
    const { first, last } = this.pathRange(geometry);
    return { from: this.pathStart(first), to: this.pathEnds.data[last - 1]! };
  }

  beginPath(kind: Kind, hole: boolean): void {
    this.#kind = kind;
    this.#hole = hole;
    this.#start = this.xy.length;
  }

  vertex(x: number, y: number): void {
    const lonlat = this.crs === 'lonlat';
    const wx = Math.round(lonlat ? lonToWorld(x) : eastingToWorld(x));
    const wy = Math.round(lonlat ? latToWorld(y) : northingToWorld(y));
    // The negated test also catches NaN.
    if (!(wx >= -INT32_MAX && wx <= INT32_MAX && wy >= -INT32_MAX && wy <= INT32_MAX)) {
      this.#bad = true;
      return;
    }
    this.pushVertex(wx, wy);
  }

  /** A vertex that is on the grid already. */
  pushVertex(wx: number, wy: number): void {
    const n = this.xy.length;
    if (n > this.#start && this.xy.data[n - 2] === wx && this.xy.data[n - 1] === wy) return;
    if (n + 2 > this.xy.data.length) this.xy.reserve(2);
    this.xy.data[n] = wx;
    this.xy.data[n + 1] = wy;
    this.xy.length = n + 2;
  }

  endPath(): void {
    if (this.xy.length === this.#start) return;
    if (this.#kind === POINT && this.#extendsPoints()) {
      this.pathEnds.data[this.pathEnds.length - 1] = this.xy.length / 2;
      return;
    }
    if (this.#kind === POLYGON && !this.#closeRing()) return;
    this.pathEnds.push(this.xy.length / 2);
    this.holes.push(this.#hole ? 1 : 0);
    this.#pathKinds.push(this.#kind);
  }

  /** Points of one feature make one path. */
  #extendsPoints(): boolean {
    const paths = this.pathEnds.length;
    return paths > this.#firstPath() && this.#pathKinds.data[paths - 1] === POINT;
  }

  #firstPath(): number {
    return this.length > 0 ? this.geometryEnds.data[this.length - 1]! : 0;
  }

  /** Drops the closing vertex and turns the ring the right way; false drops a hole without area. */
  #closeRing(): boolean {
    const { data } = this.xy;
    const start = this.#start;
    let end = this.xy.length;
    if (end - start > 2 && data[start] === data[end - 2] && data[start + 1] === data[end - 1]) end -= 2;
    this.xy.length = end;
    const area = ringArea(data, start, end);
    if (area === 0) {
      if (this.#hole) this.xy.length = start;
      return !this.#hole;
    }
    if (area > 0 === this.#hole) reverse(data, start, end);
    return true;
  }

  /**
   * Ends a feature: what has been read since the last one becomes geometries.
   * @returns 'ok'; 'empty' when no vertex came; 'range' when a coordinate was not finite or lay more than two worlds away
   */
  endFeature(): 'ok' | 'empty' | 'range' {
    const first = this.#firstPath();
    const bad = this.#bad;
    this.#bad = false;
    if (bad) {
      this.rollback();
      return 'range';
    }
    const paths = this.pathEnds.length;
    if (paths === first) return 'empty';
    const kind = this.#pathKinds.data[first]!;
    let uniform = true;
    for (let i = first + 1; i < paths; i++) uniform &&= this.#pathKinds.data[i] === kind;
    if (uniform) this.#endGeometry(kind, first);
    else this.#splitByKind(first);
    return 'ok';
  }

  /** Forgets everything, for the next row. */
  clear(): void {
    this.kinds.length = 0;
    this.geometryEnds.length = 0;
    this.boxes.length = 0;
    this.rollback();
  }

  /** Forgets what has been read since the last feature ended. */
  rollback(): void {
    const first = this.#firstPath();
    this.#bad = false;
    this.pathEnds.length = first;
    this.holes.length = first;
    this.#pathKinds.length = first;
    this.xy.length = first > 0 ? 2 * this.pathEnds.data[first - 1]! : 0;
  }

  #endGeometry(kind: number, firstPath: number): void {
    const from = firstPath > 0 ? this.pathEnds.data[firstPath - 1]! : 0;
    const { data, length } = this.xy;
    let minX = INT32_MAX;
    let minY = INT32_MAX;
    let maxX = -INT32_MAX;
    let maxY = -INT32_MAX;
    for (let i = 2 * from; i < length; i += 2) {
      const x = data[i]!;
      const y = data[i + 1]!;
      if (x < minX) minX = x;
      if (x > maxX) maxX = x;
      if (y < minY) minY = y;
      if (y > maxY) maxY = y;
    }
    this.boxes.push(minX);
    this.boxes.push(minY);
    this.boxes.push(maxX);
    this.boxes.push(maxY);
    this.kinds.push(kind);
    this.geometryEnds.push(this.pathEnds.length);
  }

  /** A mixed collection: its paths are taken out and put back kind by kind. */
  #splitByKind(first: number): void {
    const paths: { kind: number; hole: number; xy: Int32Array }[] = [];
    let from = first > 0 ? this.pathEnds.data[first - 1]! : 0;
    for (let i = first; i < this.pathEnds.length; i++) {
      const to = this.pathEnds.data[i]!;
      paths.push({ kind: this.#pathKinds.data[i]!, hole: this.holes.data[i]!, xy: this.xy.data.slice(2 * from, 2 * to) });
      from = to;
    }
    this.rollback();
    for (const kind of [POINT, LINE, POLYGON] as const) {
      const start = this.pathEnds.length;
      for (const path of paths) {
        if (path.kind !== kind) continue;
        this.beginPath(kind, path.hole === 1);
        for (let i = 0; i < path.xy.length; i += 2) this.pushVertex(path.xy[i]!, path.xy[i + 1]!);
        this.endPath();
      }
      if (this.pathEnds.length > start) this.#endGeometry(kind, start);
    }
  }
}
