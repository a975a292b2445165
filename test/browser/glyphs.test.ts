import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root, scratch, startYutu, type Yutu, yutuCommand } from '../harness.js';
import { openBrowser, openScreen, picture, type Screen, settled } from './screen.js';

/** Rare characters of names are drawn from our own slices, as large as the others; so are those that no slice has. */
const cases = join(root, 'test/fixtures/cases');
let yutu: Yutu;
let browser: Browser;
let screen: Screen;
let folder: string;
const fonts: string[] = [];

/** Of each kind some: Han beyond the common slices, of Extensions A, B and later; signs; other scripts. */
const names = {
  han: '垇圫㙍㘭𠮷𩽾𫭟𬇕中',
  signs: 'Ⅰ α Ⅻ Ω ⑳',
  uyghur: 'ئۈرۈمچى',
  tibetan: 'ལྷ་ས',
  // no slice has these: the machine's own typefaces draw them, or a box
  georgian: 'თბილისი',
};

beforeAll(async () => {
  yutu = await startYutu();
  folder = mkdtempSync(join(scratch(), 'glyphs-'));
  const file = join(folder, 'glyphs.geojson');
  const features = Object.values(names).map((name, i) => ({
    type: 'Feature',
    properties: { name },
    geometry: { type: 'Point', coordinates: [106.5 + i * 0.02, 29.57] },
  }));
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
  const definition = join(cases, 'view-extb-def.json');
  for (const [id, data] of [
    ['glyphs', file],
    ['view_extb', join(cases, 'view-extb.geojson')],
  ] as const) {
    const own = join(folder, `${id}.json`);
    const { fields, ...rest } = JSON.parse(readFileSync(definition, 'utf8'));
    writeFileSync(own, JSON.stringify({ ...rest, id, fields: id === 'glyphs' ? fields.slice(0, 1) : fields }));
    const { status, said } = yutuCommand(yutu, ['import', data, '--layer', id, '--owner', 'planning', '--definition', own]);
    expect([status, said]).toEqual([0, expect.any(String)]);
  }
  browser = await openBrowser();
  screen = await openScreen(browser, yutu, '/');
  screen.page.on('response', (response) => {
    if (response.url().endsWith('.woff2') && response.ok()) fonts.push(response.url().split('/').at(-1)!);
  });
  await screen.page.goto(`${yutu.url}/?at=12.6/29.5630/106.5400&layers=glyphs,view_extb,none`);
  await settled(screen.page);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true });
  await yutu?.remove();
});

/** What the map has drawn into its atlas: width and height of the character, in parts of a typeface of 24 pixels. */
const glyph = (text: string) =>
  screen.page.evaluate(async (id) => {
    interface Glyph {
      metrics: { width: number; height: number; advance: number };
    }
    interface Inner {
      style: { glyphManager: { getGlyphs(of: object): Promise<Record<string, { default: Record<string, Glyph> }>> } };
    }
    const { style } = (window as never as { yutuMap: Inner }).yutuMap;
    const drawn = await style.glyphManager.getGlyphs({ 'Yutu Regular': { default: [id] } });
    return drawn['Yutu Regular']!.default[id]!.metrics;
  }, text);

it.each([...names.han])('%s is a character of full size', async (character) => {
  const { width, height, advance } = await glyph(character);
  expect(advance).toBeCloseTo(24, 0);
  expect(Math.min(width, height)).toBeGreaterThan(14);
});

it.each(['𪚥', 'Ⅰ', 'α', 'Ⅻ', 'Ω', 'ئ', 'ۈ', 'چ', 'ལྷ', 'ས', 'თ'])(
  '%s is as large as the letters beside it',
  async (character) => {
    const { height, advance } = await glyph(character);
    expect(height).toBeGreaterThan(9);
    expect(advance).toBeGreaterThan(4.5);
  },
);

it('they come from slices that are fetched when they are needed, and no others', async () => {
  for (const slice of ['signs', 'arabic', 'tibetan', 'han-']) expect(fonts.join(' '), slice).toContain(slice);
  expect(new Set(fonts).size).toBeLessThan(40);
  await picture(screen.page, 'glyphs');
  expect(screen.faults).toEqual([]);
});

it('the page itself writes them, too', async () => {
  const loaded = await screen.page.evaluate(async (text) => {
    const faces = await document.fonts.load('16px "Yutu Rare"', text);
    return faces.map(({ status }) => status);
  }, names.han);
  expect(loaded.length).toBeGreaterThan(4);
  expect(new Set(loaded)).toEqual(new Set(['loaded']));
});
