import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TileCoord } from '@yutu/tiles';
import { describe, expect, it } from 'vitest';
import { DATASET_MOST } from '../access/dataset.js';
import { Decisions } from '../access/decisions.js';
import type { GrantBook, GrantFacts } from '../access/grants.js';
import { noCity } from '../access/testing.js';
import { emptyInstance } from '../catalogue/catalogue.js';
import { exampleLayer } from '../catalogue/testing.js';
import type { Caller } from '../identity/caller.js';
import { Cutting } from './cutting.js';
import { FinishedTile } from './finished.js';
import { type TileRooms, tileHandler } from './serve.js';
import type { Part } from './tiles.js';

const planner: Caller = { kind: 'user', name: 'li', organisation: 'transport', roles: ['planner'], scope: null, keyId: null };
const PATH = '/api/collections/parcels/tiles/WebMercatorQuad/3/2/5';

/** A door to tiles with one grantee; `during` runs while a tile is cut. */
function door(during: () => unknown = () => {}) {
  const grant = {
    id: 'g',
    layer: 'parcels',
    subjectKind: 'organisation',
    subject: 'organisation:transport',
    jurisdiction: null,
    maxZoom: null,
    precision: null,
    grantee: 'transport',
    actions: ['view'],
    fields: [],
    rows: null,
    area: null,
    from: 0,
    until: Date.now() + 1e7,
  };
  const book = { version: 1, list: [grant] as unknown as GrantFacts[], of: () => book.list, mentions: () => true };
  const state = {
    book,
    caller: planner as Caller | null,
    cached: new Map<string, FinishedTile>(),
    cuts: [] as string[],
    counted: [] as object[],
    named: 3,
    response: null as (EventEmitter & { destroyed: boolean }) | null,
    layers: new Map([['parcels', exampleLayer()]]),
  };
  const callers = {
    spend() {},
    addressOf: () => '127.0.0.1',
    peek: () => state.caller,
    async of() {
      if (!state.caller) throw Object.assign(new Error('dead'), { code: 'credential_invalid' });
      return state.caller;
    },
  };
  const keyOf = (parts: Part[], { z }: TileCoord) =>
    `${parts.map(({ layer, set }) => `${layer.id}@${layer.version}/${set.key}`).join()}/${z}`;
  const tiles = {
    keyOf,
    peek: (key: string) => state.cached.get(key),
    now: () => undefined,
    cut: (parts: Part[], coord: TileCoord) =>
      new Cutting(async () => {
        const key = keyOf(parts, coord);
        state.cuts.push(key);
        await during();
        const shares = parts.map(() => ({ features: 3, named: state.named, reduced: 1, bytes: 4 }));
        const tile = new FinishedTile(Buffer.from('tile'), 'identity', `W/"${key}"`, shares);
        state.cached.set(key, tile);
        return tile;
      }).join(),
  };
  const catalogue = {
    layers: state.layers,
    instance: emptyInstance,
    organisation: () => ({ titleZh: '规划局', titleEn: 'Planning' }),
  };
  const ledger = {
    count: (access: object, features: number, _bytes: number, _km2 = 0, requests = 1) =>
      void state.counted.push({ ...access, features, requests }),
  };
  const handle = tileHandler({
    catalogue,
    decisions: new Decisions(book as unknown as GrantBook, noCity()),
    callers,
    ledger,
    guard: { slows: () => false, extractions: { of: () => null } },
    tiles,
  } as unknown as TileRooms);
  const get = async (headers: Record<string, string> = {}, path = PATH, query = '', method = 'GET') => {
    const sent = { status: 200, body: undefined as unknown, headers: {} as Record<string, unknown>, taken: false };
    const res = Object.assign(new EventEmitter(), {
      destroyed: false,
      setHeader: (name: string, value: unknown) => {
        sent.headers[name] = value;
        return res;
      },
      writeHead(status: number, list: string[]) {
        sent.status = status;
        for (let i = 0; i < list.length; i += 2) sent.headers[list[i]!] = list[i + 1];
        return res;
      },
      end: (body?: unknown) => Object.assign(sent, { body }),
    });
    state.response = res;
    sent.taken = await handle({ method, headers } as IncomingMessage, res as unknown as ServerResponse, path, query);
    return sent;
  };
  const revoke = () => Object.assign(book, { list: [], version: book.version + 1 });
  return { state, get, revoke, tiles };
}

describe('a tile', () => {
  it('is sent privately with its mark, cut once, and counted every time', async () => {
    const { state, get } = door();
    const first = await get();
    expect(first).toMatchObject({ taken: true, status: 200, body: Buffer.from('tile') });
    expect(first.headers).toMatchObject({ 'Cache-Control': 'private, no-cache', Vary: expect.stringContaining('Cookie') });
    const mark = String(first.headers.ETag);
    expect(first.headers).toMatchObject({ 'Yutu-Features': 'drawn=3, reduced=1', 'Content-Length': '4' });
    for (const known of [mark, mark.slice(2), `"other", ${mark}`, '*'])
      expect(await get({ 'if-none-match': known })).toMatchObject({ status: 304, body: undefined });
    expect(await get({ 'if-none-match': '"other"' })).toMatchObject({ status: 200 });
    expect(await get({}, PATH, '', 'HEAD')).toMatchObject({ status: 200, body: undefined });
    expect(state.cuts).toHaveLength(1);
    expect(state.counted).toHaveLength(7);
    expect(state.counted[0]).toMatchObject({ actor: 'li', layer: 'parcels', surface: 'tiles', grants: ['g'], features: 3 });
  });

  it('of features without ids counts as a request, not as features; what is told apart beside them counts under its own grants', async () => {
    const { state, get } = door();
    Object.assign(state.layers.get('parcels')!.policy, {
      extraction: { rows: 1, share: null, km2: null, days: 30, alarm: null, slow: null, stop: 1 },
    });
    state.named = 0;
    await get();
    expect(state.counted).toMatchObject([{ grants: ['g'], features: 0, requests: 1 }]);
    // From the counting zoom on they are what they are.
    state.named = 3;
    await get({}, '/api/collections/parcels/tiles/WebMercatorQuad/12/2/5');
    expect(state.counted.slice(1)).toMatchObject([{ grants: ['g'], features: 3, requests: 1 }]);
    state.layers.set('parcels', exampleLayer({ version: 2, disclosure: 'proactive' }));
    Object.assign(state.book, { version: 2, list: [{ ...state.book.list[0]!, hasQuota: true, fields: null }] });
    await get();
    expect(state.counted.slice(2)).toMatchObject([
      { grants: ['g'], features: 0, requests: 1 },
      { grants: [], features: 3, requests: 0 },
    ]);
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
    expect((await get()).headers.ETag).toMatch(/^W\/"parcels@2\//);
    expect(state.cuts.map((key) => key.slice(0, 9))).toEqual(['parcels@1', 'parcels@2']);
  });

  it('with parameters nobody knows, or a method, is refused before anything is said of the layer', async () => {
    const gone = '/api/collections/gone/tiles/WebMercatorQuad/3/2/5';
    for (const path of [PATH, gone]) {
      await expect(door().get({}, path, 'token=x')).rejects.toMatchObject({ code: 'parameter_unknown' });
      await expect(door().get({}, path, 'collections=parcels')).rejects.toMatchObject({ code: 'parameter_unknown' });
      await expect(door().get({}, path, '', 'POST')).rejects.toMatchObject({ code: 'method_not_allowed' });
    }
    await expect(door().get({}, gone)).rejects.toMatchObject({ code: 'layer_not_found' });
    expect((await door().get({}, '/api/collections/parcels/items')).taken).toBe(false);
  });
});

describe('a tile that nobody waits for any more', () => {
  it('is told so, and counted for nobody', async () => {
    let cutting: Cutting<unknown> | undefined;
    const one = door(async () => {
      await null; // the client leaves while the tile is cut
      one.state.response!.destroyed = true;
      one.state.response!.emit('close');
    });
    const { cut } = one.tiles;
    one.tiles.cut = (parts, coord) => {
      const begun = cut(parts, coord);
      cutting = begun;
      return begun;
    };
    expect(await one.get()).toMatchObject({ body: undefined });
    expect(cutting!.abandoned).toBe(true);
    expect(one.state.counted).toEqual([]);
  });

  it('goes on while one of two stays', async () => {
    const cutting = new Cutting(async () => 'tile').join().join();
    cutting.leave();
    expect(cutting.abandoned).toBe(false);
    expect(await cutting.promise).toBe('tile');
    cutting.leave();
    expect(cutting.abandoned).toBe(false);
  });
});

describe('a tile of the dataset', () => {
  const DATASET = '/api/tiles/WebMercatorQuad/3/2/5';
  const base = (id: string) => exampleLayer({ id, kind: 'base', sharingClass: 'unconditional', disclosure: 'proactive' });

  it('holds the layers asked for in their order, and each is counted', async () => {
    const { state, get } = door();
    state.layers.set('roads', base('roads'));
    expect(await get({}, DATASET, 'collections=roads,parcels,roads')).toMatchObject({
      status: 200,
      headers: { 'Yutu-Features': 'drawn=6, reduced=2', 'Cache-Control': 'private, no-cache' },
    });
    expect(state.cuts[0]!.split(',').map((key) => key.split('@')[0])).toEqual(['roads', 'parcels']);
    expect(state.counted).toMatchObject([{ layer: 'roads' }, { layer: 'parcels', grants: ['g'] }]);
  });

  it('without a list holds what the caller may see, and no more layers than the limit', async () => {
    const { state, get, revoke } = door();
    await get({}, DATASET);
    revoke();
    state.cuts.length = 0;
    for (let i = 0; i < DATASET_MOST + 3; i++) state.layers.set(`roads${i}`, base(`roads${i}`));
    await get({}, DATASET);
    const names = state.cuts[0]!.split(',').map((key) => key.split('@')[0]);
    expect(names).toHaveLength(DATASET_MOST);
    expect(names).not.toContain('parcels');
  });

  it('with a layer that may not be seen is refused as that layer’s own tile is', async () => {
    const { state, get, revoke } = door();
    state.layers.set('roads', base('roads'));
    revoke();
    await expect(get({}, DATASET, 'collections=roads,parcels')).rejects.toMatchObject({ code: 'not_granted' });
    await expect(get({}, DATASET, 'collections=roads,gone')).rejects.toMatchObject({ code: 'layer_not_found' });
    expect(state.counted).toEqual([]);
  });

  it('is not sent when a layer of it was revoked while it was cut', async () => {
    const one = door(() => one.revoke());
    await expect(one.get({}, DATASET, 'collections=parcels')).rejects.toMatchObject({ code: 'not_granted' });
  });

  it.each(['', 'a,,b', Array.from({ length: DATASET_MOST + 1 }, (_, i) => `l${i}`).join()])(
    'of no list %j is refused',
    async (list) => {
      await expect(door().get({}, DATASET, `collections=${list}`)).rejects.toMatchObject({ code: 'parameter_invalid' });
    },
  );
});
