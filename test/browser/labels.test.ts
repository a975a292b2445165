import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratch, signIn, startYutu, type Yutu, yutuCommand } from '../harness.js';
import { day } from '../story.js';
import { named, openBrowser, openScreen, picture, type Screen, settled, signInOnScreen } from './screen.js';

/** Names are written beside what they name, for every way the product has of labelling a layer. */
let yutu: Yutu;
let browser: Browser;
let folder: string;

const SIDE = 4;
const places = Array.from({ length: SIDE * SIDE }, (_, i) => [
  106.5 + (i % SIDE) * 0.03,
  29.53 + Math.floor(i / SIDE) * 0.02,
]) as [number, number][];
const kinds = ['a', 'b', 'c', 'd'];
const properties = (i: number) => ({
  name: `地点${'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳'[i]}`,
  name_en: i % 2 ? `Place ${i}` : null,
  kind: kinds[i % 4],
  size: i * 10,
});
const shapes = {
  point: ([x, y]: [number, number]) => ({ type: 'Point', coordinates: [x, y] }),
  line: ([x, y]: [number, number]) => ({
    type: 'LineString',
    coordinates: [
      [x - 0.013, y],
      [x + 0.013, y],
    ],
  }),
  polygon: ([x, y]: [number, number]) => ({
    type: 'Polygon',
    coordinates: [
      [
        [x - 0.01, y - 0.006],
        [x + 0.01, y - 0.006],
        [x + 0.01, y + 0.006],
        [x - 0.01, y + 0.006],
        [x - 0.01, y - 0.006],
      ],
    ],
  }),
};
const classes = kinds.map((value, i) => ({ value, color: `cat-${i + 1}`, labelZh: `${value}类`, labelEn: `Kind ${value}` }));
const ranges = [
  { max: 50, color: 'blue-1', labelZh: '小', labelEn: 'Small' },
  { min: 50, color: 'blue-3', labelZh: '大', labelEn: 'Large' },
];
const styles = {
  single: { type: 'single', color: 'cat-1' },
  categories: { type: 'categories', field: 'kind', classes },
  graduated: { type: 'graduated', field: 'size', classes: ranges },
};

function bring(id: string, geometryType: keyof typeof shapes, style: object, more: object = {}) {
  const field = (name: string, type: string, codes: object[] | null = null) => ({
    name,
    titleZh: name,
    titleEn: name,
    type,
    codes,
  });
  const definition = {
    id,
    titleZh: id,
    titleEn: id,
    kind: 'thematic',
    theme: 'base',
    owner: 'planning',
    sharingClass: 'unconditional',
    disclosure: 'proactive',
    geometryType,
    fields: [
      field('name', 'text'),
      field('name_en', 'text'),
      field(
        'kind',
        'text',
        classes.map(({ value, labelZh, labelEn }) => ({ value, labelZh, labelEn })),
      ),
      field('size', 'integer'),
    ],
    style: { role: 'thematic', label: 'name', ...style },
    ...more,
  };
  const [data, described] = [join(folder, `${id}.geojson`), join(folder, `${id}-definition.json`)];
  const features = places.map((at, i) => ({ type: 'Feature', properties: properties(i), geometry: shapes[geometryType](at) }));
  writeFileSync(data, JSON.stringify({ type: 'FeatureCollection', features }));
  writeFileSync(described, JSON.stringify(definition));
  const done = yutuCommand(yutu, ['import', data, '--layer', id, '--owner', 'planning', '--definition', described]);
  expect(done.said, id).toMatch(/16/);
  expect(done.status).toBe(0);
}

beforeAll(async () => {
  yutu = await startYutu();
  folder = mkdtempSync(join(scratch(), 'labels-'));
  for (const geometry of ['point', 'line', 'polygon'] as const)
    for (const [name, style] of Object.entries(styles)) bring(`${geometry}_${name}`, geometry, style);
  bring('by_code', 'point', { ...styles.single, label: 'kind' });
  bring('lots', 'polygon', styles.single, {
    sharingClass: 'conditional',
    groundZh: '含业务信息',
    groundEn: 'Working data',
    disclosure: 'on_request',
  });
  const steward = await signIn(yutu, 'steward');
  const given = await steward.post('/api/grants', {
    layers: ['lots'],
    kind: 'single',
    subject: { kind: 'organisation', id: 'transport' },
    reason: '用地审查',
    actions: ['view', 'query'],
    fields: [{ name: 'name', form: 'value' }],
    area: null,
    precision: { kind: 'point', metres: 50 },
    until: day(3),
  });
  expect(given.status).toBe(201);
  browser = await openBrowser();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true });
  await yutu?.remove();
});

const open = async (layers: string, query = ''): Promise<Screen> => {
  const screen = await openScreen(browser, yutu, `/?at=12.5/29.5600/106.5450&layers=${layers},none${query}`);
  await settled(screen.page);
  return screen;
};

describe.each(['point', 'line', 'polygon'])('a layer of %ss', (geometry) => {
  it.each(Object.keys(styles))('of the style %s has its names', async (style) => {
    const { page, context, faults } = await open(`${geometry}_${style}`);
    const layer = `layer:${geometry}_${style}:${geometry === 'point' ? 'point' : 'label'}`;
    await expect.poll(() => named(page, layer), { timeout: 15_000 }).toBeGreaterThanOrEqual(places.length);
    await picture(page, `labels-${geometry}-${style}`);
    expect(faults).toEqual([]);
    await context.close();
  });
});

it('a name in the other language is better than none', async () => {
  const { page, context } = await open('point_single', '&lang=en');
  await expect.poll(() => named(page, 'layer:point_single:point'), { timeout: 15_000 }).toBe(places.length);
  await picture(page, 'labels-en');
  await context.close();
});

it('a code is written in its words', async () => {
  const { page, context } = await open('by_code');
  await expect.poll(() => named(page, 'layer:by_code:point'), { timeout: 15_000 }).toBe(places.length);
  await picture(page, 'labels-code');
  await context.close();
});

it('points that stand for areas have the names of the areas', async () => {
  const screen = await open('lots');
  await signInOnScreen(screen.page, 'planner');
  await settled(screen.page);
  await expect.poll(() => named(screen.page, 'layer:lots:stand-in-label'), { timeout: 15_000 }).toBeGreaterThan(12);
  await picture(screen.page, 'labels-stand-ins');
  await screen.context.close();
});

it('the base map has its names', async () => {
  const screen = await openScreen(browser, yutu, '/?at=9.5/29.5600/106.5500');
  await settled(screen.page);
  for (const layer of ['base-places', 'base-district-labels', 'base-river-labels'])
    await expect.poll(() => named(screen.page, layer), { timeout: 15_000, message: layer }).toBeGreaterThan(0);
  await screen.context.close();
});
