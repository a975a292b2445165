import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Behind, lacksNginx, startBehindNginx } from '../nginx.js';
import { openBrowser, openScreen, signInOnScreen } from './screen.js';

/** The viewer behind a proxy that serves the platform at a path. */
let behind: Behind;
let browser: Browser;
beforeAll(async () => {
  if (lacksNginx) return;
  behind = await startBehindNginx();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await behind?.remove();
});

it.skipIf(lacksNginx)(
  'draws its map, walks its pages and signs people in, all below that path (apt-get install nginx-light)',
  async () => {
    const { page, faults } = await openScreen(browser, behind.place);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${behind.url}/?layers=districts`);
    await page.waitForResponse((r) => /tiles\/WebMercatorQuad/.test(r.url()) && r.ok());
    await page.getByRole('link', { name: '目录' }).first().click();
    await page.waitForURL(`${behind.url}/catalogue**`);
    await signInOnScreen(page, 'steward');
    await page.goto(`${behind.url}/catalogue/parcels`);
    await page.getByRole('heading', { name: '地籍宗地' }).first().waitFor();
    expect(asked.filter((url) => url.startsWith('http') && !url.startsWith(`${behind.url}/`))).toEqual([]);
    expect(asked.some((url) => url.startsWith(`${behind.url}/api/events`))).toBe(true);
    expect(faults).toEqual([]);
  },
);
