import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Place, scratch, yutuCommand } from '../harness.js';

/** Generated layers that the demonstration lacks: other storage systems, long lines, many rings, specks, every type of value. */

/** mulberry32: the same data and tiles every time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Position = [lon: number, lat: number];
interface Generated {
  id: string;
  srid: number;
  geometryType: 'point' | 'line' | 'polygon';
  geometries: Iterable<object>;
}

const random = seeded(4490);
/** Around a middle, dense inside. */
const scatter = (middle: number, width: number) => middle + width * (random() - 0.5) * random();

/** Addresses; every tenth at the place of the one before. */
function* addresses() {
  let at: Position = [106.55, 29.56];
  for (let i = 0; i < 6_000; i++) {
    if (i % 10 !== 9) at = [scatter(106.55, 0.8), scatter(29.56, 0.6)];
    yield { type: 'Point', coordinates: at };
  }
}

/** Streets that wander, some with hundreds of vertices, some closed, some of a few centimetres, some in several parts. */
function* streets() {
  const wander = (vertices: number, step: number): Position[] => {
    let [x, y, heading] = [scatter(106.55, 0.6), scatter(29.56, 0.5), random() * 7];
    return Array.from({ length: vertices }, () => {
      heading += (random() - 0.5) * 1.2;
      x += step * Math.cos(heading);
      y += step * Math.sin(heading);
      return [x, y];
    });
  };
  for (let i = 0; i < 1_200; i++) {
    if (i % 40 === 0) yield { type: 'LineString', coordinates: wander(1_500, 0.0004) };
    else if (i % 10 === 1) yield { type: 'LineString', coordinates: wander(3, 0.0000003) };
    else if (i % 10 === 2)
      yield { type: 'MultiLineString', coordinates: [wander(20, 0.0003), wander(9, 0.001), wander(2, 0.00001)] };
    else if (i % 10 === 3) {
      const loop = wander(12, 0.0005);
      yield { type: 'LineString', coordinates: [...loop, loop[0]] };
    } else yield { type: 'LineString', coordinates: wander(2 + Math.floor(random() * 60), 0.0002) };
  }
}

/** Blocks that share their corners, with courts, and specks of down to a centimetre between them. */
function* blocks() {
  const n = 60;
  const corners = Array.from({ length: (n + 1) ** 2 }, (_, i): Position => {
    const [u, v] = [(i % (n + 1)) / n, Math.floor(i / (n + 1)) / n];
    return [106.45 + 0.2 * u ** 1.5 + 0.0006 * random(), 29.5 + 0.15 * v ** 1.5 + 0.0005 * random()];
  });
  for (let i = 0; i < n * n; i++) {
    const at = i + Math.floor(i / n);
    const [a, b, c, d] = [corners[at]!, corners[at + 1]!, corners[at + n + 2]!, corners[at + n + 1]!];
    const middle: Position = [(a[0] + c[0]) / 2, (a[1] + c[1]) / 2];
    if (i % 12 === 5) {
      const size = 10 ** (-7 + 4 * random());
      yield { type: 'Polygon', coordinates: [star(middle, size, 5)] };
    } else if (i % 5 === 0) yield { type: 'Polygon', coordinates: [[a, b, c, d, a], star(middle, 0.0002, 6).reverse()] };
    else yield { type: 'Polygon', coordinates: [[a, b, c, d, a]] };
  }
}

/** Lakes around the world with thousands of vertices, and islands by the hundred; some as several waters. */
function* lakes() {
  const places: Position[] = [
    [106.6, 29.6],
    [106.2, 29.2],
    [-70, -33],
    [30, 0.01],
    [25, 66],
    [-40, 82],
    [120, -79],
    [-179.3, 52],
  ];
  for (let i = 0; i < 64; i++) {
    const [lon, lat] = places[i % places.length]!;
    const ring = (vertices: number) =>
      star([lon + 0.6 * (random() - 0.5), lat + 0.5 * (random() - 0.5)], 0.02 + 0.08 * random(), vertices, 0.12);
    if (i % 4 === 3)
      yield {
        type: 'MultiPolygon',
        coordinates: [[ring(300)], [star([lon, lat + 0.6], 0.03, 12)], [star([lon + 0.2, lat + 0.6], 0.00001, 8)]],
      };
    else {
      const middle: Position = [lon + i / 1000, lat];
      const islands = Array.from({ length: i % 4 === 1 ? 300 : 5 }, (_, k) =>
        star(
          [middle[0] + 0.08 * Math.cos(k) * Math.sqrt(k / 300), middle[1] + 0.08 * Math.sin(k) * Math.sqrt(k / 300)],
          0.0012 * random() ** 3 + 1e-7,
          7,
        ).reverse(),
      );
      yield { type: 'Polygon', coordinates: [star(middle, 0.15, 4_000, 0.04), ...islands] };
    }
  }
}

/** A ring around a middle, more or less rough, counterclockwise. */
function star([lon, lat]: Position, radius: number, vertices: number, rough = 0.3): Position[] {
  const ring = Array.from({ length: vertices }, (_, k): Position => {
    const r = radius * (1 - rough * random());
    return [lon + r * Math.cos((2 * Math.PI * k) / vertices), lat + r * Math.sin((2 * Math.PI * k) / vertices)];
  });
  return [...ring, ring[0]!];
}

const layers: Generated[] = [
  { id: 'gen_addresses', srid: 4326, geometryType: 'point', geometries: addresses() },
  { id: 'gen_streets', srid: 4545, geometryType: 'line', geometries: streets() },
  { id: 'gen_blocks', srid: 4490, geometryType: 'polygon', geometries: blocks() },
  { id: 'gen_lakes', srid: 3857, geometryType: 'polygon', geometries: lakes() },
];

const fields = {
  name: 'text',
  kind: 'text',
  floors: 'integer',
  serial: 'bigint',
  height: 'double',
  listed: 'boolean',
  built: 'date',
  seen: 'timestamp',
} as const;

const valuesOf = (i: number) => ({
  name: i % 7 ? `第${i}号 “${'长'.repeat(i % 30)}”` : null,
  kind: ['住宅', '商业', '工业', ''][i % 4],
  floors: (i % 50) - 3,
  serial: 9_000_000_000 * (i % 3 === 0 ? -1 : 1) + i,
  height: i % 11 ? i / 7 : null,
  listed: i % 2 === 0,
  built: i % 5 ? `19${10 + (i % 90)}-03-0${1 + (i % 9)}` : null,
  seen: `2024-0${1 + (i % 9)}-11T0${i % 10}:30:05.${100 + (i % 900)}Z`,
});

/** Imports the generated layers into an instance, as an operator would. Returns their ids. */
export function importGenerated(place: Place, owner: string): string[] {
  const folder = mkdtempSync(join(scratch(), 'mvt-'));
  try {
    for (const { id, srid, geometryType, geometries } of layers) {
      const file = join(folder, `${id}.geojson`);
      const definition = join(folder, `${id}.json`);
      const features = Array.from(geometries, (geometry, i) => ({ type: 'Feature', properties: valuesOf(i), geometry }));
      writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
      writeFileSync(
        definition,
        JSON.stringify({
          ...{ id, srid, geometryType, owner, titleZh: id, titleEn: id, kind: 'base', theme: 'base' },
          ...{ sharingClass: 'unconditional', disclosure: 'proactive' },
          fields: Object.entries(fields).map(([name, type]) => ({ name, type, titleZh: name, titleEn: name })),
        }),
      );
      const { status, said } = yutuCommand(place, ['import', file, '--layer', id, '--owner', owner, '--definition', definition]);
      if (status !== 0) throw new Error(`${id} was not imported:\n${said}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return layers.map(({ id }) => id);
}
