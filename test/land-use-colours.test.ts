import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Classes of land use, drawn at the layer's opacity on light and dark land, are told apart: also by who does not tell red from green. */
type Colour = [number, number, number];
type Matrix = [Colour, Colour, Colour];
const LAND: Record<string, Colour> = { light: [0xf5, 0xf3, 0xed], dark: [0x23, 0x29, 0x2e] };
/** What is left of linear red, green and blue (Machado, Oliveira and Fernandes 2009, severity 1). */
const SIGHT: Record<string, Matrix> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};
const XYZ: Matrix = [
  [0.4124, 0.3576, 0.1805],
  [0.2126, 0.7152, 0.0722],
  [0.0193, 0.1192, 0.9505],
];
/** Differences in CIELAB: two is just seen side by side; a map's areas lie apart. */
const LEAST = 15;

const { style } = JSON.parse(readFileSync(new URL('../data/chongqing/layers/parcels.json', import.meta.url), 'utf8'));
const times = (m: Matrix, v: Colour) => m.map((row) => row.reduce((sum, n, i) => sum + n * v[i]!, 0)) as Colour;
const linear = (n: number) => (n <= 10.31475 ? n / 255 / 12.92 : ((n / 255 + 0.055) / 1.055) ** 2.4);

function lab(colour: string, land: Colour, sight: Matrix): Colour {
  const drawn = land.map((under, i) => {
    const over = Number.parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
    return linear(style.opacity * over + (1 - style.opacity) * under);
  }) as Colour;
  const seen = times(sight, drawn).map((n) => Math.max(0, n)) as Colour;
  const [x, y, z] = times(XYZ, seen).map((n, i) => Math.cbrt(n / [0.95047, 1, 1.08883][i]!)) as Colour;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

it.each(Object.keys(LAND).flatMap((land) => Object.keys(SIGHT).map((sight) => [land, sight] as const)))(
  'on %s land, %s',
  (land, sight) => {
    const seen = (style.classes as { value: string; color: string }[]).map(
      ({ value, color }) => [value, lab(color, LAND[land]!, SIGHT[sight]!)] as const,
    );
    for (const [i, [one, a]] of seen.entries())
      for (const [other, b] of seen.slice(0, i))
        expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]), `${one} and ${other}`).toBeGreaterThan(LEAST);
  },
);
