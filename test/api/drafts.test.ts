import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller, makeKey, signIn, startYutu, underneath, withKey, type Yutu } from '../harness.js';
import { decode, type TileCoord, tileAt } from '../tile.js';

let yutu: Yutu;
let owner: Caller;
let other: Caller;
beforeAll(async () => {
  yutu = await startYutu();
  owner = await signIn(yutu, 'planner');
  other = await signIn(yutu, 'steward');
});
afterAll(() => yutu?.remove());

const features = Array.from({ length: 500 }, (_, i) => ({
  type: 'Feature',
  properties: { 名称: `点 ${i}`, number: i, open: i % 2 === 0 },
  geometry: { type: 'Point', coordinates: [106.5 + (i % 25) / 1000, 29.5 + Math.floor(i / 25) / 1000] },
}));
const file = { type: 'FeatureCollection', name: '踏勘点', features };
const square = {
  type: 'Feature',
  properties: { name: '地块' },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [106.5, 29.5],
        [106.6, 29.5],
        [106.6, 29.6],
        [106.5, 29.6],
        [106.5, 29.5],
      ],
    ],
  },
};
const put = (caller: Caller, body: object | string | Buffer, path = '/api/drafts') =>
  caller.post(path, body, { 'content-type': 'application/geo+json' });
const at = (id: string, { z, x, y }: TileCoord) => `/api/drafts/${id}/tiles/WebMercatorQuad/${z}/${y}/${x}`;

describe('a draft', () => {
  it('is on the map at once: every feature, with its values, in its place', async () => {
    const answer = await put(owner, file);
    expect([answer.status, answer.text.slice(0, 300)]).toEqual([201, expect.any(String)]);
    const { id, tiles, expires, ...rest } = answer.json;
    expect(rest).toEqual({
      title: '踏勘点',
      features: 500,
      extent: [106.5, 29.5, 106.524, 29.519],
      layer: 'draft',
      minzoom: 0,
      maxzoom: 18,
    });
    expect(answer.headers.location).toMatch(new RegExp(`^http://[^/]+/api/drafts/${id}$`));
    expect(new Date(expires).getTime() - Date.now()).toBeGreaterThan(23 * 3600e3);
    expect(new Date(expires).getTime() - Date.now()).toBeLessThan(25 * 3600e3);
    const coord = tileAt(106.5101, 29.5101, 12);
    const seen = await owner.get(tiles.replace('{z}', coord.z).replace('{y}', coord.y).replace('{x}', coord.x));
    expect([seen.status, seen.headers['content-type'], seen.headers['cache-control']]).toEqual([
      200,
      'application/vnd.mapbox-vector-tile',
      'private, no-store',
    ]);
    const drawn = decode(seen.bytes, 'draft');
    expect(drawn).toHaveLength(500);
    const seventh = drawn.find((f) => f.id === 8)!;
    expect(seventh.properties).toEqual({ 名称: '点 7', number: 7, open: false });
    const near = decode((await owner.get(at(id, tileAt(106.507, 29.5, 18)))).bytes, 'draft').map((f) => f.id);
    expect(near).toContain(8);
    expect(near.length).toBeLessThan(5);
    expect((await owner.get(at(id, { z: 12, x: 0, y: 0 }))).status).toBe(204);
  });

  it('of polygons is wound as MVT wants it', async () => {
    const { id } = (
      await put(
        owner,
        { ...square, geometry: { type: 'Polygon', coordinates: [square.geometry.coordinates[0]!.toReversed()] } },
        '/api/drafts?title=%E5%9C%B0',
      )
    ).json;
    const [drawn] = decode((await owner.get(at(id, tileAt(106.55, 29.55, 10)))).bytes, 'draft');
    const ring = drawn!.rings[0]!;
    const area = ring.slice(1).reduce((sum, p, i) => sum + ring[i]!.x * p.y - p.x * ring[i]!.y, 0);
    expect(area).toBeGreaterThan(0);
    expect((await owner.get('/api/drafts')).json.drafts.map((d: { title: string }) => d.title)).toEqual(
      expect.arrayContaining(['地', '踏勘点']),
    );
  });

  it('is nobody else’s: as if it were not there', async () => {
    const { id } = (await put(owner, square)).json;
    const coord = tileAt(106.55, 29.55, 10);
    const own = await makeKey(owner, 'my key');
    const theirs = await makeKey(other, 'their key');
    expect((await owner.get(at(id, coord))).status).toBe(200);
    expect((await withKey(yutu, own.key).get(at(id, coord))).status).toBe(200);
    const missing = await other.get(at('00000000-0000-4000-8000-000000000000', coord));
    for (const caller of [other, anonymous(yutu), withKey(yutu, theirs.key)]) {
      const refused = await caller.get(at(id, coord));
      expect([refused.status, refused.text]).toEqual([404, missing.text]);
    }
    // whoever it was cut for before
    expect((await other.delete(`/api/drafts/${id}`)).status).toBe(404);
    expect((await other.get('/api/drafts')).json.drafts).toEqual([]);
    expect((await owner.delete(`/api/drafts/${id}`)).status).toBe(204);
    expect((await owner.get(at(id, coord))).status).toBe(404);
    expect((await owner.delete(`/api/drafts/${id}`)).status).toBe(404);
  });

  it('is put up by a person only', async () => {
    expect((await put(anonymous(yutu), square)).json.code).toBe('sign_in_required');
    const { key } = await makeKey(owner, 'no person');
    expect((await put(withKey(yutu, key), square)).json.code).toBe('person_required');
    expect((await anonymous(yutu).get('/api/drafts')).status).toBe(401);
  });

  it('ends with its day', async () => {
    const { id } = (await put(owner, square)).json;
    await yutu.stop();
    await underneath(yutu, (query) =>
      query(`update yutu.draft set expires_at = now() - interval '1 second' where id = $1::uuid`, [id]),
    );
    yutu = await yutu.again();
    owner = await signIn(yutu, 'planner');
    other = await signIn(yutu, 'steward');
    expect((await owner.get(at(id, tileAt(106.55, 29.55, 10)))).status).toBe(404);
    expect((await owner.get('/api/drafts')).json.drafts.some((d: { id: string }) => d.id === id)).toBe(false);
    // the others outlived the restart
    const [kept] = (await owner.get('/api/drafts')).json.drafts.filter((d: { title: string }) => d.title === '踏勘点');
    expect(decode((await owner.get(at(kept.id, tileAt(106.5101, 29.5101, 12)))).bytes, 'draft')).toHaveLength(500);
  });
});

describe('an upload', () => {
  const deep = `{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`;
  it.each<[string, object | string | Buffer, number, string]>([
    ['is no JSON', '{"type":"Feature', 400, 'body_invalid'],
    ['is in metres', { ...square, geometry: { type: 'Point', coordinates: [3e7, 3e6] } }, 400, 'parameter_invalid'],
    ['is too large', Buffer.alloc(10 * 1024 * 1024 + 1, ' '), 413, 'body_too_large'],
    ['is nested 200,000 deep', deep, 422, 'draft_too_hard'],
    [
      'has coordinates nested 200,000 deep',
      `{"type":"Polygon","coordinates":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
      400,
      'parameter_invalid',
    ],
    ['holds nothing', { type: 'FeatureCollection', features: [] }, 400, 'parameter_invalid'],
  ])('that %s is refused in both languages and keeps nothing', async (_what, body, status, code) => {
    const before = (await owner.get('/api/drafts')).json.drafts.length;
    const answer = await put(owner, body);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(
      (await owner.with({ 'accept-language': 'zh' }).post('/api/drafts', body, { 'content-type': 'application/geo+json' })).json
        .detail,
    ).toMatch(/[一-鿿]/);
    expect((await owner.get('/api/drafts')).json.drafts).toHaveLength(before);
  });

  it('of another kind, with an unknown parameter, or from another site is refused', async () => {
    expect((await owner.post('/api/drafts', 'a,b', { 'content-type': 'text/csv' })).status).toBe(415);
    expect((await put(owner, square, '/api/drafts?public=true')).status).toBe(400);
    const foreign = await owner.post('/api/drafts', square, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
  });

  it('of many drafts ends at the most there may be', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 24; i++) statuses.push((await put(owner, square)).status);
    expect(statuses.filter((s) => s === 201).length).toBeLessThan(20);
    expect(statuses.at(-1)).toBe(409);
    expect((await owner.get('/api/drafts')).json.drafts).toHaveLength(20);
  });

  it.each(['19/0/0', '3/8/0', '-1/0/0', '1.5/0/0', 'a/b/c', '3/0/%00'])('has no tile %s', async (zyx) => {
    const [{ id }] = (await owner.get('/api/drafts')).json.drafts;
    const answer = await owner.get(`/api/drafts/${id}/tiles/WebMercatorQuad/${zyx}`);
    expect([answer.status, answer.json.status]).toEqual([400, 400]);
  });
});
