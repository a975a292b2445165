import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, anonymous, type Caller, eventually, makeKey, signIn, startYutu, withKey, type Yutu } from '../harness.js';
import { parcelsGift, parcelsWish, revoke, share } from '../story.js';
import { decode, tileAt, tilePath } from '../tile.js';

let yutu: Yutu;
let nobody: Caller;
let planner: Caller;
let steward: Caller;
beforeAll(async () => {
  yutu = await startYutu({ env: { TILE_PROVISIONAL_MS: '600000' } });
  nobody = anonymous(yutu);
  planner = await signIn(yutu, 'planner');
  steward = await signIn(yutu, 'steward');
});
afterAll(() => yutu?.remove());

const coord = tileAt(106.57, 29.56, 14); // 渝中
const sign = async (caller: Caller, body: object = {}, layer = 'parcels') =>
  caller.post(`/api/collections/${layer}/signed-tiles`, body);
/** The path of a tile of a signed template. */
const at = (template: string, { z, x, y } = coord) => {
  const url = new URL(template.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y)));
  return url.pathname + url.search;
};
const codeOf = ({ status, json }: Answer) => [status, json.code];
const over = [403, 'signed_invalid'];

describe('a signed address', () => {
  it('shows whoever holds it the tiles as its issuer sees them, and the metadata that lead to them', async () => {
    const grant = await share(planner, steward, parcelsWish, parcelsGift);
    const made = await sign(planner, { hours: 2 });
    expect(made.status).toBe(201);
    expect(Date.parse(made.json.until) - Date.now()).toBeGreaterThan(1.9 * 3_600_000);
    const own = await planner.get(tilePath('parcels', coord));
    expect(decode(own.bytes, 'parcels').length).toBeGreaterThan(0);
    for (let i = 0; i < 2; i++) {
      const answer = await nobody.get(at(made.json.tiles));
      expect(answer.status).toBe(200);
      expect(answer.bytes.equals(own.bytes)).toBe(true);
      expect(answer.headers['cache-control']).toBe('private, no-cache');
      expect(answer.headers['access-control-allow-origin']).toBe('*');
    }
    const mark = (await nobody.get(at(made.json.tiles))).headers.etag!;
    expect((await nobody.get(at(made.json.tiles), { 'if-none-match': mark })).status).toBe(304);

    const { pathname, search } = new URL(made.json.tilejson);
    const tilejson = await nobody.get(pathname + search);
    expect(tilejson.json.tiles).toEqual([made.json.tiles]);
    expect(Object.keys(tilejson.json.vector_layers[0].fields).sort()).toEqual(
      Object.keys((await planner.get(pathname)).json.vector_layers[0].fields).sort(),
    );
    const set = await nobody.get(`/api/collections/parcels/tiles/WebMercatorQuad${search}`);
    expect(set.json.links.find((l: { rel: string }) => l.rel === 'item').href).toContain(search);
    expect((await nobody.get(`/api/collections/parcels/tiles${search}`)).text).toContain(search);

    // nothing else opens with it
    for (const path of ['items', 'queryables', 'export', '']) {
      const answer = await nobody.get(`/api/collections/parcels${path && `/${path}`}${search}`);
      expect([path, answer.status]).toEqual([path, expect.toSatisfy((status: number) => status === 400 || status === 401)]);
    }
    for (const other of ['districts', 'pipelines', 'no_such_layer']) {
      expect(codeOf(await nobody.get(at(made.json.tiles.replace('/parcels/', `/${other}/`))))).toEqual(over);
      expect(codeOf(await nobody.get(`/api/collections/${other}/tilejson${search}`))).toEqual(over);
    }
    expect((await nobody.get(`/api/tiles/WebMercatorQuad/14/1/1${search}&collections=parcels`)).status).toBe(400);

    // the right behind it ends: at once, though the tile is in the cache
    await revoke(steward, grant);
    expect(codeOf(await nobody.get(at(made.json.tiles)))).toEqual(over);
    expect(codeOf(await nobody.get(at(made.json.tiles), { 'if-none-match': mark }))).toEqual(over);
    expect(codeOf(await nobody.get(pathname + search))).toEqual(over);
    // granted anew with other rights it stays dead
    await share(planner, steward, parcelsWish, { ...parcelsGift, fields: parcelsGift.fields.slice(0, 2) });
    expect(codeOf(await nobody.get(at(made.json.tiles)))).toEqual(over);
  });

  it('is not had without the right to look', async () => {
    expect(codeOf(await sign(nobody, {}, 'districts'))).toEqual([401, 'sign_in_required']);
    const stranger = await signIn(yutu, 'steward-water');
    expect(codeOf(await sign(stranger))).toEqual([403, 'not_granted']);
    expect(codeOf(await sign(steward, {}, 'no_such_layer'))).toEqual([404, 'layer_not_found']);
    for (const hours of [0, 25, 1.5, '2', null]) expect((await sign(steward, { hours })).status).toBe(400);
    const scoped = withKey(yutu, (await makeKey(steward, 'elsewhere', { layers: ['districts'] })).key);
    expect(codeOf(await sign(scoped))).toEqual([403, 'key_scope']);
  });

  it('that was changed is refused, alike for all changes', async () => {
    const { tiles } = (await sign(steward)).json;
    const token = new URL(tiles).searchParams.get('signed')!;
    const [algorithm, body, mac] = token.split('.') as [string, string, string];
    const claim = JSON.parse(Buffer.from(body, 'base64url').toString());
    const forge = (change: (claim: unknown[]) => void) => {
      const other = [...claim];
      change(other);
      return `${algorithm}.${Buffer.from(JSON.stringify(other)).toString('base64url')}.${mac}`;
    };
    const tokens = [
      '',
      'x',
      `${algorithm}.${body}.`,
      `none.${body}.${mac}`,
      `${token}A`,
      forge((c) => c.splice(6, 1, claim[6] + 1)),
      forge((c) => c.splice(5, 1, 'admin')),
      forge((c) => c.splice(0, 1, 'embed')),
      'a'.repeat(10_000),
      "hs256.' or 1=1 --.x",
    ];
    const answers = new Set<string>();
    for (const forged of tokens) {
      const answer = await nobody.get(`${tilePath('parcels', coord)}?signed=${encodeURIComponent(forged)}`);
      expect(answer.status).toBe(403);
      answers.add(answer.text);
    }
    expect(answers.size).toBe(1);
  });

  it('is in the log and the ledger, its token nowhere', async () => {
    const { tiles } = (await sign(steward)).json;
    await nobody.get(at(tiles));
    const log = await (await signIn(yutu, 'auditor')).get('/api/audit?action=tiles_signed');
    expect(log.json.entries[0]).toMatchObject({ actor: 'steward', layer: 'parcels', detail: { until: expect.any(String) } });
    expect(log.text).not.toContain('hs256');
    await eventually(async () => {
      const usage = (await steward.get('/api/collections/parcels/usage')).text;
      expect(usage).toContain('"signed"');
    });
  });

  it('of a key dies with the key, and counts towards its quota', async () => {
    const { id, key } = await makeKey(steward, 'signer', { quota: 6 });
    const { tiles } = (await sign(withKey(yutu, key))).json; // one
    for (let i = 0; i < 5; i++) expect((await nobody.get(at(tiles))).status).toBe(200);
    expect(codeOf(await nobody.get(at(tiles)))).toEqual([429, 'key_quota']);
    await steward.delete(`/api/keys/${id}`);
    expect(codeOf(await nobody.get(at(tiles)))).toEqual(over);
  });

  it('holds through a restart', async () => {
    const { tiles } = (await sign(steward)).json;
    await yutu.stop();
    yutu = await yutu.again();
    expect((await anonymous(yutu).get(at(tiles))).status).toBe(200);
    [nobody, planner, steward] = [anonymous(yutu), await signIn(yutu, 'planner'), await signIn(yutu, 'steward')];
  });
});

describe('an embed', () => {
  const SITE = 'https://www.example.gov.cn';
  const embed = (caller: Caller, body: object, layer = 'parcels') => caller.post(`/api/collections/${layer}/embeds`, body);

  it('is shown on its sites only, and dies when it is revoked', async () => {
    const made = await embed(steward, { origins: [SITE, 'http://intranet.example:8080'], days: 30 });
    expect(made.status).toBe(201);
    const { id, tiles, tilejson } = made.json;
    const good: Record<string, string>[] = [
      { origin: SITE },
      { origin: 'http://intranet.example:8080' },
      { referer: `${SITE}/map.html?x=1` },
    ];
    for (const headers of good) {
      const answer = await nobody.get(at(tiles), headers);
      expect(answer.status).toBe(200);
      expect(answer.headers['access-control-allow-origin']).toBe(headers.origin ?? SITE);
      expect(answer.headers.vary).toContain('Origin');
    }
    const json = await nobody.get(new URL(tilejson).pathname + new URL(tilejson).search, { origin: SITE });
    expect([json.status, json.headers['access-control-allow-origin']]).toEqual([200, SITE]);
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: `${SITE}.evil.example` },
      { origin: 'null' },
      { referer: 'nonsense' },
    ])
      for (const path of [at(tiles), new URL(tilejson).pathname + new URL(tilejson).search])
        expect(codeOf(await nobody.get(path, headers as Record<string, string>))).toEqual([403, 'embed_origin']);

    const listed = (await steward.get('/api/embeds')).json.embeds;
    expect(listed).toContainEqual(expect.objectContaining({ id, layer: 'parcels', createdBy: 'steward', revokedAt: null }));
    expect((await planner.get('/api/embeds')).text).not.toContain(id);
    expect(codeOf(await planner.delete(`/api/embeds/${id}`))).toEqual([404, 'embed_not_found']);
    expect((await nobody.get(at(tiles), { origin: SITE })).status).toBe(200);
    expect((await steward.delete(`/api/embeds/${id}`)).status).toBe(204);
    expect(codeOf(await nobody.get(at(tiles), { origin: SITE }))).toEqual(over);
    expect(codeOf(await steward.delete(`/api/embeds/${id}`))).toEqual([404, 'embed_not_found']);
  });

  it('needs the right to embed, and sites that are some', async () => {
    // the planner's grant of parcels gives tiles, not their use elsewhere
    expect(codeOf(await embed(planner, { origins: [SITE] }))).toEqual([403, 'action_not_granted']);
    expect(codeOf(await embed(nobody, { origins: [SITE] }, 'districts'))).toEqual([401, 'sign_in_required']);
    const before = (await steward.get('/api/embeds')).json.embeds.length;
    for (const body of [
      {},
      { origins: [] },
      { origins: ['*'] },
      { origins: ['javascript:alert(1)'] },
      { origins: [`${SITE}/path`] },
      { origins: ['null'] },
      { origins: [SITE], days: 366 },
      { origins: [SITE], days: 0 },
    ])
      expect((await embed(steward, body)).status).toBe(400);
    expect((await steward.get('/api/embeds')).json.embeds).toHaveLength(before);
  });
});
