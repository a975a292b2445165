import { TILE_EXTENT } from '../tile.js';
import { ByteWriter } from './bytes.js';

/** A feature in units of its tile, as MVT has it. */
export interface TileFeature {
  id: number;
  /** 1 points, 2 lines, 3 polygons. */
  type: 1 | 2 | 3;
  /** x, y, x, y, …: the points in one path, each line, each ring (closed, exterior rings clockwise on screen and before their holes). */
  paths: readonly ArrayLike<number>[];
  properties: Iterable<readonly [name: string, value: string | number | boolean]>;
}

const ENCODER = new TextEncoder();
const MOVE = 1;
const LINE = 2;
const CLOSE_ONCE = 15;

/**
 * Encodes features that are cut already as one layer (MVT 2.1 §4). For sources that are no snapshot: those write their tiles straight
 * from packed columns. Features without anything left to draw are left out; none left gives no bytes.
 */
export function encodeTile(name: string, features: Iterable<TileFeature>, extent = TILE_EXTENT): Uint8Array {
  const keys = new Map<string, number>();
  const values = new Map<string, number>();
  const layer = new ByteWriter(1 << 14);
  const valueBytes = new ByteWriter();
  layer.byte(0x0a);
  text(layer, name);
  let count = 0;
  for (const feature of features) {
    const geometry = geometryOf(feature);
    if (geometry.length === 0) continue;
    count++;
    const tags = new ByteWriter(64);
    for (const [key, value] of feature.properties) {
      tags.varint(indexOf(keys, key));
      const encoded = encodeValue(value);
      const known = values.size;
      const index = indexOf(values, `${typeof value}\0${value}`);
      if (index === known) message(valueBytes, 0x22, encoded);
      tags.varint(index);
    }
    const body = new ByteWriter(geometry.length + tags.length + 32);
    body.byte(0x08);
    body.varint(feature.id);
    if (tags.length > 0) message(body, 0x12, tags);
    body.byte(0x18);
    body.byte(feature.type);
    message(body, 0x22, geometry);
    message(layer, 0x12, body);
  }
  if (count === 0) return new Uint8Array(0);
  for (const key of keys.keys()) {
    layer.byte(0x1a);
    text(layer, key);
  }
  layer.copy(valueBytes.data, 0, valueBytes.length);
  layer.byte(0x28);
  layer.varint(extent);
  layer.byte(0x78);
  layer.byte(2);
  const tile = new ByteWriter(layer.length + 8);
  message(tile, 0x1a, layer);
  return tile.data.slice(0, tile.length);
}

function indexOf(known: Map<string, number>, key: string): number {
  const index = known.get(key) ?? known.size;
  if (index === known.size) known.set(key, index);
  return index;
}

function message(out: ByteWriter, tag: number, body: ByteWriter): void {
  out.byte(tag);
  out.varint(body.length);
  out.copy(body.data, 0, body.length);
}

function text(out: ByteWriter, value: string): void {
  const bytes = ENCODER.encode(value);
  out.varint(bytes.length);
  out.copy(bytes, 0, bytes.length);
}

/** Whole numbers that a double holds exactly as uint or sint, others as double. */
function encodeValue(value: string | number | boolean): ByteWriter {
  const out = new ByteWriter(16);
  if (typeof value === 'string') {
    out.byte(0x0a);
    text(out, value);
  } else if (typeof value === 'boolean') {
    out.byte(0x38);
    out.byte(value ? 1 : 0);
  } else if (Number.isSafeInteger(value) && Math.abs(value) <= 2 ** 52) {
    out.byte(value < 0 ? 0x30 : 0x28);
    out.varint(value < 0 ? -2 * value - 1 : value);
  } else {
    out.byte(0x19);
    const bytes = new Uint8Array(Float64Array.of(value).buffer);
    out.copy(bytes, 0, 8);
  }
  return out;
}

/** Command integers (§4.3): points that fall together are left out, and what then is no line or ring. */
function geometryOf({ type, paths }: TileFeature): ByteWriter {
  const out = new ByteWriter(256);
  let [atX, atY] = [0, 0];
  const step = (x: number, y: number) => {
    out.reserve(20);
    out.zigzag(x - atX);
    out.zigzag(y - atY);
    [atX, atY] = [x, y];
  };
  for (const path of paths) {
    const points: [number, number][] = [];
    for (let i = 0; i + 1 < path.length; i += 2) {
      const last = points.at(-1);
      if (type !== 1 && last && last[0] === path[i] && last[1] === path[i + 1]) continue;
      points.push([path[i]!, path[i + 1]!]);
    }
    if (type === 3 && points.length > 1) {
      const [first, last] = [points[0]!, points.at(-1)!];
      if (first[0] === last[0] && first[1] === last[1]) points.pop();
    }
    if (points.length < type) continue; // 1, 2 or 3 points at least
    if (type === 1) {
      out.varint(points.length * 8 + MOVE);
      for (const [x, y] of points) step(x, y);
      continue;
    }
    out.varint(8 + MOVE);
    step(...points[0]!);
    out.varint((points.length - 1) * 8 + LINE);
    for (const [x, y] of points.slice(1)) step(x, y);
    if (type === 3) out.byte(CLOSE_ONCE);
  }
  return out;
}
