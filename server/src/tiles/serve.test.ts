import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Decisions } from '../access/decisions.js';
import type { GrantBook, GrantFacts } from '../access/grants.js';
import { exampleLayer } from '../catalogue/testing.js';
import type { Caller } from '../identity/caller.js';
import { encodingFor, type TileRooms, tileHandler } from './serve.js';

describe('the encoding', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['identity', 'identity'],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.1, gzip;q=1', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['br; q=0.0 , gzip;q=0.000', 'identity'],
    ['gzip;q=0.001', 'gzip'],
    ['brotli', 'identity'],
  ])('for %j is %s', (header, encoding) => {
    expect(encodingFor(header)).toBe(encoding);
  });
});

const planner: Caller = { kind: 'user', name: 'li', organisation: 'transport', roles: ['planner'], scope: null, keyId: null };
const PATH = '/api/collections/parcels/tiles/WebMercatorQuad/3/2/5';

/** A door to tiles with one grantee; `during` runs while a tile is cut. */
function door(during: () => unknown = () => {}) {
  const grant = {
    id: 'g',
    layer: 'parcels',
    grantee: 'transport',
    actions: ['view'],
    fields: [],
    rows: null,
    area: null,
    from: 0,
    until: Date.now() + 1e7,
  };
  const book = { version: 1, list: [grant] as unknown as GrantFacts[], of: () => book.list };
  const state = {
    book,
    caller: planner as Caller | null,
    cached: new Map<string, object>(),
    cuts: [] as string[],
    counted: [] as object[],
    layers: new Map([['parcels', exampleLayer()]]),
  };
  const callers = {
    peek: () => state.caller,
    async of() {
      if (!state.caller) throw Object.assign(new Error('dead'), { code: 'credential_invalid' });
      return state.caller;
    },
  };
  const keyOf = (layer: { version: number }, set: { key: string }) => `${layer.version}/${set.key}`;
  const tiles = {
    keyOf,
    peek: (key: string) => state.cached.get(key),
    async cut(layer: { version: number }, set: { key: string }) {
      const key = keyOf(layer, set);
      state.cuts.push(key);
      await during();
      const tile = { bytes: Buffer.from('tile'), features: 3, etag: `"${key}"` };
      state.cached.set(key, tile);
      return tile;
    },
  };
  const catalogue = { layers: state.layers, organisation: () => ({ titleZh: '规划局', titleEn: 'Planning' }) };
  const ledger = { count: (access: object, features: number) => void state.counted.push({ ...access, features }) };
  const handle = tileHandler({
    catalogue,
    decisions: new Decisions(book as unknown as GrantBook),
    callers,
    ledger,
    tiles,
  } as unknown as TileRooms);
  const get = async (headers: Record<string, string> = {}, path = PATH, query = '', method = 'GET') => {
    const sent = { status: 200, body: undefined as unknown, headers: {} as Record<string, unknown>, taken: false };
    const res = {
      destroyed: false,
      set statusCode(status: number) {
        sent.status = status;
      },
      setHeader: (name: string, value: unknown) => Object.assign(sent.headers, { [name]: value }),
      end: (body?: unknown) => Object.assign(sent, { body }),
    };
    sent.taken = await handle({ method, headers } as IncomingMessage, res as unknown as ServerResponse, path, query);
    return sent;
  };
  const revoke = () => Object.assign(book, { list: [], version: book.version + 1 });
  return { state, get, revoke };
}

describe('a tile', () => {
  it('is sent privately with its mark, cut once, and counted every time', async () => {
    const { state, get } = door();
    const first = await get();
    expect(first).toMatchObject({ taken: true, status: 200, body: Buffer.from('tile') });
    expect(first.headers).toMatchObject({ 'Cache-Control': 'private, no-cache', Vary: expect.stringContaining('Cookie') });
    expect(await get({ 'if-none-match': `W/${first.headers.ETag}` })).toMatchObject({ status: 304, body: undefined });
    expect(await get({}, PATH, '', 'HEAD')).toMatchObject({ status: 200, body: undefined });
    expect(state.cuts).toHaveLength(1);
    expect(state.counted).toHaveLength(3);
    expect(state.counted[0]).toMatchObject({ actor: 'li', layer: 'parcels', surface: 'tiles', grants: ['g'], features: 3 });
  });

  it('in the cache is not sent to one whose grant was revoked, whatever mark they have', async () => {
    const { get, revoke } = door();
    const { headers } = await get();
    revoke();
    await expect(get({ 'if-none-match': String(headers.ETag) })).rejects.toMatchObject({ code: 'not_granted' });
  });

  it('is not sent when the grant or the credential was revoked while it was cut', async () => {
    const one = door(() => one.revoke());
    await expect(one.get()).rejects.toMatchObject({ code: 'not_granted' });
    const other = door(() => Object.assign(other.state, { caller: null }));
    await expect(other.get()).rejects.toMatchObject({ code: 'credential_invalid' });
    expect([one.state.counted, other.state.counted]).toEqual([[], []]);
  });

  it('of a version that came while it was cut is the new one', async () => {
    const { state, get } = door(() => state.layers.set('parcels', exampleLayer({ version: 2 })));
    expect((await get()).headers.ETag).toMatch(/^"2\//);
    expect(state.cuts.map((key) => key[0])).toEqual(['1', '2']);
  });

  it('with parameters nobody knows, or a method, is refused before anything is said of the layer', async () => {
    const gone = '/api/collections/gone/tiles/WebMercatorQuad/3/2/5';
    for (const path of [PATH, gone]) {
      await expect(door().get({}, path, 'token=x')).rejects.toMatchObject({ code: 'parameter_unknown' });
      await expect(door().get({}, path, '', 'POST')).rejects.toMatchObject({ code: 'method_not_allowed' });
    }
    await expect(door().get({}, gone)).rejects.toMatchObject({ code: 'layer_not_found' });
    expect((await door().get({}, '/api/collections/parcels/items')).taken).toBe(false);
  });
});
