/**
 * The ids of a layer's features in an encoded tile, without looking at anything else of it: geometries and values are passed over.
 * @throws RangeError for bytes that end in the middle of a field
 */
export function tileIds(bytes: Uint8Array, layerName: string): number[] {
  const ids: number[] = [];
  const tile = new Fields(bytes, 0, bytes.length);
  while (tile.next()) {
    if (tile.number !== 3 || tile.wire !== 2) continue;
    const layer = new Fields(bytes, tile.from, tile.to);
    const found: number[] = [];
    let name = '';
    while (layer.next()) {
      if (layer.number === 1 && layer.wire === 2) name = DECODER.decode(bytes.subarray(layer.from, layer.to));
      if (layer.number !== 2 || layer.wire !== 2) continue;
      const feature = new Fields(bytes, layer.from, layer.to);
      while (feature.next())
        if (feature.number === 1 && feature.wire === 0) {
          found.push(feature.value);
          break;
        }
    }
    if (name === layerName) for (const id of found) ids.push(id);
  }
  return ids;
}

const DECODER = new TextDecoder();

/** The fields of a message, one after the other (protobuf encoding; MVT 2.1 §4 uses these wire types). */
class Fields {
  number = 0;
  wire = 0;
  /** Of a varint. */
  value = 0;
  /** Where the bytes of a field with a length lie. */
  from = 0;
  to = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
    private readonly end: number,
  ) {}

  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.varint();
    this.number = Math.floor(tag / 8);
    this.wire = tag % 8;
    if (this.wire === 0) this.value = this.varint();
    else if (this.wire === 2) {
      const length = this.varint();
      this.from = this.at;
      this.to = this.at + length;
      this.at = this.to;
    } else this.at += this.wire === 1 ? 8 : 4;
    if (this.at > this.end) throw new RangeError('a tile is cut short');
    return true;
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('a tile is cut short');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
}
