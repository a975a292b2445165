import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type Caller, signIn, startYutu, type Yutu } from '../harness.js';
import { allItems, day, inner } from '../story.js';
import { accessible, barriers, drawn, openBrowser, openScreen, picture, type Screen, settled, signInOnScreen } from './screen.js';

/** What people see of the access model: a steward narrows and previews, four people before one layer, an address in other hands. */
let yutu: Yutu;
let browser: Browser;
let steward: Screen;
let api: { planner: Caller; steward: Caller };

beforeAll(async () => {
  yutu = await startYutu();
  browser = await openBrowser();
  steward = await openScreen(browser, yutu);
  await signInOnScreen(steward.page, 'steward');
  api = { planner: await signIn(yutu, 'planner'), steward: await signIn(yutu, 'steward') };
});
afterAll(async () => {
  await browser?.close();
  await yutu?.remove();
});

function seen(screen: () => Screen, name: string) {
  onTestFailed(async () => {
    await picture(screen().page, `failed-${name}`).catch(() => {});
  });
}

type Gl = {
  loaded(): boolean;
  areTilesLoaded(): boolean;
  isMoving(): boolean;
  getCenter(): { lng: number; lat: number };
  getZoom(): number;
  jumpTo(to: { center: [number, number]; zoom: number }): void;
  panBy(by: [number, number], options: object): void;
  queryRenderedFeatures(): {
    sourceLayer?: string;
    id?: number;
    geometry: { type: string };
    properties: Record<string, unknown>;
  }[];
};

/** All four maps have drawn what they asked for. */
async function fourSettled(page: Page) {
  await page.waitForFunction(
    () => {
      const maps = [...((window as never as { yutuMaps?: Map<string, Gl> }).yutuMaps?.values() ?? [])];
      return maps.length === 4 && maps.every((m) => m.loaded() && m.areTilesLoaded() && !m.isMoving());
    },
    null,
    { timeout: 40_000 },
  );
  await page.waitForTimeout(400);
}

/** What each of the four has drawn of a layer: how many, of which fields and districts. */
const four = (page: Page, layer: string) =>
  page.evaluate((id) => {
    const maps = (window as never as { yutuMaps: Map<string, Gl> }).yutuMaps;
    return Object.fromEntries(
      [...maps].map(([seat, map]) => {
        const found = map.queryRenderedFeatures().filter((f) => f.sourceLayer === id);
        return [
          seat,
          {
            count: new Set(found.map((f) => f.id)).size,
            fields: [...new Set(found.flatMap((f) => Object.keys(f.properties)))].sort(),
            districts: [...new Set(found.map((f) => f.properties.district_name))].sort(),
          },
        ];
      }),
    );
  }, layer) as Promise<Record<string, { count: number; fields: string[]; districts: unknown[] }>>;

describe('a steward narrows a request', () => {
  it('by rows and precision, sees it as the applicant would, and the applicant then sees just that', async () => {
    seen(() => steward, 'narrow');
    const asked = await api.planner.post('/api/requests', {
      layer: 'parcels',
      purpose: '轨道交通沿线居住用地摸底',
      matter: 'JT-2026-0418',
      actions: ['view', 'query'],
      fields: [
        { name: 'land_use', form: 'value' },
        { name: 'district_name', form: 'value' },
      ],
      area: { divisions: [inner.yuzhong, inner.jiangbei] },
      until: day(3),
    });
    expect(asked.status).toBe(201);
    const { page } = steward;
    await page.goto(`${yutu.url}/inbox?id=${asked.json.id}`);
    const panel = page.getByRole('region', { name: '您的决定' });
    await panel.getByRole('radio', { name: '同意一部分' }).check();
    await panel.locator('summary', { hasText: '只给哪些行' }).click();
    const rows = panel.getByTestId('terms-rows');
    await rows.fill("land_usage = '07'");
    await panel.getByRole('alert').first().waitFor();
    await rows.fill("land_use = '07'");
    const owner = await allItems(api.steward, "/api/collections/parcels/items?limit=1000&filter=land_use='07'");
    const said = (await panel.getByTestId('terms-matches').filter({ hasText: /\d/ }).textContent())!.replace(/,/g, '');
    expect(said).toContain(`符合 ${owner.numberMatched} 个`);
    await panel.locator('summary', { hasText: '位置多准' }).click();
    await panel.getByRole('radio', { name: /只给一点/ }).check();
    await panel.locator('#decision-reason').fill('只需居住用地的大致分布');
    await picture(page, '8-narrow');
    await accessible(page, 'narrowing');

    await panel.getByTestId('preview-as').click();
    const preview = page.getByTestId('previewed');
    await preview.locator('canvas').waitFor();
    expect(await preview.locator('p').first().textContent()).toContain('市交通运输委');
    await page.waitForTimeout(3_000);
    await picture(page, '8-preview');
    await accessible(page, 'preview');
    // a look gives nobody anything
    expect((await api.planner.get('/api/collections/parcels/items')).status).toBe(403);
    await page.keyboard.press('Escape');

    await panel.getByTestId('decision-submit').click();
    await page.getByRole('button', { name: '确认答复' }).click();
    await expect
      .poll(async () => (await api.planner.get('/api/collections/parcels/items')).status, { timeout: 20_000 })
      .toBe(200);
    const { features } = await allItems(api.planner, '/api/collections/parcels/items?limit=1000');
    expect(features.length).toBeGreaterThan(20);
    expect(new Set(features.map((f) => f.geometry.type))).toEqual(new Set(['Point']));
    expect(new Set(features.map((f) => f.properties.land_use))).toEqual(new Set(['07']));
    expect(new Set(features.map((f) => f.properties.district_name))).toEqual(new Set(['渝中区', '江北区']));

    const planner = await openScreen(browser, yutu, '/?layers=parcels,districts&at=12/29.57/106.56');
    seen(() => planner, 'narrow-planner');
    await signInOnScreen(planner.page, 'planner');
    await expect.poll(async () => (await drawn(planner.page, 'parcels')).length, { timeout: 20_000 }).toBeGreaterThan(10);
    await settled(planner.page);
    await picture(planner.page, '8-planner');
    await planner.page.goto(`${yutu.url}/catalogue/parcels`);
    await planner.page.getByText('每处只给一个点，取整到 100 米').first().waitFor();
    expect(planner.faults).toEqual([]);
    await planner.context.close();
  });
});

describe('four maps of one layer', () => {
  it('differ as the grants say, move together, and each says why', async () => {
    seen(() => steward, 'compare');
    const { page } = steward;
    await page.goto(`${yutu.url}/compare?layer=parcels&department=organisation:housing`);
    await fourSettled(page);
    // closer than the counting zoom: further up, tiles of the others tell no feature apart
    const jump = (center: [number, number]) =>
      page.evaluate(
        (at) => (window as never as { yutuMaps: Map<string, Gl> }).yutuMaps.get('district')!.jumpTo({ center: at, zoom: 12.5 }),
        center,
      );
    await jump([106.56, 29.556]);
    await fourSettled(page);
    await expect.poll(async () => (await four(page, 'parcels')).department?.count, { timeout: 20_000 }).toBeGreaterThan(50);
    await picture(page, '9-compare');
    await accessible(page, 'compare');
    const maps = await four(page, 'parcels');
    expect([maps.public!.count, maps.revoked!.count]).toEqual([0, 0]);
    expect(maps.department!.districts).toContain('渝中区');
    expect(maps.district!.districts).toEqual(['渝中区']);
    expect(maps.department!.fields).toEqual(['area_m2', 'code', 'district_name', 'holder', 'land_use']);
    expect(maps.district!.fields).toContain('term_end');
    const why = async (seat: string) => (await page.getByTestId(`why-${seat}`).textContent()) ?? '';
    expect(await why('public')).toMatch(/公众.*没有授权/);
    expect(await why('department')).toMatch(/市住房城乡建委.*渝中区、江北区.*权利人（代码）/);
    expect(await why('district')).toMatch(/渝中区人民政府.*渝中区/);
    expect(await why('revoked')).toMatch(/市水利局.*收回（河道划界已完成，事项办结）/);

    await page.evaluate(() =>
      (window as never as { yutuMaps: Map<string, Gl> }).yutuMaps.get('district')!.panBy([80, 40], { animate: false }),
    );
    const at = await page.evaluate(() =>
      [...(window as never as { yutuMaps: Map<string, Gl> }).yutuMaps.values()].map((m) => {
        const { lng, lat } = m.getCenter();
        return [lng.toFixed(5), lat.toFixed(5), m.getZoom().toFixed(3)].join();
      }),
    );
    expect(new Set(at).size).toBe(1);
    // the district's map moved them all to the neighbour: the department has it, the district has not
    await jump([106.72, 29.6]);
    await expect.poll(async () => (await four(page, 'parcels')).department?.districts, { timeout: 20_000 }).toContain('江北区');
    await fourSettled(page);
    expect((await four(page, 'parcels')).district!.districts.filter((name) => name !== '渝中区')).toEqual([]);
    expect(steward.faults).toEqual([]);
  });

  it('keep their addresses to the one who opened them; who tries is listed', async () => {
    seen(() => steward, 'pasted');
    const { page } = steward;
    const asked = page.waitForRequest((r) => /parcels\/tiles.*preview=/.test(r.url()));
    await page.reload();
    const address = new URL((await asked).url());
    await fourSettled(page);
    const pasted = await api.planner.get(address.pathname + address.search);
    expect([pasted.status, pasted.json.code]).toEqual([403, 'preview_not_yours']);
    await page.getByTestId('paste-try').click();
    await page.getByTestId('paste-answer').filter({ hasText: '被拒绝（403）' }).waitFor();
    const tried = page.getByTestId('paste-attempts').getByRole('listitem');
    await expect.poll(() => tried.count()).toBe(2);
    expect((await tried.allTextContents()).join('\n')).toMatch(/未登录[\s\S]*planner/);
    await page.getByTestId('paste-attempts').scrollIntoViewIfNeeded();
    await picture(page, '9-pasted');
  });
});

describe('who sees what, and sharing without a request', () => {
  it('are pages a steward finds, in both languages and on a phone', async () => {
    seen(() => steward, 'pages');
    const { page } = steward;
    await page.goto(`${yutu.url}/inbox?tab=access&layer=parcels&caller=organisation:emergency`);
    const sentence = page.getByTestId('explain-sentence');
    await sentence.waitFor();
    expect(await sentence.textContent()).toMatch(/市应急管理局.*land_use = '07'/);
    await page.waitForTimeout(3_000);
    await picture(page, '10-explain');
    await accessible(page, 'explain');
    await page.goto(`${yutu.url}/inbox?tab=grants`);
    await page.getByRole('heading', { name: '协议' }).waitFor();
    await picture(page, '10-grants');
    await accessible(page, 'grants');

    await page.goto(`${yutu.url}/inbox?tab=share`);
    const form = page.getByRole('form', { name: '主动共享' });
    await form.locator('#share-layers').fill('宗地');
    await page.getByRole('option', { name: /宗地/ }).click();
    await form.getByLabel('单位', { exact: true }).fill('教委');
    await page.getByRole('option', { name: '市教委' }).click();
    await form.locator('summary', { hasText: '位置多准' }).click();
    await form.getByRole('radio', { name: /取整/ }).check();
    await picture(page, '10-share');
    await accessible(page, 'share');
    await form.getByRole('button', { name: '给出', exact: true }).click();
    await form.getByText('请写明理由。').waitFor();
    await form.locator('#share-reason').fill('学校布局规划调整');
    await form.getByRole('button', { name: '给出', exact: true }).click();
    await expect
      .poll(async () => {
        const { json } = await api.steward.get('/api/grants?layer=parcels');
        return json.grants.find((g: { subject: { id: string } }) => g.subject.id === 'education')?.precision;
      })
      .toEqual({ kind: 'grid', metres: 100 });

    const phone = await openScreen(browser, yutu, '/?lang=en', {
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
      hasTouch: true,
      storageState: await steward.context.storageState(),
    });
    seen(() => phone, 'phone');
    await phone.page.goto(`${yutu.url}/compare?layer=parcels&department=organisation:housing&lang=en`);
    await fourSettled(phone.page);
    expect(await phone.page.getByTestId('why-revoked').textContent()).toMatch(/its grant was revoked/);
    await picture(phone.page, '11-phone-compare');
    await accessible(phone.page, 'phone compare');
    await phone.page.goto(`${yutu.url}/inbox?tab=share&lang=en`);
    await phone.page.getByRole('heading', { name: 'To whom' }).waitFor();
    await picture(phone.page, '11-phone-share');
    const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
    expect(phone.faults).toEqual([]);
  });
});

it('an auditor reads the sentences, and is told whose the maps are', async () => {
  const auditor = await openScreen(browser, yutu, '/compare?layer=parcels&department=organisation:housing');
  seen(() => auditor, 'auditor');
  const { page } = auditor;
  await page.getByRole('dialog').getByRole('button', { name: '关闭' }).click();
  await signInOnScreen(page, 'auditor');
  await page.getByTestId('compare-sentences').getByText('地图预览只给图层提供单位的数据管理员').waitFor();
  for (const seat of ['public', 'department', 'district', 'revoked'])
    await expect.poll(() => page.getByTestId(`why-${seat}`).textContent()).toMatch(/。$/);
  expect(await page.locator('canvas').count()).toBe(0);
  await accessible(page, 'auditor compare');
  await picture(page, '12-auditor-compare');
  expect(auditor.faults).toEqual([]);
});

it('keeps to WCAG 2.2 AA on all of these', () => {
  expect(Object.values(barriers).flat()).toEqual([]);
});
