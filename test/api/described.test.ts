import { beforeAll, expect, it } from 'vitest';
import { anonymous, type Caller, signIn } from '../harness.js';
import { shared } from '../instance.js';

/** Real answers against the document: no member is answered that it does not describe. */

// biome-ignore lint/suspicious/noExplicitAny: a JSON document is walked
type Json = any;
let document: Json;
let callers: Caller[];
beforeAll(async () => {
  const place = shared();
  document = (await anonymous(place).get('/api/openapi.json')).json;
  callers = [
    anonymous(place),
    ...(await Promise.all(
      ['planner', 'steward', 'auditor', 'security', 'admin'].map((name) => signIn(place, name).catch(() => anonymous(place))),
    )),
  ];
});

const resolve = (node: Json): Json =>
  node?.$ref
    ? resolve(
        node.$ref
          .slice(2)
          .split('/')
          .reduce((at: Json, key: string) => at[key], document),
      )
    : node;

/** Schemas that may describe the members of a value. */
function alternatives(schema: Json): Json[] {
  const s = resolve(schema);
  if (!s) return [];
  return [s, ...[...(s.anyOf ?? []), ...(s.oneOf ?? []), ...(s.allOf ?? [])].flatMap(alternatives)];
}

/** Whether a value of any kind is described. */
const anything = (s: Json): boolean => !s.type && !s.properties && !s.anyOf && !s.oneOf && !s.allOf;

/** Members of a value that no schema names. */
function undescribed(schemas: Json[], value: Json, at: string): string[] {
  if (schemas.some(anything)) return [];
  if (Array.isArray(value))
    return value.flatMap((one) =>
      undescribed(
        schemas.flatMap((s) => alternatives(s.items)),
        one,
        `${at}[]`,
      ),
    );
  if (value === null || typeof value !== 'object') return [];
  // An object of any shape is described as such.
  const anyShape = (s: Json) =>
    s.type === 'object' && !s.properties && (s.additionalProperties === undefined || s.additionalProperties === true);
  if (schemas.some(anyShape)) return [];
  return Object.entries(value).flatMap(([name, one]) => {
    const own = schemas.flatMap((s) => alternatives(s.properties?.[name]));
    const open = schemas.flatMap((s) => (typeof s.additionalProperties === 'object' ? alternatives(s.additionalProperties) : []));
    if (own.length === 0 && open.length === 0) return [`${at}.${name}`];
    return undescribed([...own, ...open], one, `${at}.${name}`);
  });
}

const VALUES: Record<string, string> = { layer: 'parcels', fid: '1', tileMatrixSetId: 'WebMercatorQuad' };

it('every member of a real answer is described, for everyone who may ask', async () => {
  const found = new Set<string>();
  let read = 0;
  for (const [path, item] of Object.entries<Json>(document.paths)) {
    if (!item.get || item.servers || /events|tileMatrix\}|oidc|openapi|\{id\}|\{username\}/.test(path)) continue;
    for (const layer of ['parcels', 'districts', 'transport_nodes'])
      for (const caller of callers) {
        const address = `/api${path}`
          .replace(/\/$/, '')
          .replace(/\{(\w+)\}/g, (_, name) => (name === 'layer' ? layer : (VALUES[name] ?? '1')));
        const query = /search/.test(path) ? '?q=a' : /statistics/.test(path) ? '' : '';
        const { status, text, headers } = await caller.get(address + query);
        if (!/json/.test(headers['content-type'] ?? '') || text === '') continue;
        read++;
        const answer = resolve(item.get.responses[status]);
        if (!answer) {
          found.add(`${path} ${status}: no such answer`);
          continue;
        }
        const media = Object.values<Json>(answer.content ?? {})[0];
        for (const one of undescribed(alternatives(media?.schema), JSON.parse(text), `${path} ${status}`)) found.add(one);
      }
  }
  expect([...found].sort()).toEqual([]);
  expect(read).toBeGreaterThan(200);
});
