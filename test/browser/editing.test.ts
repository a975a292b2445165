import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { create, items, LAYER, point, write } from '../editing.js';
import { type Caller, signIn, startYutu, type Yutu } from '../harness.js';
import {
  accessible,
  barriers,
  drawn,
  goTo,
  openBrowser,
  openScreen,
  picture,
  pixelOf,
  type Screen,
  signInOnScreen,
} from './screen.js';

/** A steward mends a feature on the map; who looks at the same place sees it without a reload. */
let yutu: Yutu;
let browser: Browser;
let steward: Screen;
let reader: Screen;
let api: Caller;
let id: number;
let tag: string;
const PLACE: [number, number] = [106.6, 29.5];

beforeAll(async () => {
  yutu = await startYutu();
  api = await signIn(yutu, 'steward');
  ({ id, tag } = await create(api, point(...PLACE, { name_zh: '旧渡口', kind: 'river_port', elev_m: 180 })));
  browser = await openBrowser();
  [reader, steward] = await Promise.all([openScreen(browser, yutu), openScreen(browser, yutu)]);
  await signInOnScreen(steward.page, 'steward');
  for (const { page } of [reader, steward]) {
    const box = page.getByTestId(`layer-row-${LAYER}`).getByRole('checkbox');
    if (!(await box.isChecked())) await box.click();
    await goTo(page, PLACE, 15);
  }
});
afterAll(async () => {
  await browser?.close();
  await yutu?.remove();
});

const seen = (name: string) =>
  onTestFailed(async () => {
    for (const [who, { page }] of Object.entries({ reader, steward }))
      await picture(page, `failed-${name}-${who}`).catch(() => {});
  });

/** What the map has drawn of the feature. */
const onMap = ({ page }: Screen) =>
  page.evaluate(
    ([layer, fid]) => {
      interface Drawn {
        sourceLayer?: string;
        id?: number;
        properties: Record<string, unknown>;
      }
      const map = (window as never as { yutuMap: { queryRenderedFeatures(): Drawn[] } }).yutuMap;
      return map.queryRenderedFeatures().find((f) => f.sourceLayer === layer && f.id === fid)?.properties ?? null;
    },
    [LAYER, id] as const,
  );

/** Where the map has drawn the feature; null while it has not. A tile from before a move still shows the old place. */
const place = ({ page }: Screen) =>
  page.evaluate(
    ([layer, fid]) => {
      interface Drawn {
        sourceLayer?: string;
        id?: number;
        geometry: { coordinates: [number, number] };
      }
      const map = (window as never as { yutuMap: { queryRenderedFeatures(): Drawn[] } }).yutuMap;
      return map.queryRenderedFeatures().find((f) => f.sourceLayer === layer && f.id === fid)?.geometry.coordinates ?? null;
    },
    [LAYER, id] as const,
  );

const open = async ({ page }: Screen, at: [number, number]) => {
  const { x, y } = await pixelOf(page, at);
  await page.mouse.click(x, y);
  const card = page.getByTestId('feature-card');
  await card.waitFor();
  return card;
};

it('is on both maps', async () => {
  seen('before');
  for (const { page } of [reader, steward]) await expect.poll(() => drawn(page, LAYER), { timeout: 30_000 }).toContain(id);
});

it('changes a field in the form; every open map shows it at once', async () => {
  seen('edit');
  const loads = reader.loads();
  const card = await open(steward, PLACE);
  await card.getByTestId('feature-edit').click();
  const form = card.getByTestId('feature-form');
  await form.getByLabel('名称', { exact: false }).first().fill('新渡口');
  await picture(steward.page, '9-edit');
  await accessible(steward.page, 'edit form');
  await form.getByRole('button', { name: '保存' }).click();
  await form.waitFor({ state: 'detached' });
  const saved = Date.now();
  await expect.poll(async () => (await onMap(reader))?.name_zh, { timeout: 15_000, interval: 50 }).toBe('新渡口');
  console.log(`saved → on another open map: ${Date.now() - saved} ms`);
  expect(reader.loads()).toBe(loads);
  await expect.poll(async () => (await onMap(steward))?.name_zh, { timeout: 15_000 }).toBe('新渡口');
  await card.getByText('新渡口').first().waitFor();
});

it('a value that its field cannot hold is refused beside the form, and what was typed stays', async () => {
  seen('refused');
  const card = steward.page.getByTestId('feature-card');
  await card.getByTestId('feature-edit').click();
  const form = card.getByTestId('feature-form');
  const height = form.getByLabel(/标高/);
  await height.fill('很高');
  await form.getByRole('button', { name: '保存' }).click();
  await form.getByRole('alert').waitFor();
  expect(await form.getByRole('alert').textContent()).toMatch(/[\u4e00-\u9fff]/);
  expect(await height.inputValue()).toBe('很高');
  await accessible(steward.page, 'edit form, refused');
});

it('who was second is told, and sees what the first wrote', async () => {
  seen('stale');
  const form = steward.page.getByTestId('feature-form');
  const now = await api.get(`${items()}/${id}`);
  expect((await write(api, 'PATCH', id, { properties: { elev_m: 200 } }, now.headers.etag!)).status).toBe(200);
  await form.getByLabel(/标高/).fill('190');
  await form.getByRole('button', { name: '保存' }).click();
  await expect.poll(() => form.getByLabel(/标高/).inputValue()).toBe('200');
  await form.getByRole('button', { name: '取消' }).click();
  expect((await api.get(`${items()}/${id}`)).json.properties.elev_m).toBe(200);
});

it('a point is moved by clicking its new place', async () => {
  seen('moved');
  const there: [number, number] = [PLACE[0] + 0.003, PLACE[1] + 0.002];
  const card = steward.page.getByTestId('feature-card');
  await card.getByTestId('feature-edit').click();
  const form = card.getByTestId('feature-form');
  await form.getByRole('button', { name: '移动' }).click();
  const { x, y } = await pixelOf(steward.page, there);
  await steward.page.mouse.click(x, y);
  await form.getByRole('button', { name: '保存' }).click();
  await card.waitFor({ state: 'detached' });
  const { json } = await api.get(`${items()}/${id}`);
  expect(json.geometry.coordinates[0]).toBeCloseTo(there[0], 4);
  expect(json.geometry.coordinates[1]).toBeCloseTo(there[1], 4);
  PLACE[0] = json.geometry.coordinates[0];
  PLACE[1] = json.geometry.coordinates[1];
});

it('is deleted eight seconds after it was asked for, unless that is undone', async () => {
  seen('deleted');
  // To the map's pixel (1e-4 degrees are two at zoom 15): a click before that would meet an empty place.
  await expect
    .poll(async () => ((await place(steward)) ?? [0, 0]).map((c, i) => Math.abs(c - PLACE[i]!) < 1e-4), { timeout: 15_000 })
    .toEqual([true, true]);
  const again = async () => {
    const card = await open(steward, PLACE);
    await card.getByTestId('feature-edit').click();
    await card.getByRole('button', { name: '删除' }).click();
  };
  await again();
  await steward.page.getByRole('button', { name: '撤销' }).click();
  await again();
  await expect.poll(() => onMap(reader), { timeout: 25_000 }).toBeNull();
  expect((await api.get(`${items()}/${id}`)).status).toBe(404);
  expect(tag).not.toBe('');
});

it('a point is added where the map is clicked', async () => {
  seen('added');
  const { page } = steward;
  await page.getByTestId(`layer-row-${LAYER}`).locator('.nm').click();
  await page.getByTestId('feature-add').click();
  const there: [number, number] = [106.602, 29.502];
  const { x, y } = await pixelOf(page, there);
  await page.mouse.click(x, y);
  const card = page.getByTestId('feature-new');
  await card.getByLabel('名称', { exact: false }).first().fill('添加的渡口');
  await accessible(page, 'new feature');
  await picture(page, '9-new');
  await card.getByRole('button', { name: '保存' }).click();
  await page.getByTestId('feature-card').getByText('添加的渡口').first().waitFor();
  const { json } = await api.get(`${items()}?limit=1000`);
  const made = json.features.find((f: { properties: { name_zh: string } }) => f.properties.name_zh === '添加的渡口');
  expect(made.geometry.coordinates[0]).toBeCloseTo(there[0], 3);
  await expect.poll(() => drawn(reader.page, LAYER), { timeout: 15_000 }).toContain(made.id);
});

it('nothing went wrong in either window, and no barrier was found', () => {
  expect([...reader.faults, ...steward.faults]).toEqual([]);
  expect(Object.keys(barriers).length).toBe(3);
  expect(Object.entries(barriers).filter(([, found]) => found.length > 0)).toEqual([]);
});
