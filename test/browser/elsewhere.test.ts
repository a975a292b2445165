import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Caller, signIn } from '../harness.js';
import { shared } from '../instance.js';
import { tileAt } from '../tile.js';
import { openBrowser } from './screen.js';

/** Pages of other sites, in the browser of somebody who is signed in here: one that may show an embedded map, and one that may not. */
let browser: Browser;
let steward: Caller;
const sites: http.Server[] = [];

/** Serves one empty page; `localhost` is another site than 127.0.0.1. */
async function site(): Promise<string> {
  const server = http.createServer((_req, res) => res.setHeader('Content-Type', 'text/html').end('<title>elsewhere</title>'));
  sites.push(server);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

/** A page of the site in a browser that holds the steward's session. */
async function visit(origin: string): Promise<Page> {
  const context = await browser.newContext();
  const [name, value] = steward.headers.cookie!.split('=') as [string, string];
  await context.addCookies([{ name, value, url: shared().url, sameSite: 'Lax', httpOnly: true }]);
  const page = await context.newPage();
  await page.goto(origin);
  return page;
}

beforeAll(async () => {
  steward = await signIn(shared(), 'steward');
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  for (const server of sites) server.close();
});

it('reads nothing and does nothing in the name of who is signed in', async () => {
  const page = await visit(await site());
  const seen = await page.evaluate(async (yutu) => {
    const fetched = (path: string, init: RequestInit) =>
      fetch(yutu + path, init).then(
        (r) => r.text(),
        () => 'blocked',
      );
    return {
      session: await fetched('/api/session', { credentials: 'include' }),
      own: await fetched('/api/session', {}),
      closed: await fetched('/api/collections/parcels/items?limit=1', {}),
      written: await fetched('/api/session', { method: 'DELETE', credentials: 'include' }),
      blind: await fetched('/api/session', { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}' }),
      other: await fetched('/API/session', { credentials: 'include' }),
    };
  }, shared().url);
  expect(seen).toMatchObject({ session: 'blocked', written: 'blocked', blind: '', other: 'blocked' });
  expect(JSON.parse(seen.own).user).toBeNull();
  expect(JSON.parse(seen.closed).code).toBe('layer_needs_sign_in');
  // The session stood it.
  expect((await steward.get('/api/session')).json.user.username).toBe('steward');
});

it('cannot frame the viewer, hold its window, or run data as a script', async () => {
  const page = await visit(await site());
  const { url } = shared();
  await page.evaluate((yutu) => {
    for (const path of ['/', '/api', '/api/collections']) {
      const frame = document.createElement('iframe');
      frame.src = yutu + path;
      document.body.append(frame);
    }
    const script = document.createElement('script');
    script.src = `${yutu}/api/conformance`;
    document.body.append(script);
  }, url);
  await expect.poll(() => page.frames().filter((frame) => frame.url().startsWith('chrome-error:')).length).toBe(3);
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.evaluate((yutu) => void Object.assign(window, { held: window.open(yutu) }), url),
  ]);
  await popup.waitForLoadState();
  // Cross-Origin-Opener-Policy: the handle is of a window that is gone, and the viewer has no opener.
  await expect.poll(() => page.evaluate(() => (window as never as { held: Window }).held.closed)).toBe(true);
  expect(await popup.evaluate(() => window.opener)).toBeNull();
});

it('shows an embedded map where it was meant to be, and nowhere else', async () => {
  const [meant, other] = [await site(), await site()];
  const made = await steward.post('/api/collections/parcels/embeds', { origins: [meant], days: 1 });
  expect([made.status, made.json.code]).toEqual([201, undefined]);
  const { z, x, y } = tileAt(106.55, 29.56, 14);
  const address = String(made.json.tiles).replace('{z}', String(z)).replace('{y}', String(y)).replace('{x}', String(x));
  const tile = async (origin: string) => {
    const page = await visit(origin);
    return page.evaluate(
      (href) =>
        fetch(href).then(
          async (r) => [r.status, (await r.arrayBuffer()).byteLength > 100],
          () => ['blocked'],
        ),
      address,
    );
  };
  expect(await tile(meant)).toEqual([200, true]);
  expect((await tile(other))[0]).not.toBe(200);
});
