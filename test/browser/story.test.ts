import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type Caller, makeKey, signIn, startYutu, withKey, type Yutu } from '../harness.js';
import { allItems, boxOf, day, type Feature, inner } from '../story.js';
import {
  accessible,
  barriers,
  colours,
  drawn,
  goTo,
  openBrowser,
  openScreen,
  picture,
  pixelOf,
  type Screen,
  settled,
  signInOnScreen,
} from './screen.js';

/**
 * The story of sharing as three people see it, in one browser with a window each. The planner's map stays open throughout:
 * what the steward decides must show there without a reload.
 */
let yutu: Yutu;
let browser: Browser;
let planner: Screen;
let steward: Screen;
let api: { planner: Caller; steward: Caller };
let granted: Feature[];

beforeAll(async () => {
  yutu = await startYutu();
  browser = await openBrowser();
  planner = await openScreen(browser, yutu);
});
afterAll(async () => {
  await browser?.close();
  await yutu?.remove();
});

/** Follows the main navigation, as a reader would: no new page is loaded. */
const visit = (page: Screen['page'], path: string) =>
  page.locator(`nav a[href="${path}"], nav a[href^="${path}?"]`).first().click();
const row = (screen: Screen, layer: string) => screen.page.getByTestId(`layer-row-${layer}`);

/** A step of the story: once one has failed, those after it are not reached and say so at once. */
let broken = '';
function step(name: string, run: () => Promise<void>) {
  it(name, async () => {
    if (broken) throw new Error(`not reached, as “${broken}” failed`);
    await run().catch((error) => {
      broken = name;
      throw error;
    });
  });
}

/** A step that fails leaves a picture of what was on the screen. */
function seen(screen: () => Screen, name: string) {
  onTestFailed(async () => {
    await picture(screen().page, `failed-${name}`).catch(() => {});
  });
}

describe('1. anyone', () => {
  step('sees a map of the city drawn from our own tiles', async () => {
    seen(() => planner, 'map');
    await settled(planner.page);
    expect(await colours(planner.page)).toBeGreaterThan(40);
    await expect.poll(async () => (await drawn(planner.page, 'districts')).length, { timeout: 15_000 }).toBeGreaterThan(30);
    await expect.poll(async () => (await drawn(planner.page, 'rivers')).length, { timeout: 15_000 }).toBeGreaterThan(0);
    await picture(planner.page, '1-map');
    await accessible(planner.page, 'map');
    await goTo(planner.page, [106.55, 29.56], 10.5);
    await expect.poll(async () => (await drawn(planner.page, 'townships')).length, { timeout: 15_000 }).toBeGreaterThan(20);
    await expect.poll(async () => (await drawn(planner.page, 'places')).length, { timeout: 15_000 }).toBeGreaterThan(3);
    await picture(planner.page, '1-map-near');
  });

  step('sees the layers by theme and by department, closed ones with a lock', async () => {
    const { page } = planner;
    await expect.poll(() => page.getByRole('treeitem').count()).toBeGreaterThan(12);
    await expect.poll(() => row(planner, 'parcels').getAttribute('aria-label')).toMatch(/宗地/);
    const byTheme = await page.locator('[role=treeitem][aria-level="1"]').allTextContents();
    await page.getByRole('radio', { name: /部门/ }).click();
    const byOwner = await page.locator('[role=treeitem][aria-level="1"]').allTextContents();
    expect(byOwner).not.toEqual(byTheme);
    expect(byOwner.join()).toContain('市规划自然资源局');
    await page.getByRole('radio', { name: /主题/ }).click();
    expect(await page.content()).not.toContain('信访');
  });

  step('switches a closed layer on: its slot is locked and offers a request, and nothing fails', async () => {
    const { page } = planner;
    await row(planner, 'parcels').getByRole('checkbox').click();
    await row(planner, 'parcels').getByRole('button', { name: '申请' }).waitFor();
    await settled(page);
    expect(await drawn(page, 'parcels')).toEqual([]);
    expect(planner.faults).toEqual([]);
    await picture(page, '1-locked');
  });

  it.each([
    ['万州', /万州区/],
    ['500101', /万州区/],
    ['宗地', /宗地/],
  ])('finds %s', async (text, hit) => {
    const { page } = planner;
    const box = page.getByRole('combobox').first();
    await box.fill(text);
    await page.getByRole('option', { name: hit }).first().waitFor();
    await picture(page, `1-search-${text}`);
    await box.fill('');
    await page.keyboard.press('Escape');
  });
});

describe('2. the planner', () => {
  step('signs in and asks for the parcels', async () => {
    seen(() => planner, 'request');
    const { page } = planner;
    await signInOnScreen(page, 'planner');
    await row(planner, 'parcels').getByRole('button', { name: '申请' }).click();
    const form = page.getByRole('dialog', { name: '申请图层' });
    await form.waitFor();
    await form.locator('#request-matter').click();
    await page.getByRole('option').first().click();
    await form.locator('#request-purpose').fill('轨道交通沿线用地核查，成果供本单位内部使用');
    const districts = form.locator('#request-area');
    await districts.click();
    for (const code of [inner.yuzhong, inner.jiangbei, inner.shapingba]) {
      await page.keyboard.type(code);
      await page.keyboard.press('Enter');
    }
    await page.keyboard.press('Tab');
    for (const field of ['土地用途', '权利类型']) {
      const box = form.getByRole('checkbox', { name: field, exact: true });
      if (!(await box.isChecked())) await box.click();
    }
    // What the policy never gives is told, not offered.
    expect(await form.getByRole('checkbox', { name: '下载', exact: true }).isDisabled()).toBe(true);
    await form.getByText('下载：共享条件不提供，因此不能选。').waitFor();
    expect(await form.getByRole('button', { name: '12 个月' }).isDisabled()).toBe(true);
    for (const action of ['浏览', '查询', '接口']) {
      const box = form.getByRole('checkbox', { name: action, exact: true });
      if (!(await box.isChecked())) await box.click();
    }
    await form.locator('#request-until').fill(day(6, -1));
    await settledForm(planner);
    await picture(page, '2-request');
    await accessible(page, 'request form');
    await form.getByTestId('request-submit').click();
    await expect.poll(() => form.getByTestId('request-number').textContent()).toMatch(/^SQ-\d{4}-\d{2}-\d{4}$/);
    await picture(page, '2-sent');
    await form.locator('a[href^="/requests"]').last().click();
  });

  step('finds it under “my requests” with its deadline in working days', async () => {
    seen(() => planner, 'requests');
    const { page } = planner;
    await page
      .getByText(/SQ-\d{4}-\d{2}-\d{4}/)
      .first()
      .waitFor();
    await page
      .getByText(/个工作日/)
      .first()
      .waitFor();
    await page.waitForTimeout(800);
    await picture(page, '2-my-requests');
    await accessible(page, 'my requests');
    await visit(page, '/');
    await settled(page);
  });
});

describe('3. the steward', () => {
  step('finds the request in the inbox beside what the policy allows, and grants it narrower', async () => {
    seen(() => steward, 'inbox');
    steward = await openScreen(browser, yutu);
    const { page } = steward;
    await signInOnScreen(page, 'steward');
    await visit(page, '/inbox');
    await page.getByRole('radio', { name: '同意一部分' }).waitFor();
    await page.getByText('共享条件允许').first().waitFor();
    // Whether the districts are the matter's is the steward's to see: nothing here compares them.
    expect(await page.getByRole('row', { name: /^范围/ }).first().textContent()).toContain('请您核对');
    await page.getByRole('radio', { name: '同意一部分' }).check();
    const remove = page.getByRole('button', { name: '去掉 沙坪坝区' });
    if (await remove.count()) await remove.click();
    const right = page.getByRole('radio', { name: '权利类型 不给' });
    await right.check();
    const api = page.getByRole('group', { name: '给出操作' }).getByRole('button', { name: '接口' });
    if ((await api.getAttribute('aria-pressed')) === 'false') await api.click();
    await page.locator('#decision-until').fill(day(3));
    await page.locator('#decision-reason').fill('沙坪坝区与本项目无关，权利类型不需要');
    await page.waitForTimeout(1500);
    await picture(page, '3-inbox');
    await accessible(page, 'inbox');
  });

  step('whose answer shows on the planner’s open map without a reload', async () => {
    seen(() => planner, 'granted');
    const loads = planner.loads();
    await goTo(planner.page, [106.555, 29.56], 14);
    expect(await drawn(planner.page, 'parcels')).toEqual([]);
    await steward.page.getByTestId('decision-submit').click();
    await steward.page.getByRole('dialog').getByRole('button', { name: '确认答复' }).click();
    const answered = Date.now();
    await expect.poll(async () => (await drawn(planner.page, 'parcels')).length, { timeout: 20_000 }).toBeGreaterThan(10);
    const took = Date.now() - answered;
    await settled(planner.page);
    await picture(planner.page, '4-granted');
    expect(planner.loads()).toBe(loads);
    expect(took).toBeLessThan(15_000);
  });
});

describe('4. the planner sees', () => {
  step('the two districts and nothing else: map and count agree to the feature', async () => {
    seen(() => planner, 'area');
    api = { planner: await signIn(yutu, 'planner'), steward: await signIn(yutu, 'steward') };
    granted = (await allItems(api.planner, '/api/collections/parcels/items?limit=1000')).features;
    const ids = new Set(granted.map(({ id }) => id));
    expect(granted.length).toBeGreaterThan(100);
    const { page } = planner;
    for (const center of [
      [106.555, 29.56],
      [106.53, 29.575],
    ] as [number, number][]) {
      await goTo(page, center, 14.5);
      const onMap = await drawn(page, 'parcels');
      expect(onMap.length).toBeGreaterThan(10);
      expect(onMap.filter((id) => !ids.has(id))).toEqual([]);
    }
    // deep in the district that was left out there is nothing
    const { features } = await allItems(
      api.steward,
      `/api/collections/parcels/items?limit=1000&district_code=${inner.shapingba}`,
    );
    const far = features.filter(({ id }) => !ids.has(id));
    const [w, s] = boxOf(far[Math.floor(far.length / 2)]!);
    await goTo(page, [w, s], 15);
    const there = await drawn(page, 'parcels');
    expect(there.filter((id) => !ids.has(id))).toEqual([]);
    await picture(page, '4-left-out');
  });

  step('a popup without the field that was left out', async () => {
    seen(() => planner, 'popup');
    const { page } = planner;
    const one = granted.filter(({ properties }) => properties.district_code === inner.yuzhong)[40]!;
    const [w, s, e, n] = boxOf(one);
    await goTo(page, [(w + e) / 2, (s + n) / 2], 17);
    const { x, y } = await pixelOf(page, [(w + e) / 2, (s + n) / 2]);
    await page.mouse.click(x, y);
    const card = page.getByTestId('feature-card');
    await card.waitFor();
    await card.getByText('土地用途', { exact: true }).waitFor();
    const named = card.locator('dl > div').filter({ hasText: '权利类型' });
    expect(await named.count()).toBe(1);
    // named as withheld, its value absent
    expect(await named.locator('dd').textContent()).toMatch(/未授权/);
    await picture(page, '4-popup');
    await accessible(page, 'popup');
    await page.keyboard.press('Escape');
  });

  step('why there is no export', async () => {
    const { status, json } = await api.planner.get('/api/collections/parcels/export?f=geojson', { 'accept-language': 'zh-CN' });
    expect([status, json.code]).toEqual([403, 'action_not_granted']);
    expect(json.detail).toContain('下载');
  });
});

describe('5. the key', () => {
  let key: string;
  step('is made on the screen, shown once, and works', async () => {
    seen(() => planner, 'keys');
    const { page } = planner;
    await page.getByTestId('user-menu').click();
    await page.locator('a[href^="/keys"]').first().click();
    await page.locator('#key-name').fill('交通模型');
    await page.locator('form.keys-form button[type=submit]').click();
    const value = page.getByTestId('new-key-value');
    await value.waitFor();
    key = (await value.textContent())!.trim();
    await picture(page, '5-key');
    await accessible(page, 'keys');
    const { numberMatched } = await allItems(withKey(yutu, key), '/api/collections/parcels/items?limit=1000');
    expect(numberMatched).toBe(granted.length);
    await page.reload();
    await page.locator('#key-name').waitFor();
    expect(await page.content()).not.toContain(key);
    await visit(page, '/');
    await settled(page);
  });

  step('of another department gets nothing', async () => {
    const other = (await makeKey(await signIn(yutu, 'steward-water'), 'other')).key;
    expect((await withKey(yutu, other).get('/api/collections/parcels/items')).status).toBe(403);
  });
});

describe('6. revoked', () => {
  step('the planner’s open map loses the layer at once', async () => {
    seen(() => planner, 'revoked');
    if (!(await row(planner, 'parcels').getByRole('checkbox').isChecked()))
      await row(planner, 'parcels').getByRole('checkbox').click();
    await goTo(planner.page, [106.555, 29.56], 14);
    await expect.poll(async () => (await drawn(planner.page, 'parcels')).length, { timeout: 20_000 }).toBeGreaterThan(10);
    const loads = planner.loads();
    const { page } = steward;
    await page.getByRole('tab', { name: '在用授权' }).click();
    await page.getByRole('button', { name: /^收回 .*交通运输.*宗地/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('业务已办结');
    await picture(page, '6-revoke');
    await dialog.getByRole('button', { name: '收回', exact: true }).click();
    await expect.poll(async () => (await drawn(planner.page, 'parcels')).length, { timeout: 15_000 }).toBe(0);
    await row(planner, 'parcels').getByRole('button', { name: '申请' }).waitFor();
    expect(planner.loads()).toBe(loads);
    await settled(planner.page);
    await picture(planner.page, '6-revoked');
  });
});

describe('7. afterwards', () => {
  step('the auditor reads who decided what', async () => {
    const auditor = await openScreen(browser, yutu);
    seen(() => auditor, 'audit');
    const { page } = auditor;
    await signInOnScreen(page, 'auditor');
    await visit(page, '/audit');
    await page.getByRole('cell', { name: /steward 收回授权“.*宗地”：业务已办结/ }).waitFor();
    await picture(page, '7-audit');
    // reading data is logged too: the decision is some pages down
    const decision = page.getByRole('cell', { name: /steward 同意了申请的一部分“.*宗地”/ });
    for (let pages = 0; pages < 20 && (await decision.count()) === 0; pages++) {
      const entries = await page.getByRole('row').count();
      await page.locator('#audit-panel button.btn').last().click();
      await expect.poll(() => page.getByRole('row').count()).toBeGreaterThan(entries);
    }
    await decision.waitFor();
    await accessible(page, 'audit');
    expect(auditor.faults).toEqual([]);
    await auditor.context.close();
  });

  step('the owner reads who has seen the data', async () => {
    seen(() => steward, 'usage');
    const { page } = steward;
    await page.goto(`${yutu.url}/catalogue/parcels`);
    await page.getByRole('heading', { name: /宗地/ }).first().waitFor();
    await page.waitForTimeout(800);
    await picture(page, '7-layer');
    await accessible(page, 'layer page');
    await page.getByRole('link', { name: /谁看过/ }).click();
    await page.getByText('市交通运输委').first().waitFor();
    await picture(page, '7-usage');
    await accessible(page, 'usage');
  });

  step('nothing went wrong in any window', async () => {
    expect(planner.faults).toEqual([]);
    expect(steward.faults).toEqual([]);
  });
});

describe('other readers', () => {
  it('see the same in English and in the dark', async () => {
    const dark = await openScreen(browser, yutu, '/?lang=en', { locale: 'en-GB', colorScheme: 'dark' });
    seen(() => dark, 'dark');
    await settled(dark.page);
    await dark.page.getByRole('button', { name: 'Sign in' }).first().waitFor();
    expect(await colours(dark.page)).toBeGreaterThan(40);
    await picture(dark.page, '8-dark-en');
    await accessible(dark.page, 'dark');
    expect(dark.faults).toEqual([]);
    await dark.context.close();
  });

  it('see it on a telephone', async () => {
    const phone = await openScreen(browser, yutu, '/', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    seen(() => phone, 'phone');
    await settled(phone.page);
    await picture(phone.page, '8-phone');
    await accessible(phone.page, 'phone');
    expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(phone.faults).toEqual([]);
    await phone.context.close();
  });
});

it('every screen of it can be used without a mouse or good eyes', () => {
  expect(Object.keys(barriers).length).toBeGreaterThan(broken ? 0 : 9);
  expect(Object.entries(barriers).filter(([, found]) => found.length > 0)).toEqual([]);
});

/** The request form saves its draft a second after typing stops. */
async function settledForm(screen: Screen): Promise<void> {
  await screen.page.waitForTimeout(1500);
}
