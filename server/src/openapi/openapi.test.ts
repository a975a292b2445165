import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import { operations as contract } from '@yutu/contract';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { languageOf } from '../errors/problem.js';
import { RESERVED } from '../http/reserved.js';
import { sendProblem } from '../http/respond.js';
import { parseTilePath } from '../tiles/address.js';
import { openapiDocument, spellNull, VERSION } from './document.js';
import { openapiRoutes } from './routes.js';
import { type SchemaName, schemas } from './schemas/index.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const brand = { brandZh: '渝图', brandEn: 'Yutu' };
const ORIGIN = 'https://yutu.example';

// As clients get it.
// biome-ignore lint/suspicious/noExplicitAny: a JSON document is walked
const document: any = JSON.parse(JSON.stringify(openapiDocument(ORIGIN, brand)));
// biome-ignore lint/suspicious/noExplicitAny: as above
type Json = any;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** Whole paths of the document, with what they are below. */
const operations = Object.entries<Json>(document.paths).flatMap(([path, item]) => {
  const base = new URL((item.servers ?? document.servers)[0].url).pathname.replace(/\/$/, '');
  return METHODS.filter((m) => item[m]).map((method) => ({
    method,
    path,
    whole: `${base}${path}`.replace(/\/$/, ''),
    operation: item[method],
  }));
});

/** Every object of the document with the way to it. */
function* nodes(node: Json, way: string[] = []): Generator<[way: string[], node: Json]> {
  if (node === null || typeof node !== 'object') return;
  yield [way, node];
  for (const [key, value] of Object.entries(node)) yield* nodes(value, [...way, key]);
}

const resolve = (node: Json): Json =>
  node?.$ref
    ? resolve(
        node.$ref
          .slice(2)
          .split('/')
          .reduce((at: Json, key: string) => at?.[key], document),
      )
    : node;

/** The part of OpenAPI's schema language that the document uses. @returns where a value does not conform; empty when it does */
function faultsOf(schema: Json, value: Json, at = '$'): string[] {
  const s = resolve(schema);
  if (s.anyOf && !s.anyOf.some((one: Json) => faultsOf(one, value, at).length === 0)) return [`${at}: none of anyOf`];
  for (const one of s.allOf ?? []) {
    const faults = faultsOf(one, value, at);
    if (faults.length) return faults;
  }
  if (s.enum && !s.enum.includes(value)) return [`${at}: not in enum`];
  if (s.type === undefined) return [];
  if (value === null) return s.nullable ? [] : [`${at}: null`];
  const type = Array.isArray(value) ? 'array' : typeof value;
  if (s.type === 'integer' ? !Number.isInteger(value) : s.type !== type) return [`${at}: ${type} for ${s.type}`];
  if (type === 'array') {
    if (value.length < (s.minItems ?? 0) || value.length > (s.maxItems ?? Number.POSITIVE_INFINITY)) return [`${at}: length`];
    return value.flatMap((one: Json, i: number) => faultsOf(s.items, one, `${at}[${i}]`));
  }
  if (type !== 'object') {
    if (typeof value === 'number' && (value < (s.minimum ?? value) || value > (s.maximum ?? value))) return [`${at}: bounds`];
    return [];
  }
  return [
    ...(s.required ?? []).filter((k: string) => !(k in value)).map((k: string) => `${at}.${k}: missing`),
    ...Object.entries(value).flatMap(([key, one]) => {
      const member = s.properties?.[key] ?? s.additionalProperties;
      if (member === false) return [`${at}.${key}: not allowed`];
      return member === undefined || member === true ? [] : faultsOf(member, one, `${at}.${key}`);
    }),
  ];
}

describe('the document', () => {
  it('is a valid OpenAPI 3.0 document', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(document.openapi).toBe('3.0.3');
  });

  it('has no reference that leads nowhere', () => {
    const broken = [...nodes(document)].filter(([, n]) => typeof n.$ref === 'string' && !resolve(n));
    expect(broken.map(([way]) => way.join('/'))).toEqual([]);
  });

  it('uses every component it has', () => {
    const used = new Set([...nodes(document)].map(([, n]) => n.$ref));
    const asSecurity = new Set([...nodes(document)].flatMap(([way, n]) => (way.includes('security') ? Object.keys(n) : [])));
    const idle = Object.entries<Json>(document.components).flatMap(([kind, members]) =>
      Object.keys(members).filter((name) =>
        kind === 'securitySchemes' ? !asSecurity.has(name) : !used.has(`#/components/${kind}/${name}`),
      ),
    );
    expect(idle).toEqual([]);
  });

  it('declares every parameter of a path, and none that is not in it', () => {
    for (const { path, operation } of operations) {
      const declared = (operation.parameters ?? []).map(resolve).filter((p: Json) => p.in === 'path');
      expect([path, declared.map((p: Json) => p.name).sort()]).toEqual([
        path,
        [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort(),
      ]);
      expect(declared.every((p: Json) => p.required)).toBe(true);
    }
  });

  it('says of every operation what it is, in both languages, and what it answers', () => {
    const ids = operations.map((o) => o.operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const known = document.tags.map((t: Json) => t.name);
    for (const { whole, method, operation: o } of operations) {
      expect([method, whole, Object.keys(o.responses).some((s) => /^[23]/.test(s))]).toEqual([method, whole, true]);
      expect(o.summary).toMatch(/[a-z]/);
      expect(o['x-summary-zh']).toMatch(/[\u4e00-\u9fff]/);
      expect(o.tags.every((t: string) => known.includes(t))).toBe(true);
    }
    expect(known.filter((t: string) => !operations.some((o) => o.operation.tags.includes(t)))).toEqual([]);
  });

  it('answers faults with problem+json and an example in both languages', () => {
    for (const { whole, operation } of operations.filter((o) => o.whole.startsWith('/api')))
      for (const [status, answer] of Object.entries<Json>(operation.responses).filter(([s]) => s >= '400')) {
        const { examples } = resolve(answer).content['application/problem+json'];
        const values = Object.values(examples).map((e) => resolve(e).value);
        expect([whole, status, values.every((v: Json) => String(v.status) === status)]).toEqual([whole, status, true]);
        expect(values.map((v: Json) => languageOf(/[\u4e00-\u9fff]/.test(v.title) ? 'zh' : 'en'))).toEqual(
          expect.arrayContaining(['zh', 'en']),
        );
        expect(JSON.stringify(values)).not.toMatch(/undefined|NaN/);
      }
  });

  it('has examples that its schemas accept, as generated and as zod has them', () => {
    let checked = 0;
    for (const [way, media] of nodes(document)) {
      const name = media.schema?.$ref?.replace('#/components/schemas/', '') as SchemaName | undefined;
      if (!name || !media.examples) continue;
      for (const [key, example] of Object.entries<Json>(media.examples)) {
        const { value } = resolve(example);
        const where = [...way, key].join(' ');
        expect([where, faultsOf(media.schema, value)]).toEqual([where, []]);
        // Parsing drops what a schema does not know: nothing of an example may be lost.
        expect([where, schemas[name].parse(value)]).toEqual([where, value]);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(400);
    for (const [way, p] of nodes(document))
      if (way.at(-2) === 'parameters' && p.schema && p.example !== undefined)
        expect([p.name, faultsOf(p.schema, p.example)]).toEqual([p.name, []]);
  });

  it('names its components as the schemas are named', () => {
    expect(Object.keys(document.components.schemas).sort()).toEqual(Object.keys(schemas).sort());
    const nullable = Object.entries<Json>(document.components.schemas).filter(([, s]) => s.nullable);
    expect(nullable).toEqual([]);
  });

  it('spells null so that a strict reader allows it there and nothing else', () => {
    const onlyNull = { nullable: true, enum: [null] };
    expect(spellNull({ allOf: [{ $ref: '#/a' }, { description: 'd' }], nullable: true })).toEqual({
      description: 'd',
      anyOf: [{ $ref: '#/a' }, onlyNull],
    });
    expect(spellNull({ allOf: [{ $ref: '#/a' }, { description: 'd', nullable: true }] })).toEqual({
      description: 'd',
      anyOf: [{ $ref: '#/a' }, onlyNull],
    });
    expect(spellNull({ anyOf: [{ type: 'string' }, { nullable: true }] })).toEqual({ anyOf: [{ type: 'string' }, onlyNull] });
    expect(spellNull({ type: 'string', nullable: true })).toEqual({ type: 'string', nullable: true });
  });

  it('describes the parameters of items as the OGC suite and QGIS read them', () => {
    const { limit, bbox, datetime } = document.components.parameters;
    expect(limit).toMatchObject({ in: 'query', required: false, style: 'form', explode: false });
    expect(limit.schema).toEqual({ type: 'integer', minimum: 1, maximum: 10_000, default: 100 });
    expect(bbox).toMatchObject({ style: 'form', explode: false });
    expect(bbox.schema).toEqual({ type: 'array', minItems: 4, maxItems: 6, items: { type: 'number' } });
    expect(datetime).toMatchObject({ style: 'form', explode: false, schema: { type: 'string' } });
    expect(document.servers).toEqual([{ url: `${ORIGIN}/api` }]);
    expect(Object.keys(document.paths)).toContain('/collections/{layer}/items');
  });

  it('has no parameter at a layer’s data that a field could take over', () => {
    const ofLayers = operations.filter((o) =>
      /\/collections\/\{layer\}\/(items|changes|statistics|tiles|tilejson|export)|^\/tiles/.test(o.path),
    );
    const names = ofLayers.flatMap((o) => (o.operation.parameters ?? []).map(resolve)).filter((p: Json) => p.in === 'query');
    expect(names.length).toBeGreaterThan(30);
    expect(names.map((p: Json) => p.name).filter((name: string) => !RESERVED.has(name))).toEqual([]);
  });

  it('has patterns that any reader compiles, without flags', () => {
    const patterns = [...nodes(document)].flatMap(([way, n]) =>
      typeof n.pattern === 'string' ? [[way.join('/'), n.pattern]] : [],
    );
    expect(patterns.length).toBeGreaterThan(3);
    for (const [where, pattern] of patterns) {
      expect([where, /^\/.*\/[a-z]*$/.test(pattern)]).toEqual([where, false]);
      expect(() => new RegExp(pattern, 'u')).not.toThrow();
    }
  });

  it('says what each operation answers a key, a certificate and a preview that it does not take', () => {
    for (const { whole, operation } of operations.filter((o) => o.whole.startsWith('/api'))) {
      if (operation.security?.length === 0) continue;
      const forbidden = Object.keys(resolve(operation.responses['403'])?.content['application/problem+json'].examples ?? {});
      expect([whole, forbidden]).toEqual([whole, expect.arrayContaining(['key_network.en', 'preview_not_yours.zh'])]);
      const session = operation.security?.length === 1 && 'session' in operation.security[0];
      if (session) expect([whole, forbidden]).toEqual([whole, expect.arrayContaining(['person_required.en'])]);
    }
  });

  it('tells of no layer that is not for everyone to discover', () => {
    const folder = join(root, 'data/chongqing/layers');
    const hidden = readdirSync(folder)
      .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
      .filter((layer) => layer.discoverable === false);
    expect(hidden.length).toBeGreaterThan(0);
    for (const { id, titleZh, titleEn } of hidden)
      for (const word of [id, titleZh, titleEn]) expect(JSON.stringify(document)).not.toContain(word);
    expect(document.components.parameters.layer.schema.enum).toBeUndefined();
  });

  it('has the version of the package', () => {
    expect(VERSION).toBe(JSON.parse(read('server/package.json')).version);
  });
});

describe('the routes of the server', () => {
  const sources = readdirSync(join(root, 'server/src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => read(join('server/src', file)));
  const VERBS = 'get|post|put|patch|delete|head|options|all';
  const literal = new RegExp(`\\.(${VERBS})\\(\\s*(['"\`])(/[^'"\`]*)\\2`, 'g');
  const any = new RegExp(`\\b(?:router|app)\\.(?:${VERBS}|route)\\(`, 'g');

  /** As the document writes them: names of parameters do not matter. */
  const normal = (method: string, path: string) => `${method} ${path.replace(/\{\w+\}|:\w+/g, '{}')}`;
  const routed = sources.flatMap((text) => [...text.matchAll(literal)].map(([, method, , path]) => [method!, path!] as const));
  // Those of the contract are registered by their names there.
  const contracted = sources
    .flatMap((text) => [...text.matchAll(/\bserve\(router, \w+\.(\w+),/g)])
    .map(([, id]) => contract[id as keyof typeof contract]);
  const plain = [...read('server/src/app/server.ts').matchAll(/path === '(\/[^']*)'/g)].map((m) => m[1]!);
  const tile = '/api/collections/{layer}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}';

  const dataset = '/api/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}';

  it('are all written so that this test finds them', () => {
    const written = sources.flatMap((text) => [...text.matchAll(any)]).length;
    expect(routed).toHaveLength(written);
    expect(routed.length).toBeGreaterThan(30);
    expect(contracted.map(({ id }) => id).sort()).toEqual(Object.keys(contract).sort());
    expect(plain).toEqual(expect.arrayContaining(['/healthz', '/readyz', '/metrics']));
    expect(parseTilePath(tile.replace('{layer}', 'parcels').replace(/\{\w+\}/g, '0'))).toEqual({
      layer: 'parcels',
      tile: { z: 0, x: 0, y: 0 },
    });
    expect(parseTilePath(dataset.replace(/\{\w+\}/g, '0'))).toEqual({ layer: null, tile: { z: 0, x: 0, y: 0 } });
  });

  it('are those of the document, no more and no fewer', () => {
    const served = [
      // The one tile matrix set there is.
      ...routed.map(([method, path]) => normal(method, path.replace(/\/tiles\/:set$/, '/tiles/WebMercatorQuad'))),
      // Commands of this machine are no part of the interface.
      ...plain
        .filter((path) => path !== '/_command' && !routed.some(([, one]) => one === path))
        .map((path) => normal('get', path)),
      ...contracted.map(({ method, path }) => normal(method, `/api${path}`)),
      normal('get', tile),
      normal('get', dataset),
    ];
    expect(operations.map((o) => normal(o.method, o.whole)).sort()).toEqual(served.sort());
  });

  it('cover the contract', () => {
    const contract = `get /api · get /api/conformance · get /api/openapi.json · get /api/collections · get /api/collections/{}
      · get /api/collections/{}/items · get /api/collections/{}/items/{} · get /api/collections/{}/queryables
      · get /api/collections/{}/tiles/WebMercatorQuad · get /api/collections/{}/tiles/WebMercatorQuad/{}/{}/{}
      · get /api/collections/{}/tilejson · get /api/collections/{}/export · get /api/search · post /api/session
      · get /api/session · delete /api/session · get /api/requests · post /api/requests · get /api/requests/{}
      · post /api/requests/{}/decision · get /api/grants · delete /api/grants/{} · post /api/keys · get /api/keys
      · delete /api/keys/{} · get /api/audit · get /api/events · get /healthz · get /readyz · get /metrics`;
    expect(operations.map((o) => normal(o.method, o.whole))).toEqual(
      expect.arrayContaining(contract.split('·').map((one) => one.trim())),
    );
  });
});

describe('GET /api/openapi.json', () => {
  async function serve<T>(use: (url: string) => Promise<T>): Promise<T> {
    const app = express();
    app.use(openapiRoutes({ catalogue: { instance: { ...brand } as never }, origin: () => ORIGIN }));
    app.use(((error, req, res, _next) =>
      sendProblem(req, res, error, { log: () => {}, origin: () => ORIGIN })) as express.ErrorRequestHandler);
    const server = app.listen(0);
    try {
      return await use(`http://localhost:${(server.address() as AddressInfo).port}/api/openapi.json`);
    } finally {
      server.close();
    }
  }

  it('has the very media type that the standard names', () =>
    serve(async (url) => {
      const answer = await fetch(`${url}?f=json`);
      expect(answer.headers.get('content-type')).toBe('application/vnd.oai.openapi+json;version=3.0');
      expect(await answer.json()).toEqual(document);
    }));

  it('refuses other formats and unknown parameters', () =>
    serve(async (url) => {
      expect((await fetch(`${url}?f=yaml`)).status).toBe(400);
      expect((await fetch(`${url}?pretty=1`)).status).toBe(400);
      expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    }));
});
