import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, signIn, startYutu, type Yutu } from '../harness.js';
import { parcelsGift } from '../story.js';
import { accessible, barriers, drawn, openBrowser, openScreen, picture, type Screen, settled, signInOnScreen } from './screen.js';

/** The server ends and comes back under open maps, on three widths: they recover by themselves and hear again what changes. */
const WIDTHS = { wide: 1440, middle: 900, phone: 390 };
type Width = keyof typeof WIDTHS;
let yutu: Yutu;
let browser: Browser;
let steward: Caller;
let grant: string;
const screens = {} as Record<Width, Screen>;
const each = <T>(work: (screen: Screen, width: Width) => Promise<T>) =>
  Promise.all((Object.keys(WIDTHS) as Width[]).map((width) => work(screens[width], width)));

const give = async () => {
  const made = await steward.post('/api/grants', {
    ...parcelsGift,
    layers: ['parcels'],
    kind: 'single',
    subject: { kind: 'organisation', id: 'transport' },
    reason: '用地审查',
    area: null,
  });
  expect(made.status).toBe(201);
  grant = made.json.grants[0].id;
};
const revoke = async () => expect((await steward.delete(`/api/grants/${grant}`, { reason: '业务已办结' })).status).toBe(200);

beforeAll(async () => {
  yutu = await startYutu();
  steward = await signIn(yutu, 'steward');
  await give();
  browser = await openBrowser();
  for (const [width, px] of Object.entries(WIDTHS)) {
    const screen = await openScreen(browser, yutu, '/?at=14/29.5600/106.5500&layers=parcels', {
      viewport: { width: px, height: px === 390 ? 844 : 800 },
    });
    screens[width as Width] = screen;
    if (width === 'wide') await signInOnScreen(screen.page, 'planner');
    else {
      await screen.context.addCookies(await screens.wide.context.cookies());
      await screen.page.reload();
    }
    await settled(screen.page);
  }
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await yutu?.remove();
});

const move = ({ page }: Screen, lng: number) =>
  page.evaluate(
    (x) => (window as never as { yutuMap: { jumpTo(to: object): void } }).yutuMap.jumpTo({ center: [x, 29.53], zoom: 14.5 }),
    lng,
  );

describe('a server that was killed', () => {
  it('is said to be away, calmly, wherever the reader looks', async () => {
    await yutu.stop('SIGKILL');
    await each((screen) => move(screen, 106.58));
    await each(async ({ page }, width) => {
      await page.getByTestId('connection').waitFor();
      expect(await page.getByTestId('connection').innerText()).toContain('正在重新连接服务器');
      await picture(page, `restart-away-${width}`);
      await accessible(page, `away-${width}`);
    });
    await screens.wide.page.emulateMedia({ colorScheme: 'dark' });
    await picture(screens.wide.page, 'restart-away-dark');
    await screens.wide.page.emulateMedia({ colorScheme: 'light' });
    expect(barriers).toEqual({ 'away-wide': [], 'away-middle': [], 'away-phone': [] });
  });

  it('comes back, and the maps with it', async () => {
    yutu = await yutu.again();
    await each(async (screen, width) => {
      const { page } = screen;
      await page.getByTestId('connection').waitFor({ state: 'detached', timeout: 40_000 });
      await settled(page);
      await expect.poll(async () => (await drawn(page, 'parcels')).length, { timeout: 40_000 }).toBeGreaterThan(0);
      await expect.poll(async () => (await drawn(page, 'districts')).length, { timeout: 40_000 }).toBeGreaterThan(0);
      await expect.poll(() => page.getByText('重试').count(), { timeout: 20_000 }).toBe(0);
      await picture(page, `restart-back-${width}`);
    });
    expect(screens.wide.loads()).toBe(1);
  });

  it('has what it revokes taken off every map', async () => {
    await revoke();
    await each(({ page }) => expect.poll(() => drawn(page, 'parcels'), { timeout: 20_000 }).toEqual([]));
  });
});

it('a stream that was answered with 503 comes back', async () => {
  const { page } = screens.middle;
  let refused = 0;
  await page.route('**/api/events', (route) => {
    refused += 1;
    return route.fulfill({ status: 503, body: '' });
  });
  await yutu.stop();
  yutu = await yutu.again();
  await expect.poll(() => refused, { timeout: 40_000 }).toBeGreaterThan(0);
  await page.unroute('**/api/events');
  await page.getByTestId('connection').waitFor({ state: 'detached', timeout: 40_000 });
  await give();
  await expect.poll(async () => (await drawn(page, 'parcels')).length, { timeout: 20_000 }).toBeGreaterThan(0);
});

it('tiles that were refused for a while are asked for again', async () => {
  const { page } = screens.wide;
  const tiles = /\/collections\/parcels\/tiles\//;
  await page.route(tiles, (route) => route.fulfill({ status: 503, body: '' }));
  await move(screens.wide, 106.54);
  await page.getByTestId('layer-row-parcels').getByText('重试').waitFor();
  await page.unroute(tiles);
  await page.getByTestId('layer-row-parcels').getByText('重试').waitFor({ state: 'detached' });
  expect((await drawn(page, 'parcels')).length).toBeGreaterThan(0);
  await expect(page.getByTestId('connection').count()).resolves.toBe(0);
});

it('a page opened while the server starts is there once it is', async () => {
  await yutu.stop();
  const starting = yutu.again();
  const screen = await (async () => {
    for (;;) {
      try {
        return await openScreen(browser, yutu, '/');
      } catch {}
    }
  })();
  yutu = await starting;
  await settled(screen.page);
  await expect.poll(async () => (await drawn(screen.page, 'districts')).length, { timeout: 40_000 }).toBeGreaterThan(0);
  expect(screen.loads()).toBe(1);
  await picture(screen.page, 'restart-opened');
});
