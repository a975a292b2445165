import { PbfReader } from 'pbf';

/**
 * Reads a tile strictly by the Mapbox Vector Tile specification 2.1, whose readers forgive much, and tells in words what is
 * wrong with it. Beyond the specification: ids are there and once per kind, no key or value is double or unused, and nothing is
 * drawn outside the buffer.
 */
export function faultsOf(bytes: Uint8Array, layer: string, buffer = 64): string[] {
  const faults: string[] = [];
  let layers = 0;
  new PbfReader(bytes).readFields((tag, _, pbf) => {
    if (tag !== 3) faults.push(`the tile has a field ${tag}`);
    else {
      layers += 1;
      faults.push(...layerFaults(pbf.readBytes(), layer, buffer));
    }
  }, null);
  if (layers !== 1) faults.push(`${layers} layers`);
  return faults;
}

interface RawFeature {
  id: number | null;
  kind: number;
  tags: number[];
  commands: number[];
}

function layerFaults(bytes: Uint8Array, wanted: string, buffer: number): string[] {
  const faults: string[] = [];
  const keys: string[] = [];
  const values: string[] = [];
  const features: RawFeature[] = [];
  const layer = { name: '', version: 0, extent: 0 };
  new PbfReader(bytes).readFields((tag, _, pbf) => {
    if (tag === 1) layer.name = pbf.readString();
    else if (tag === 2) features.push(readFeature(pbf.readBytes(), faults));
    else if (tag === 3) keys.push(pbf.readString());
    else if (tag === 4) values.push(Buffer.from(pbf.readBytes()).toString('hex'));
    else if (tag === 5) layer.extent = pbf.readVarint();
    else if (tag === 15) layer.version = pbf.readVarint();
    else faults.push(`the layer has a field ${tag}`);
  }, null);
  if (layer.name !== wanted) faults.push(`the layer is called ${layer.name}`);
  if (layer.version !== 2) faults.push(`version ${layer.version}`);
  if (layer.extent !== 4096) faults.push(`extent ${layer.extent}`);
  if (features.length === 0) faults.push('no feature');
  if (new Set(keys).size !== keys.length) faults.push('a key is double');
  if (new Set(values).size !== values.length) faults.push('a value is double');
  if (values.some((value) => value.length === 0)) faults.push('a value is nothing');

  const usedKeys = new Set<number>();
  const usedValues = new Set<number>();
  const ids = new Set<string>();
  for (const { id, kind, tags, commands } of features) {
    const told = (fault: string) => faults.push(`feature ${id}: ${fault}`);
    if (id === null) told('no id');
    if (ids.has(`${id}/${kind}`)) told('its id is double');
    ids.add(`${id}/${kind}`);
    if (tags.length % 2 === 1) told('a key without a value');
    const own = tags.filter((_, i) => i % 2 === 0);
    if (new Set(own).size !== own.length) told('a key twice');
    for (let i = 0; i + 1 < tags.length; i += 2) {
      if (tags[i]! >= keys.length || tags[i + 1]! >= values.length) told('a key or value that is not there');
      usedKeys.add(tags[i]!);
      usedValues.add(tags[i + 1]!);
    }
    for (const fault of geometryFaults(kind, commands, buffer)) told(fault);
  }
  if (usedKeys.size !== keys.length) faults.push('a key is not used');
  if (usedValues.size !== values.length) faults.push('a value is not used');
  return faults;
}

function readFeature(bytes: Uint8Array, faults: string[]): RawFeature {
  const feature: RawFeature = { id: null, kind: 0, tags: [], commands: [] };
  new PbfReader(bytes).readFields((tag, _, pbf) => {
    if (tag === 1) feature.id = pbf.readVarint();
    else if (tag === 2) pbf.readPackedVarint(feature.tags);
    else if (tag === 3) feature.kind = pbf.readVarint();
    else if (tag === 4) pbf.readPackedVarint(feature.commands);
    else faults.push(`a feature has a field ${tag}`);
  }, null);
  return feature;
}

const MOVE_TO = 1;
const LINE_TO = 2;
const CLOSE_PATH = 7;

/** §4.3: commands, paths and rings. */
function geometryFaults(kind: number, commands: number[], buffer: number): string[] {
  if (kind < 1 || kind > 3) return [`geometry type ${kind}`];
  if (commands.length === 0) return ['no geometry'];
  const faults = new Set<string>();
  const paths: { points: [number, number][]; closed: boolean }[] = [];
  let x = 0;
  let y = 0;
  let before = 0;
  for (let at = 0; at < commands.length; ) {
    const id = commands[at]! & 7;
    const count = commands[at]! >>> 3;
    at += 1;
    if (count === 0) faults.add('a command that does nothing');
    if (id === CLOSE_PATH) {
      if (kind !== 3 || before !== LINE_TO || count !== 1) faults.add('a misplaced ClosePath');
      else paths.at(-1)!.closed = true;
    } else if (id === MOVE_TO || id === LINE_TO) {
      if (at + 2 * count > commands.length) return ['commands end early'];
      if (id === MOVE_TO && before === MOVE_TO) faults.add('two MoveTo in a row');
      if (id === MOVE_TO && kind !== 1 && count !== 1) faults.add('a MoveTo with several points');
      if (id === LINE_TO && (kind === 1 || before !== MOVE_TO)) faults.add('a misplaced LineTo');
      for (let i = 0; i < count; i++, at += 2) {
        const dx = zigzag(commands[at]!);
        const dy = zigzag(commands[at + 1]!);
        if (id === LINE_TO && dx === 0 && dy === 0) faults.add('a segment without length');
        x += dx;
        y += dy;
        if (Math.min(x, y) < -buffer || Math.max(x, y) > 4096 + buffer) faults.add('drawn beyond the buffer');
        if (id === MOVE_TO) paths.push({ points: [[x, y]], closed: false });
        else paths.at(-1)?.points.push([x, y]);
      }
    } else return [`command ${id}`];
    before = id;
  }
  let exterior = false;
  for (const { points, closed } of kind === 1 ? [] : paths) {
    if (points.length < kind) faults.add('a path of too few points');
    if (kind !== 3) continue;
    if (!closed) faults.add('a ring that is not closed');
    const [first, last] = [points[0]!, points.at(-1)!];
    if (first[0] === last[0] && first[1] === last[1]) faults.add('a ring that ends where it began');
    const area = twiceArea(points);
    if (area === 0) faults.add('a ring without area');
    exterior ||= area > 0;
    if (!exterior) faults.add('an interior ring comes first');
  }
  return [...faults];
}

const zigzag = (n: number) => (n >>> 1) ^ -(n & 1);

/** By the surveyor's formula: positive for exterior rings (clockwise on screen). */
function twiceArea(points: [number, number][]): number {
  let sum = 0;
  let [x0, y0] = points.at(-1)!;
  for (const [x1, y1] of points) {
    sum += x0 * y1 - x1 * y0;
    x0 = x1;
    y0 = y1;
  }
  return sum;
}
