import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { point } from '../editing.js';
import { Caller, cookieOf, demoPassword } from '../harness.js';
import { type Behind, lacksNginx, startBehindNginx } from '../nginx.js';

/** BASE_URL with a path, behind a proxy that takes it off. */

let behind: Behind;
let nobody: Caller;
let steward: Caller;
const P = '/gis/api';
beforeAll(async () => {
  if (lacksNginx) return;
  behind = await startBehindNginx();
  nobody = new Caller(new URL(behind.url).origin);
  steward = await enter('steward');
});
afterAll(() => behind?.remove());

/** Signs in as a browser does. */
async function enter(username: string): Promise<Caller> {
  const headers = { origin: nobody.base, 'sec-fetch-site': 'same-origin' };
  const answer = await nobody.post(`${P}/session`, { username, password: demoPassword }, headers);
  expect([username, answer.status]).toEqual([username, 200]);
  return new Caller(nobody.base, { ...headers, cookie: cookieOf(answer) });
}

/** Every address of ours in a document: under members that hold addresses, and in texts that begin like one. */
function addresses(document: unknown): string[] {
  if (typeof document === 'string') return /^(https?:\/\/127|\/api)/.test(document) ? [document] : [];
  return document !== null && typeof document === 'object' ? Object.values(document).flatMap(addresses) : [];
}

describe.skipIf(lacksNginx)('behind a proxy with a path (apt-get install nginx-light)', () => {
  it('every link keeps the path, and leads where it says', async () => {
    const seen = new Set<string>();
    const left = [
      `${behind.url}/api`,
      ...[
        'collections/districts',
        'collections/transport_nodes',
        'collections/districts/items?limit=2&filter=code%3D%27500101%27',
        'collections/districts/items?limit=2',
        'collections/transport_nodes/changes',
        'tiles?collections=districts,rivers',
      ].map((path) => `${behind.url}/api/${path}`),
    ];
    for (let url = left.shift(); url !== undefined && seen.size < 150; url = left.shift()) {
      if (seen.has(url)) continue;
      seen.add(url);
      expect(url.startsWith(`${behind.url}/`)).toBe(true);
      const answer = await steward.get(
        url
          .replaceAll('{z}', '0')
          .replaceAll('{y}', '0')
          .replaceAll('{x}', '0')
          .replace('{tileMatrix}/{tileRow}/{tileCol}', '0/0/0'),
      );
      expect([url, answer.status < 400 || answer.status === 403]).toEqual([url, true]);
      if (!/json/.test(answer.headers['content-type'] ?? '') || /openapi/.test(url)) continue;
      const found = addresses(answer.json);
      expect([url, found.filter((one) => !one.startsWith(`${behind.url}/`))]).toEqual([url, []]);
      left.push(...found.filter((one) => !/analyse|verify|collections\/(?!districts|transport_nodes)/.test(one)));
    }
    expect(seen.size).toBeGreaterThan(20);
    const page = await nobody.get(`${P}/collections/districts/items?limit=2`);
    const link = (rel: string) => page.json.links.find((l: { rel: string }) => l.rel === rel).href;
    expect(link('self')).toBe(`${behind.url}/api/collections/districts/items?limit=2`);
    expect((await nobody.get(link('next'))).json.features).toHaveLength(2);
  });

  it('what is made says where it is', async () => {
    const other = await enter('steward-transport');
    const made = [
      await steward.post(`${P}/collections/transport_nodes/items`, point(106.5, 29.5)),
      await steward.post(`${P}/keys`, { name: 'k', layers: ['transport_nodes'] }),
      await steward.post(
        `${P}/drafts`,
        { type: 'FeatureCollection', features: [point(106.5, 29.5)] },
        { 'content-type': 'application/geo+json' },
      ),
      await steward.post(`${P}/collections/transport_nodes/embeds`, { origins: ['https://www.example.cn'], days: 1 }),
    ];
    for (const { status, headers, text } of made)
      expect([status, text.slice(0, 200), headers.location]).toEqual([
        201,
        expect.any(String),
        expect.stringContaining(`${behind.url}/api/`),
      ]);
    expect((await steward.get(made[0]!.headers.location!)).status).toBe(200);
    const refused = await nobody.get(`${P}/collections/parcels/items`);
    expect([refused.status, addresses([refused.json.type])]).toEqual([401, []]);
    const asked = await other.get(`${P}/collections/parcels/items`);
    expect([asked.status, asked.json.detail]).toEqual([403, expect.stringContaining(`${behind.url}/?request=parcels`)]);
    expect((await nobody.get(`${P}/openapi.json`)).json.servers).toEqual([{ url: `${behind.url}/api` }]);
  });

  it('writes come from its own pages alone', async () => {
    const from = (origin: string) => steward.with({ origin }).post(`${P}/keys`, { name: 'k2', layers: ['transport_nodes'] });
    expect((await from('http://evil.example')).status).toBe(403);
    expect((await from(new URL(behind.url).origin)).status).toBe(201);
  });

  it('the page and its files keep it', async () => {
    for (const path of ['/gis/', '/gis/catalogue/parcels', '/gis/reset']) {
      const { text, status } = await nobody.get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).toContain('<meta name="base" content="/gis"');
      const files = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map((m) => m[1]!);
      expect(files.length).toBeGreaterThan(2);
      for (const file of files) {
        expect(file).toMatch(/^\/gis\//);
        expect([file, (await nobody.get(file)).status]).toEqual([file, 200]);
      }
    }
    expect((await new Caller(behind.yutu.url).get('/')).text).toContain('src="/gis/');
  });
});
