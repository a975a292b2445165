import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shared } from '../instance.js';
import { accessible, barriers, openBrowser, openScreen, picture, type Screen, settled } from './screen.js';

/** The search box by keyboard, and what opens from it. */
let browser: Browser;
let screen: Screen;
beforeAll(async () => {
  browser = await openBrowser();
  screen = await openScreen(browser, shared());
  await settled(screen.page);
});
afterAll(() => browser?.close());

const box = (page: Page) => page.getByRole('combobox').first();
/** The place that was found, as the map marks it. */
const found = (page: Page) =>
  page.evaluate(() => {
    interface Marks {
      getSource(id: string): { serialize(): { data: { coordinates: [number, number] } } } | undefined;
    }
    return (window as never as { yutuMap: Marks }).yutuMap.getSource('mark')?.serialize().data.coordinates ?? [0, 0];
  });

it.each([
  ['106.55，29.56', /106\.550000°E 29\.560000°N.*CGCS2000/, [106.55, 29.56]],
  ['北纬29°33′36″，东经106°33′', /CGCS2000/, [106.55, 29.56]],
  ['X=3272217.299 Y=36359474.087', /中央经线 108°/, [106.55, 29.56]],
] as const)('%s is a place', async (text, words, place) => {
  const { page } = screen;
  await box(page).fill(text);
  await page.getByRole('option', { name: words }).first().waitFor();
  await page.keyboard.press('Enter');
  await settled(page);
  await expect.poll(async () => (await found(page))[0], { timeout: 10_000 }).toBeCloseTo(place[0], 5);
  expect((await found(page))[1]).toBeCloseTo(place[1], 5);
});

it('a pair from a public map is moved to where it is', async () => {
  const { page } = screen;
  await box(page).fill('106.55,29.56');
  const option = page.getByRole('option', { name: /来自高德\/腾讯/ });
  await option.waitFor();
  await picture(page, 'search-coordinates');
  await accessible(page, 'coordinates');
  expect(barriers.coordinates).toEqual([]);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await settled(page);
  const [lng, lat] = (await found(page)) as [number, number];
  expect(Math.hypot(lng - 106.55, lat - 29.56)).toBeGreaterThan(0.002);
  expect(Math.hypot(lng - 106.55, lat - 29.56)).toBeLessThan(0.01);
  await picture(page, 'search-coordinates-found');
});

it('an arrow and Enter before the answer take its first line', async () => {
  const { page } = screen;
  await page.route('**/api/search?*', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 800));
    await route.continue();
  });
  await box(page).fill('万州');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  const card = page.getByTestId('feature-card');
  await card.waitFor();
  await page.unroute('**/api/search?*');
  // its name, not its number
  await expect.poll(() => card.getByRole('heading').first().innerText(), { timeout: 10_000 }).toBe('万州区');
});

it('Esc gives the focus back to what opened the card', async () => {
  const { page } = screen;
  await page.keyboard.press('Escape');
  await page.getByTestId('feature-card').waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('combobox');
  await box(page).fill('');
  const row = page.getByTestId('layer-row-rivers');
  await row.focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('layer-card').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('layer-row-rivers');
  expect(screen.faults).toEqual([]);
});
