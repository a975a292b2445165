import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller } from '../harness.js';
import { shared } from '../instance.js';

type Link = { href: string; rel: string; type?: string };

let nobody: Caller;
beforeAll(() => {
  nobody = anonymous(shared());
});

/** Every href of a JSON document. */
function hrefs(document: unknown): string[] {
  if (Array.isArray(document)) return document.flatMap(hrefs);
  if (document === null || typeof document !== 'object') return [];
  return Object.entries(document).flatMap(([key, value]) => (key === 'href' ? [value as string] : hrefs(value)));
}

describe('landing page', () => {
  it('links to the description, the conformance and the collections, as QGIS and the OGC suite look for them', async () => {
    const { status, json } = await nobody.get('/api');
    expect(status).toBe(200);
    const by = (rel: string): Link[] => json.links.filter((link: Link) => link.rel === rel);
    expect(by('self')).toHaveLength(1);
    expect(by('service-desc')[0]?.type).toBe('application/vnd.oai.openapi+json;version=3.0');
    expect(by('conformance')).toHaveLength(1);
    expect(by('data')).toHaveLength(1);
    expect(json.links.some((link: Link) => link.rel.includes('tilesets-vector'))).toBe(true);
    for (const rel of ['service-desc', 'conformance', 'data']) expect((await nobody.get(by(rel)[0]!.href)).status).toBe(200);
  });

  it('declares the standards it keeps', async () => {
    const { conformsTo } = (await nobody.get('/api/conformance')).json;
    for (const one of [
      'ogcapi-features-1/1.0/conf/core',
      'ogcapi-features-1/1.0/conf/geojson',
      'ogcapi-features-1/1.0/conf/oas30',
    ])
      expect(conformsTo).toContain(`http://www.opengis.net/spec/${one}`);
  });
});

describe('links', () => {
  const documents = [
    '/api',
    '/api/conformance',
    '/api/collections',
    '/api/collections/districts',
    '/api/collections/districts/queryables',
    '/api/collections/districts/items?limit=2',
    '/api/collections/districts/items/1',
    '/api/collections/districts/tiles/WebMercatorQuad',
    '/api/collections/districts/tilejson',
    '/api/collections/parcels',
  ];

  it.each(documents)('of %s are absolute and follow the Host', async (path) => {
    const place = shared();
    const here = await nobody.get(path);
    expect([path, here.status]).toEqual([path, 200]);
    for (const href of hrefs(here.json)) expect(href).toMatch(/^https?:\/\//);
    const found = hrefs(here.json).filter((href) => href.startsWith(`${place.url}/`));
    const elsewhere = await nobody.get(path, { host: 'yutu.example' });
    expect(hrefs(elsewhere.json).filter((href) => href.startsWith('http://yutu.example/'))).toHaveLength(found.length);
    expect(elsewhere.text).not.toContain(place.url);
  });

  it.each(documents)('of %s survive f=json', async (path) => {
    expect((await nobody.get(`${path}${path.includes('?') ? '&' : '?'}f=json`)).status).toBe(200);
  });

  it('refuse a format nobody offers', async () => {
    expect((await nobody.get('/api/collections/districts?f=shape')).status).toBe(400);
  });
});

describe('collections', () => {
  it('are features with an extent, items of GeoJSON and the catalogue beside the standard', async () => {
    const { collections } = (await nobody.get('/api/collections')).json;
    expect(collections.map((one: { id: string }) => one.id)).toEqual(
      expect.arrayContaining(['districts', 'townships', 'places', 'rivers', 'parcels', 'pipelines']),
    );
    for (const one of collections) {
      expect(one.itemType).toBe('feature');
      expect(one.extent.spatial.bbox[0]).toHaveLength(4);
      expect(one.links.find((link: Link) => link.rel === 'items').type).toBe('application/geo+json');
      expect(one.yutu.owner.titleZh).not.toBe('');
    }
  });

  it('say of a closed layer what it is and whom to ask, but not how much it holds', async () => {
    const { json } = await nobody.get('/api/collections/parcels');
    expect(json.yutu).toMatchObject({
      owner: { id: 'planning' },
      sharing: { class: 'conditional' },
      simulated: true,
      featureCount: null,
    });
    expect(json.yutu.access).toMatchObject({ source: 'none' });
    expect(json.yutu.access.actions.filter((action: string) => action !== 'discover')).toEqual([]);
    expect(json.yutu.fields.map((field: { name: string }) => field.name)).toContain('holder');
    for (const field of json.yutu.fields) expect(field.form).toBeNull();
  });

  it('carry the ground on which a layer is withheld', async () => {
    const { yutu } = (await nobody.get('/api/collections/pipelines')).json;
    expect(yutu.sharing.class).toBe('withheld');
    expect(yutu.sharing.groundZh).not.toBe('');
  });

  it('say what the base data are', async () => {
    const { yutu } = (await nobody.get('/api/collections/districts')).json;
    expect(yutu).toMatchObject({ kind: 'base', schematic: true, simulated: false, featureCount: 38 });
    expect(yutu.sourceNote).toContain('2023');
    expect((await nobody.get('/api/collections/townships')).json.yutu.featureCount).toBe(835);
    expect((await nobody.get('/api/collections/places')).json.yutu.featureCount).toBe(950);
  });
});

describe('the API description', () => {
  it('is a valid OpenAPI 3.0 document', async () => {
    const { headers, json } = await nobody.get('/api/openapi.json');
    expect(headers['content-type']).toMatch(/^application\/vnd\.oai\.openapi\+json; ?version=3\.0/);
    expect(json.openapi).toMatch(/^3\.0\./);
    const { valid, errors } = await new Validator().validate(json);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('names every resource of the contract, with examples of the bodies', async () => {
    const { paths, servers } = (await nobody.get('/api/openapi.json')).json;
    const base = new URL(servers?.[0]?.url ?? '/', shared().url).pathname.replace(/\/$/, '');
    const normal = new Map(
      Object.entries(paths).map(([path, item]) => [
        `${base}${path}`.replace(/\{[^}]*\}/g, '{}').replace(/\/$/, ''),
        item as Record<string, unknown>,
      ]),
    );
    const contract: Record<string, string[]> = {
      '/api': ['get'],
      '/api/conformance': ['get'],
      '/api/collections': ['get'],
      '/api/collections/{}': ['get'],
      '/api/collections/{}/items': ['get'],
      '/api/collections/{}/items/{}': ['get'],
      '/api/collections/{}/queryables': ['get'],
      '/api/collections/{}/tiles/WebMercatorQuad': ['get'],
      '/api/collections/{}/tiles/WebMercatorQuad/{}/{}/{}': ['get'],
      '/api/collections/{}/tilejson': ['get'],
      '/api/collections/{}/export': ['get'],
      '/api/search': ['get'],
      '/api/session': ['post', 'get', 'delete'],
      '/api/requests': ['get', 'post'],
      '/api/requests/{}': ['get'],
      '/api/requests/{}/decision': ['post'],
      '/api/grants': ['get'],
      '/api/grants/{}': ['delete'],
      '/api/keys': ['post', 'get'],
      '/api/keys/{}': ['delete'],
      '/api/audit': ['get'],
      '/api/events': ['get'],
    };
    const missing = Object.entries(contract).flatMap(([path, methods]) =>
      methods.filter((method) => !normal.get(path)?.[method]).map((method) => `${method} ${path}`),
    );
    expect(missing).toEqual([]);
    for (const path of ['/api/session', '/api/requests', '/api/requests/{}/decision', '/api/keys']) {
      const post = normal.get(path)!.post as {
        requestBody: { content: Record<string, { example?: unknown; examples?: unknown }> };
      };
      const body = Object.values(post.requestBody.content)[0]!;
      expect([path, JSON.stringify(body)]).toEqual([path, expect.stringContaining('"example')]);
    }
  });
});

describe('problems', () => {
  it('come as problem+json in the language that is asked for, Chinese by default', async () => {
    const english = await nobody.get('/api/collections/no_such_layer', { 'accept-language': 'en-GB,en;q=0.9' });
    expect(english.status).toBe(404);
    expect(english.headers['content-type']).toContain('application/problem+json');
    expect(english.json).toMatchObject({ status: 404, code: expect.any(String), title: expect.stringMatching(/[a-z]/) });
    for (const language of ['zh-CN,zh;q=0.9', 'fr']) {
      const chinese = await nobody.get('/api/collections/no_such_layer', { 'accept-language': language });
      expect(chinese.json.detail).toMatch(/[\u4e00-\u9fff]/);
      expect(chinese.json.code).toBe(english.json.code);
    }
  });

  it('answer unknown addresses under /api with 404, not with the viewer', async () => {
    const { status, headers } = await nobody.get('/api/nothing/here');
    expect(status).toBe(404);
    expect(headers['content-type']).toContain('application/problem+json');
  });
});

describe('operations', () => {
  it('answers /healthz, /readyz and /metrics, without names of layers or people in the figures', async () => {
    expect((await nobody.get('/healthz')).status).toBe(200);
    expect((await nobody.get('/readyz')).status).toBe(200);
    const metrics = await nobody.get('/metrics');
    expect(metrics.status).toBe(200);
    expect(metrics.text).toMatch(/^# HELP /m);
    expect(metrics.text).not.toMatch(/parcels|petition_sites|districts|planner|steward/);
  });

  it('serves the viewer at /, also at its inner addresses', async () => {
    for (const path of ['/', '/requests']) {
      const page = await nobody.get(path, { accept: 'text/html' });
      expect([path, page.status]).toEqual([path, 200]);
      expect(page.headers['content-type']).toContain('text/html');
      expect(page.text).toContain('<div id=');
      expect(page.headers['content-security-policy']).toBeTruthy();
      expect(page.headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('sets no script loose from another origin, yet lets other sites read maps', async () => {
    const { headers } = await nobody.get('/api/collections/districts/items?limit=1', { origin: 'https://maps.example' });
    expect(headers['access-control-allow-origin']).toMatch(/^\*$|^https:\/\/maps\.example$/);
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('answers HEAD on the stream of events, and ends', async () => {
    const { status, headers, bytes } = await nobody.head('/api/events');
    expect([status, headers['content-type'], bytes.length]).toEqual([200, 'text/event-stream; charset=utf-8', 0]);
  });
});
