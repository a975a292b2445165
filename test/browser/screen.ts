import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { demoPassword, engine, output, type Place } from '../harness.js';

/** A reader before a screen: Debian's Chromium, headless, drawing WebGL in software. */
export async function openBrowser(...more: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--ignore-gpu-blocklist',
      '--disable-background-networking',
      ...more,
    ],
  });
}

export interface Screen {
  page: Page;
  context: BrowserContext;
  /** What went wrong in the page so far: errors of scripts and of the console, requests that failed, answers ≥ 500, violations of the policy. */
  faults: string[];
  /** How often the page was loaded: the story forbids a reload. */
  loads: () => number;
}

export async function openScreen(
  browser: Browser,
  place: Place,
  path = '/',
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Screen> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    colorScheme: 'light',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults: string[] = [];
  let loads = 0;
  page.on('pageerror', (error) => faults.push(`script: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    // a refusal that the page handles is told by the browser as an error too
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // tiles that are no longer wanted, and the event stream when the page goes
    if (!/ERR_ABORTED/.test(why)) faults.push(`request: ${request.url()} ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`answer: ${response.status()} ${response.url()}`);
  });
  page.on('load', () => {
    loads += 1;
  });
  // the browser tells of some violations in no other way
  await context.exposeFunction('yutuViolation', (what: string) => faults.push(`policy: ${what}`));
  await context.addInitScript(() =>
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) =>
      (window as never as { yutuViolation(what: string): void }).yutuViolation(
        `${effectiveDirective} ${blockedURI} ${sourceFile}:${lineNumber}`,
      ),
    ),
  );
  await page.goto(place.url + path);
  return { page, context, faults, loads: () => loads };
}

/** Signs in through the dialog, as a reader would. */
export async function signInOnScreen(page: Page, username: string, password = demoPassword): Promise<void> {
  await page
    .getByRole('button', { name: /^登录$/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('用户名').fill(username);
  await dialog.getByLabel('密码', { exact: true }).fill(password);
  await dialog.getByRole('button', { name: /^登录$/ }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByTestId('user-menu').waitFor();
}

/** Waits until the map has drawn everything it asked for. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const map = (window as never as { yutuMap?: { loaded(): boolean; areTilesLoaded(): boolean; isMoving(): boolean } })
        .yutuMap;
      return map?.loaded() && map.areTilesLoaded() && !map.isMoving();
    },
    null,
    { timeout: 40_000 },
  );
  await page.waitForTimeout(300);
}

/** Distinct feature ids of a layer that the map has drawn in view. */
export function drawn(page: Page, layer: string): Promise<number[]> {
  return page.evaluate((id) => {
    interface Drawn {
      source: string;
      sourceLayer?: string;
      id?: number | string;
    }
    const map = (window as never as { yutuMap: { queryRenderedFeatures(): Drawn[] } }).yutuMap;
    return [
      ...new Set(
        map
          .queryRenderedFeatures()
          .filter((f) => f.sourceLayer === id)
          .map((f) => Number(f.id)),
      ),
    ].sort((a, b) => a - b);
  }, layer);
}

/**
 * How many names a style layer shows. Asking which features were rendered does not tell: a symbol without its name is one, too. So the map's
 * own placement is read.
 */
export function named(page: Page, styleLayer: string): Promise<number> {
  return page.evaluate((id) => {
    interface Instance {
      crossTileID: number;
      numHorizontalGlyphVertices: number;
      numVerticalGlyphVertices: number;
    }
    interface Bucket {
      layerIds: string[];
      symbolInstances?: { length: number; get(i: number): Instance };
    }
    interface Inner {
      placement: { opacities: Record<number, { text: { placed: boolean } }> };
      tileManagers: Record<
        string,
        { getRenderableIds(symbols: boolean): string[]; getTileByID(id: string): { buckets: Record<string, Bucket> } }
      >;
    }
    const { style } = (window as never as { yutuMap: { style: Inner } }).yutuMap;
    const shown = new Set<number>();
    for (const tiles of Object.values(style.tileManagers))
      for (const tile of tiles.getRenderableIds(true))
        for (const bucket of Object.values(tiles.getTileByID(tile).buckets))
          if (bucket.layerIds.includes(id))
            for (let i = 0; i < (bucket.symbolInstances?.length ?? 0); i++) {
              const symbol = bucket.symbolInstances!.get(i);
              const glyphs = symbol.numHorizontalGlyphVertices + symbol.numVerticalGlyphVertices;
              if (glyphs > 0 && style.placement.opacities[symbol.crossTileID]?.text.placed) shown.add(symbol.crossTileID);
            }
    return shown.size;
  }, styleLayer);
}

export async function goTo(page: Page, center: [number, number], zoom: number): Promise<void> {
  await page.evaluate(
    ([at, z]) => (window as never as { yutuMap: { jumpTo(to: object): void } }).yutuMap.jumpTo({ center: at, zoom: z }),
    [center, zoom] as const,
  );
  await settled(page);
}

/** Where a place on earth is on the screen. */
export function pixelOf(page: Page, lonLat: [number, number]): Promise<{ x: number; y: number }> {
  return page.evaluate((at) => {
    const map = (
      window as never as { yutuMap: { project(at: [number, number]): { x: number; y: number }; getCanvas(): HTMLElement } }
    ).yutuMap;
    const { x, y } = map.project(at);
    const box = map.getCanvas().getBoundingClientRect();
    return { x: x + box.x, y: y + box.y };
  }, lonLat);
}

/** The share of different colours on the map: a blank one has one or two. */
export async function colours(page: Page): Promise<number> {
  const shot = await page.locator('canvas').first().screenshot();
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    const { data: pixels } = context.getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set<number>();
    for (let i = 0; i < pixels.length; i += 4 * 37) seen.add((pixels[i]! << 16) | (pixels[i + 1]! << 8) | pixels[i + 2]!);
    return seen.size;
  }, shot.toString('base64'));
}

/** A picture for people to look at, in test/output/. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(output, { recursive: true });
  await page.screenshot({ path: join(output, `${engine}-${name}.png`) });
}

/** What axe found on each screen it looked at. */
export const barriers: Record<string, string[]> = {};

/** Looks for violations of WCAG 2.2 AA; what is found is judged at the end. The map's canvas itself is beyond it. */
export async function accessible(page: Page, name: string): Promise<void> {
  const { violations, passes } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .exclude('canvas')
    .analyze();
  expect(passes.length).toBeGreaterThan(5);
  barriers[name] = violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary?.split('\n')[1]?.trim()}`).join(' | ')}`,
  );
}
