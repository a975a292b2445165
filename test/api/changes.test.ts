import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { create, items, point, square, write } from '../editing.js';
import { anonymous, type Caller, eventually, makeKey, signIn, startYutu, withKey, type Yutu, yutuCommand } from '../harness.js';
import { allItems, day, type Feature, inner, parcelsGift, parcelsWish, revoke, share } from '../story.js';

/** The change feed: a copy that is kept by it is what a fresh read gives, and it tells nothing that a fresh read would not. */
let yutu: Yutu;
let steward: Caller;
let planner: Caller;
/** Two districts, no holder. */
let narrow: Caller;
let grant: string;
/** Everything by cells, one district exactly. */
let coarse: Caller;
/** One use of land in two districts, the holder as a code. */
let some: Caller;

beforeAll(async () => {
  yutu = await startYutu();
  [steward, planner] = [await signIn(yutu, 'steward'), await signIn(yutu, 'planner')];
  grant = await share(planner, steward, parcelsWish, parcelsGift);
  narrow = withKey(yutu, (await makeKey(planner, 'copy', { layers: ['parcels'] })).key);
  const give = async (to: Caller, content: object) => {
    const { id } = (await to.get('/api/session')).json.user.organisation;
    const answer = await steward.post('/api/grants', {
      layers: ['parcels'],
      kind: 'single',
      subject: { kind: 'organisation', id },
      reason: '副本更新',
      actions: ['view', 'query'],
      until: day(1),
      fields: null,
      area: null,
      precision: null,
      ...content,
    });
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  };
  coarse = await signIn(yutu, 'steward-emergency');
  await give(coarse, { area: { divisions: [inner.jiangbei] }, precision: { kind: 'cell', metres: 150 } });
  await give(coarse, { area: { divisions: [inner.yuzhong] } });
  some = await signIn(yutu, 'steward-housing');
  await give(some, {
    area: { divisions: [inner.yuzhong, inner.jiangbei] },
    rows: "land_use = '07'",
    fields: ['code', 'land_use'].map((name) => ({ name, form: 'value' })).concat({ name: 'holder', form: 'code' }),
  });
});
afterAll(() => yutu?.remove());

const feed = '/api/collections/parcels/changes';
const nextOf = (answer: { json: { links: { rel: string; href: string }[] } }) => {
  const { href } = answer.json.links.find(({ rel }) => rel === 'next')!;
  return href.slice(new URL(href).origin.length);
};
const hole = { code: 'X', land_use: '07' };

/** A copy of what a caller sees, kept by the feed alone. */
class Copy {
  private held = new Map<number, string>();
  private next = '';
  told = 0;
  constructor(
    private readonly caller: Caller,
    private readonly step: number,
  ) {}

  async begin(): Promise<this> {
    // The mark first: what is edited while the features are read comes again.
    this.next = nextOf(await this.caller.get(`${feed}?limit=${this.step}`));
    for (const feature of await fresh(this.caller)) this.put(feature);
    return this;
  }
  private put(feature: Feature): void {
    this.held.set(feature.id, JSON.stringify(feature));
  }
  async follow(): Promise<void> {
    for (;;) {
      const answer = await this.caller.get(this.next);
      expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
      const { features, gone, more, numberReturned } = answer.json;
      expect(numberReturned).toBe(features.length);
      // In parts, one may come and go between two of them; in one part only what was held is gone.
      for (const id of gone) expect([id, this.held.delete(id) || this.step < 100]).toEqual([id, true]);
      for (const feature of features) this.put(feature);
      this.told += features.length + gone.length;
      this.next = nextOf(answer);
      if (!more) return;
    }
  }
  get features(): string[] {
    return [...this.held].sort(([a], [b]) => a - b).map(([, text]) => text);
  }
}
const fresh = async (caller: Caller) => (await allItems(caller, `${items('parcels')}?limit=10000`)).features;

describe('a copy that is kept by the feed', () => {
  it('is what a fresh read gives, for each caller, whatever was edited', async () => {
    let seed = 7;
    const random = () => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed / 2 ** 32;
    };
    const copies = await Promise.all([narrow, coarse, some].map((caller, i) => new Copy(caller, [7, 1000, 3][i]!).begin()));
    const place = () => [106.5 + random() * 0.1, 29.53 + random() * 0.06] as const;
    const { features } = (await steward.get(`${items('parcels')}?bbox=106.5,29.53,106.6,29.59&limit=60`)).json;
    const own: number[] = features.map((f: { id: number }) => f.id);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 25; i++) {
        const [lon, lat] = place();
        const use = random() < 0.5 ? '07' : '05';
        const shape = square(lon, lat, 0.0002 + random() * 0.004, { code: `C${round}-${i}`, land_use: use, holder: `户${i}` });
        const id = own[Math.floor(random() * own.length)]!;
        const dice = random();
        const answer =
          dice < 0.25
            ? await steward.post(items('parcels'), shape)
            : dice < 0.5
              ? await write(steward, 'PUT', id, shape, '*', 'parcels')
              : dice < 0.65
                ? await write(steward, 'PATCH', id, { properties: { land_use: use } }, '*', 'parcels')
                : dice < 0.8
                  ? await write(steward, 'PATCH', id, { properties: { holder: `换${i}` } }, '*', 'parcels')
                  : await write(steward, 'DELETE', id, undefined, '*', 'parcels');
        expect(answer.status).toBeLessThan(300);
        if (answer.status === 201) own.push(answer.json.id);
        if (answer.status === 204) own.splice(own.indexOf(id), 1);
      }
      for (const [i, caller] of [narrow, coarse, some].entries()) {
        await copies[i]!.follow();
        expect(copies[i]!.features).toEqual((await fresh(caller)).map((feature) => JSON.stringify(feature)));
      }
    }
    for (const { told } of copies) expect(told).toBeGreaterThan(5);
  }, 180_000);
});

describe('the feed', () => {
  const at = async (caller: Caller) => nextOf(await caller.get(feed));
  const since = async (caller: Caller, path: string) => {
    const { status, json, text } = await caller.get(path);
    expect([status, status === 200 ? '' : text]).toEqual([200, '']);
    return { ids: json.features.map((f: Feature) => f.id), gone: json.gone, more: json.more };
  };
  const nothing = { ids: [], gone: [], more: false };

  it('begins with a mark and nothing else', async () => {
    const answer = await narrow.get(feed);
    expect(answer.headers['content-type']).toContain('application/geo+json');
    expect(answer.json).toMatchObject({ type: 'FeatureCollection', numberReturned: 0, more: false, gone: [], features: [] });
    expect(await since(narrow, nextOf(answer))).toEqual(nothing);
    const { links } = (await narrow.get('/api/collections/parcels')).json;
    expect(links.find((l: { rel: string }) => l.rel === 'urn:yutu:rel:changes').href).toContain(feed);
  });

  it('says nothing of what the caller does not see: a hidden field, another place, what came and went beyond', async () => {
    const inside = (await narrow.get(`${items('parcels')}?limit=1`)).json.features[0].id;
    const marks = [await at(narrow), await at(steward)];
    expect((await write(steward, 'PATCH', inside, { properties: { holder: '新权利人' } }, '*', 'parcels')).status).toBe(200);
    const beyond = await create(steward, square(106.9, 29.2, 0.001, hole), 'parcels');
    expect((await write(steward, 'DELETE', beyond.id, undefined, beyond.tag, 'parcels')).status).toBe(204);
    expect(await since(narrow, marks[0]!)).toEqual(nothing);
    expect(await since(steward, marks[1]!)).toEqual({ ids: [inside], gone: [], more: false });
  });

  it('says of a coarse place no more than its cell', async () => {
    const { id, tag } = await create(steward, square(106.57, 29.59, 0.0001, hole), 'parcels');
    const [one] = (await coarse.get(`${items('parcels')}/${id}`)).json.geometry.coordinates.flat(2);
    expect(one[0] % 0.0001).not.toBe(0);
    const mark = await at(coarse);
    const moved = await write(steward, 'PUT', id, square(106.570002, 29.590002, 0.0001, hole), tag, 'parcels');
    expect(moved.status).toBe(200);
    expect((await coarse.get(`${items('parcels')}/${id}`)).json.geometry.coordinates.flat(2)[0]).toEqual(one);
    expect(await since(coarse, mark)).toEqual(nothing);
    expect((await write(steward, 'DELETE', id, undefined, '*', 'parcels')).status).toBe(204);
    expect(await since(coarse, mark)).toEqual({ ids: [], gone: [id], more: false });
  });

  it('takes a mark from those only who got it: another’s, an altered one and nonsense are refused', async () => {
    const mark = await at(narrow);
    expect((await coarse.get(mark)).json).toMatchObject({ status: 409, code: 'listing_changed' });
    const token = new URL(mark, yutu.url).searchParams.get('since')!;
    const [version, seal] = Buffer.from(token, 'base64url').toString().split('.');
    const older = Buffer.from(`c${Number(version!.slice(1)) - 1}.${seal}`).toString('base64url');
    expect((await narrow.get(`${feed}?since=${older}`)).json).toMatchObject({ status: 409, code: 'listing_changed' });
    for (const wrong of ['', 'x', 'YzE', '%00', token.slice(1)])
      expect([wrong, (await narrow.get(`${feed}?since=${wrong}`)).json]).toEqual([
        wrong,
        expect.objectContaining({ status: 400, parameter: 'since' }),
      ]);
    expect((await anonymous(yutu).get(mark)).status).toBe(401);
  });

  it('has an ETag, and counts in the ledger as items do', async () => {
    const path = await at(narrow);
    await create(steward, square(106.556, 29.558, 0.0005, hole), 'parcels');
    const answer = await narrow.get(path);
    expect(answer.json.features).toHaveLength(1);
    expect((await narrow.get(path, { 'if-none-match': answer.headers.etag! })).status).toBe(304);
    const auditor = await signIn(yutu, 'auditor');
    await eventually(async () => {
      const { entries } = (await auditor.get('/api/audit?layer=parcels&action=access')).json;
      expect(entries.find((e: { detail: { surface: string } }) => e.detail.surface === 'items')).toBeTruthy();
    });
  });

  it('ends with the grant; under another one it begins anew', async () => {
    const path = await at(narrow);
    await revoke(steward, grant);
    expect((await narrow.get(path)).status).toBe(403);
    const less = { ...parcelsGift, area: { divisions: [inner.yuzhong] } };
    await share(planner, steward, parcelsWish, less);
    expect((await narrow.get(path)).json).toMatchObject({ status: 409, code: 'listing_changed' });
    expect(await since(narrow, await at(narrow))).toEqual(nothing);
  });

  it('does not go on over an import that replaces the layer', async () => {
    const file = join(yutu.dataDir, 'stops.geojson');
    const features = [0, 1].map((i) => point(106.8 + i / 1e4, 29.7, { name: `s${i}` }));
    writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
    const bring = (...more: string[]) =>
      yutuCommand(yutu, ['import', file, '--layer', 'feed_stops', '--owner', 'planning', ...more]).status;
    expect(bring()).toBe(0);
    const path = nextOf(await steward.get('/api/collections/feed_stops/changes'));
    const { id } = await create(steward, point(106.8, 29.7, { name: 'mine' }), 'feed_stops');
    expect((await steward.get(path)).json.features.map((f: Feature) => f.id)).toEqual([id]);
    expect(bring('--replace', '--key', 'none')).toBe(0);
    await eventually(async () => expect((await steward.get(path)).json).toMatchObject({ status: 410, code: 'changes_unknown' }));
  });
});
