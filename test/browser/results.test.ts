import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { signIn, startYutu, type Yutu } from '../harness.js';
import { allItems, day, type Feature, inner } from '../story.js';
import { accessible, barriers, goTo, openBrowser, openScreen, picture, pixelOf, type Screen, signInOnScreen } from './screen.js';

/** A planner who was given results only: a red line over parcels, and a check of one of them. */
let yutu: Yutu;
let browser: Browser;
let screen: Screen;
let parcel: Feature;

beforeAll(async () => {
  yutu = await startYutu();
  const steward = await signIn(yutu, 'steward');
  const answer = await steward.post('/api/grants', {
    layers: ['parcels'],
    kind: 'single',
    subject: { kind: 'organisation', id: 'transport' },
    reason: '用地审查',
    actions: ['analyse', 'verify'],
    fields: ['code', 'land_use'].map((name) => ({ name, form: 'value' })),
    area: { divisions: [inner.yuzhong, inner.jiangbei] },
    until: day(3),
  });
  expect(answer.status).toBe(201);
  parcel = (await allItems(steward, `/api/collections/parcels/items?district_code=${inner.yuzhong}&limit=1000`)).features[0]!;
  browser = await openBrowser();
  screen = await openScreen(browser, yutu);
  await signInOnScreen(screen.page, 'planner');
  await goTo(screen.page, [106.55, 29.56], 13);
});
afterAll(async () => {
  await browser?.close();
  await yutu?.remove();
});
const seen = (name: string) => onTestFailed(async () => void (await picture(screen.page, `failed-${name}`).catch(() => {})));

it('a red line gives a table', async () => {
  seen('overlay');
  const { page } = screen;
  await page.getByTestId('layer-row-parcels').click();
  await page.getByTestId('card-analyse').click();
  await page.getByRole('button', { name: '用地图当前范围' }).click();
  await page.getByTestId('overlay-run').click();
  const result = page.getByTestId('overlay-result');
  await result.waitFor();
  const text = await result.innerText();
  expect(text).toMatch(/07 住宅用地/);
  expect(text).toMatch(/分类：GB\/T 21010-2017/);
  expect(text).toMatch(/公顷[\s\S]*亩[\s\S]*占比/);
  expect(text).toMatch(/在您的获权范围以外/);
  expect(await result.locator('tbody tr').count()).toBeGreaterThan(3);
  await picture(page, 'overlay');
  await accessible(page, 'overlay');
});

it('which may be drawn on the map, corner by corner', async () => {
  seen('sketch');
  const { page } = screen;
  const dialog = page.getByTestId('overlay');
  await page.getByRole('button', { name: '移除红线' }).click();
  await page.getByTestId('overlay-draw').click();
  await dialog.getByRole('heading').waitFor({ state: 'detached' });
  const bar = page.getByTestId('sketch');
  await bar.getByText('点击地图，逐个加角点').waitFor();
  const click = async (at: [number, number]) => {
    const { x, y } = await pixelOf(page, at);
    await page.mouse.click(x, y);
  };
  const corners: [number, number][] = [
    [106.54, 29.55],
    [106.56, 29.55],
    [106.56, 29.57],
    [106.55, 29.54], // a slip: it crosses the first side
  ];
  for (const [i, at] of corners.entries()) {
    await click(at);
    await bar.getByText(`${i + 1} 个角点`).waitFor();
  }
  await bar.getByText(/自己相交/).waitFor();
  expect(await page.getByTestId('sketch-close').isDisabled()).toBe(true);
  await page.getByTestId('sketch-undo').click();
  await bar.getByText('3 个角点').waitFor();
  await click([106.54, 29.57]);
  await bar.getByText('4 个角点').waitFor();
  // 0.02° each way at 29.56° north: 1.94 km × 2.22 km
  const km2 = Number(/([\d.]+) 平方千米/.exec(await bar.innerText())![1]);
  expect(km2).toBeGreaterThan(4.2);
  expect(km2).toBeLessThan(4.4);
  await page.waitForFunction(
    () =>
      (window as never as { yutuMap: { queryRenderedFeatures(o: object): unknown[] } }).yutuMap.queryRenderedFeatures({
        layers: ['area-asked-fill', 'area-corner'],
      }).length >= 5,
  );
  await accessible(page, 'sketch');
  await picture(page, 'sketch');
  await page.getByTestId('sketch-close').click();
  await dialog.getByText('手绘红线').waitFor();
  await page.getByTestId('overlay-run').click();
  const result = page.getByTestId('overlay-result');
  await result.waitFor();
  expect(await result.locator('tbody tr').count()).toBeGreaterThan(1);
  await picture(page, 'sketch-result');
});

it('and fits a phone', async () => {
  seen('overlay-phone');
  const { page } = screen;
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByTestId('card-analyse').click();
  await page.getByRole('button', { name: '用地图当前范围' }).click();
  await page.getByTestId('overlay-run').click();
  await page.getByTestId('overlay-result').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await picture(page, 'overlay-phone');
  await page.keyboard.press('Escape');
  await page.getByTestId('overlay-result').waitFor({ state: 'detached' });
  await page.setViewportSize({ width: 1440, height: 900 });
});

it('a check says yes or no', async () => {
  seen('verify');
  const { page } = screen;
  await page.getByTestId('card-verify').click();
  await page.getByLabel('要素的宗地代码').fill(String(parcel.properties.code));
  await page.getByLabel('核对字段').selectOption('land_use');
  const claim = page.getByLabel('核对内容');
  const check = async (value: string) => {
    await claim.selectOption(value);
    await page.getByTestId('verify-run').click();
    return page.getByTestId('verify-answer').innerText();
  };
  const right = String(parcel.properties.land_use);
  expect(await check(right === '12' ? '07' : '12')).toBe('不一致，或没有这个要素');
  await accessible(page, 'verify');
  expect(await check(right)).toBe('一致');
  await picture(page, 'verify');
});

it('the key says how many features of each class are in view, and in all', async () => {
  seen('counts');
  const { page } = screen;
  await page.keyboard.press('Escape');
  await page.getByTestId('verify').waitFor({ state: 'detached' });
  const { features } = await allItems(await signIn(yutu, 'planner'), '/api/collections/transport_nodes/items?limit=1000');
  const kinds = ['large_airport', 'medium_airport', 'river_port'];
  const inAll = kinds.map((kind) => features.filter((f) => f.properties.kind === kind).length);
  expect(Math.max(...inAll)).toBeGreaterThan(1);
  await page.getByTestId('layer-row-transport_nodes').getByRole('checkbox').click();
  const key = page.getByTestId('legend-transport_nodes').locator('.key li em');
  const shows = (expected: string[]) => expect.poll(() => key.allInnerTexts(), { timeout: 30_000 }).toEqual(expected);
  await goTo(page, [106.55, 29.56], 9);
  const [w, s, e, n] = await page.evaluate(() =>
    (window as never as { yutuMap: { getBounds(): { toArray(): [number, number][] } } }).yutuMap.getBounds().toArray().flat(),
  );
  const inside = ([x, y]: [number, number]) => x >= w! && x <= e! && y >= s! && y <= n!;
  const inView = kinds.map(
    (kind) =>
      features.filter((f) => f.properties.kind === kind && inside((f.geometry as GeoJSON.Point).coordinates as never)).length,
  );
  expect(inView).not.toEqual(inAll);
  await shows(kinds.map((_, i) => `${inView[i]} / ${inAll[i]}`));
  await accessible(page, 'counts');
  await picture(page, 'counts');
  // the whole city in view: nothing to tell apart
  await page.getByRole('button', { name: '全市' }).click();
  await shows(inAll.map(String));
  expect(Object.entries(barriers).filter(([, found]) => found.length > 0)).toEqual([]);
  expect(screen.faults).toEqual([]);
});

it('a quota that is used up is said, and not called a failure', async () => {
  seen('quota');
  const { page } = screen;
  const shared = await (await signIn(yutu, 'steward')).post('/api/grants', {
    layers: ['parcels'],
    kind: 'single',
    subject: { kind: 'organisation', id: 'transport' },
    reason: '用地审查',
    actions: ['view'],
    fields: [{ name: 'land_use', form: 'value' }],
    area: { divisions: [inner.yuzhong] },
    quota: { featuresPerDay: 10 },
    until: day(3),
  });
  expect([shared.status, shared.text.slice(0, 200)]).toEqual([201, expect.any(String)]);
  await goTo(page, [106.55, 29.56], 13);
  const row = page.getByTestId('layer-row-parcels');
  if ((await row.getAttribute('aria-checked')) !== 'true') await row.getByRole('checkbox').click();
  await row.getByText('用量已满').waitFor();
  await page.getByText('授权用量已用完。每日用量次日零时恢复；总量用完的，请另行申请。').waitFor();
  expect(await row.getByText('重试').count()).toBe(0);
  await picture(page, 'quota');
  await accessible(page, 'quota');
  expect(barriers.quota).toEqual([]);
});
