import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymous, type Caller, scratch, signIn, startYutu, withKey, type Yutu, yutuCommand } from '../harness.js';
import { allItems, confirmChanges, vertices } from '../story.js';

const gcoord = createRequire(import.meta.url)('gcoord') as typeof import('gcoord').default;

let yutu: Yutu;
let folder: string;
let steward: Caller;
beforeAll(async () => {
  yutu = await startYutu();
  steward = await signIn(yutu, 'steward-transport');
  folder = mkdtempSync(join(scratch(), 'files-'));
});
afterAll(async () => {
  if (folder) rmSync(folder, { recursive: true });
  await yutu?.remove();
});

const point = (lon: number, lat: number, properties: object = {}) => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Point', coordinates: [lon, lat] },
});
const polygon = (ring: number[][], properties: object = {}) => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Polygon', coordinates: [ring] },
});
const square = polygon([
  [106.5, 29.5],
  [106.6, 29.5],
  [106.6, 29.6],
  [106.5, 29.6],
  [106.5, 29.5],
]);

/** Writes a file and imports it. */
function bring(layer: string, content: object[] | string, ...more: string[]) {
  const file = join(folder, `${layer}-${Math.random().toString(36).slice(2)}.geojson`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify({ type: 'FeatureCollection', features: content }));
  return yutuCommand(yutu, ['import', file, '--layer', layer, '--owner', 'transport', ...more]);
}

const stops = Array.from({ length: 2500 }, (_, i) =>
  point(106.3 + (i % 50) / 100, 29.3 + Math.floor(i / 50) / 100, {
    name: `第${i}站`,
    line: i % 9,
    opened: '2020-01-01',
    lit: i % 2 === 0,
    share: i / 7,
    note: i % 3 ? null : 'x',
  }),
);

describe('npx yutu import', () => {
  it('registers a layer with the file’s columns, closed to others', async () => {
    const { status, said } = bring('bus_stops', stops, '--title', '公交站点');
    expect([status, said]).toEqual([0, expect.stringMatching(/bus_stops: 2500 features, version 1/)]);
    const { features, numberMatched } = await allItems(steward, '/api/collections/bus_stops/items?limit=1000');
    expect([features.length, numberMatched]).toEqual([2500, 2500]);
    expect(features[7]!.properties).toEqual({ name: '第7站', line: 7, opened: '2020-01-01', lit: false, share: 1, note: null });
    expect((await anonymous(yutu).get('/api/collections/bus_stops/items')).status).toBe(401);
    expect((await steward.get('/api/collections/bus_stops')).json.yutu.titleZh).toBe('公交站点');
  });

  it('replaces the features only when told to, and then whole; ids are never used again', async () => {
    const before = await allItems(steward, '/api/collections/bus_stops/items?limit=1000');
    const refused = bring('bus_stops', stops.slice(0, 5));
    expect([refused.status, refused.said]).toEqual([1, expect.stringMatching(/exists/)]);
    const { status, said } = bring('bus_stops', stops.slice(0, 5), '--replace', '--key', 'none');
    expect([status, said]).toEqual([0, expect.stringMatching(/5 features, version 2/)]);
    const after = await allItems(steward, '/api/collections/bus_stops/items?limit=1000');
    expect(after.features).toHaveLength(5);
    expect(Math.min(...after.features.map(({ id }) => id))).toBeGreaterThan(Math.max(...before.features.map(({ id }) => id)));
  });

  const whole = JSON.stringify({ type: 'FeatureCollection', features: stops });
  const bad: [string, object[] | string, RegExp][] = [
    ['a file cut in half', whole.slice(0, whole.length / 2), /not whole|end/i],
    ['a file that is no GeoJSON', 'name,x,y\na,1,2\n', /not GeoJSON/],
    ['an empty file', '', /GeoJSON/],
    ['no features', [], /no (features|points)/],
    ['another kind of geometry', [...stops.slice(0, 3), square], /Feature 4 .*Polygon.*Point/],
    [
      'a property of the wrong type',
      [...stops.slice(0, 3), point(106.5, 29.5, { name: 'x', line: 'nine' })],
      /Feature 4.*line.*nine/,
    ],
    ['latitude and longitude swapped', [point(29.5, 106.5, { name: 'x' })], /swapped/],
    ['coordinates in metres', [point(36400123.4, 3270123.4, { name: 'x' })], /not longitude and latitude/],
    [
      'a coordinate that is none',
      [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: ['106', null] } }],
      /Feature 1/,
    ],
    [
      'another coordinate system',
      `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4546"}},"features":[]}`,
      /4546/,
    ],
  ];
  it.each(bad)('refuses %s in words, and changes nothing', async (_what, content, words) => {
    const { status, said } = bring('bus_stops', content, '--replace');
    expect([status, said]).toEqual([1, expect.stringMatching(words)]);
    expect(said).not.toMatch(/\n\s+at /);
    expect((await steward.get('/api/collections/bus_stops/items?limit=1')).json.numberMatched).toBe(5);
    expect((await steward.get('/api/collections/bus_stops')).json.yutu.version).toBe(2);
  });

  it('repairs a polygon that crosses itself and says where', async () => {
    const bow = polygon([
      [106.5, 29.5],
      [106.6, 29.6],
      [106.6, 29.5],
      [106.5, 29.6],
      [106.5, 29.5],
    ]);
    const { status, said } = bring('bows', [square, bow]);
    expect([status, said]).toEqual([0, expect.stringMatching(/1 .*repaired.*feature 2.*106\.55/i)]);
    expect((await steward.get('/api/collections/bows/items')).json.numberMatched).toBe(2);
  });

  it('warns of features far away, as when they are swapped or shifted', () => {
    const { status, said } = bring('far_away', [point(29.5, 16.5), point(29.6, 16.6)]);
    expect([status, said]).toEqual([0, expect.stringMatching(/outside|swapped/)]);
  });

  it('warns of coordinates shifted as GCJ-02 is, and not of the same points unshifted', async () => {
    const { features } = await allItems(anonymous(yutu), '/api/collections/places/items?limit=1000');
    const known = features
      .slice(0, 60)
      .map((feature) => ({ name: feature.properties.name_zh as string, at: vertices(feature)[0]! }));
    const shifted = bring(
      'shifted',
      known.map(({ name, at }) => point(...(gcoord.transform(at, gcoord.WGS84, gcoord.GCJ02) as [number, number]), { name })),
    );
    expect([shifted.status, shifted.said]).toEqual([0, expect.stringMatching(/GCJ-02/)]);
    const straight = bring(
      'straight',
      known.map(({ name, at }) => point(...at, { name })),
    );
    expect([straight.status, straight.said]).toEqual([0, expect.not.stringMatching(/GCJ-02|warning/)]);
  });

  it.each([
    ['a title that is too long', 'long_title', ['--title', '站'.repeat(41)], /The title has 1 to 40 characters \(titleZh\)/],
    ['an id that is none', 'Bad-Id', [], /layer’s id is lower-case letters/],
    ['a definition that is not JSON', 'defined', ['--definition', import.meta.filename], /definition of the layer is not JSON/],
  ])('refuses %s in the house’s words', (_what, layer, more, words) => {
    const { status, said } = bring(layer, stops.slice(0, 3), ...more);
    expect([status, said]).toEqual([1, expect.stringMatching(words)]);
    expect(said).toMatch(/Nothing was written/);
    expect(said).not.toMatch(/Too big|expected string|"code"|\n\s+at /);
  });

  it('is told what is missing', () => {
    const none = yutuCommand(yutu, ['import']);
    expect([none.status, none.said]).toEqual([2, expect.stringMatching(/Usage: yutu import/)]);
    const away = yutuCommand(yutu, ['import', join(folder, 'not-there.geojson'), '--layer', 'x', '--owner', 'transport']);
    expect([away.status, away.said]).toEqual([1, expect.stringMatching(/not-there\.geojson/)]);
    const stranger = yutuCommand(yutu, ['import', join(folder, 'x.geojson'), '--layer', 'x', '--owner', 'nobody']);
    expect([stranger.status, stranger.said]).toEqual([2, expect.stringMatching(/no organisation "nobody"/)]);
    const name = yutuCommand(yutu, ['import', join(folder, 'x.geojson'), '--layer', 'Bad Name; drop', '--owner', 'transport']);
    expect(name.status).not.toBe(0);
  });
});

describe('npx yutu', () => {
  it.each(['migrate', 'demo', 'import', 'user', 'account', 'key', 'audit', 'tiles', 'snapshot', 'serve'])(
    '%s --help says how it is called and opens nothing',
    (name) => {
      const dataDir = join(folder, `untouched-${name}`);
      const { status, stdout, stderr } = yutuCommand({ ...yutu, dataDir: folder }, [name, '--help'], {
        DATA_DIR: dataDir,
        DATABASE_URL: 'postgresql://postgres@127.0.0.1:1/none',
      });
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(name === 'serve' ? /yutu serve/ : new RegExp(`^Usage: yutu ${name}\\b`));
      expect(existsSync(dataDir)).toBe(false);
    },
  );

  it('shows its commands, and refuses others', () => {
    expect(yutuCommand(yutu, ['help']).stdout).toMatch(/serve[\s\S]*import[\s\S]*audit verify/);
    const { status, said } = yutuCommand(yutu, ['fly']);
    expect([status, said]).toEqual([2, expect.stringMatching(/no command "fly"/)]);
  });

  it('user sets an account that is nobody’s until it is confirmed, and none that is careless', async () => {
    const args = ['user', 'li.na', '--organisation', 'transport', '--roles', 'planner', '--name', '李娜', '--password'];
    expect(yutuCommand(yutu, [...args, 'short']).status).not.toBe(0);
    expect(yutuCommand(yutu, [...args, 'long-enough-secret']).status).toBe(0);
    const caller = await signIn(yutu, 'li.na', 'long-enough-secret');
    expect((await caller.get('/api/session')).json).toEqual({ user: null, pending: 'confirm', inbox: 0, mine: 0 });
    for (const path of ['/api/requests', '/api/account', '/api/keys', '/api/drafts', '/api/collections/parcels/items'])
      expect([path, (await caller.get(path)).status]).toEqual([path, 401]);
    // its password is there: it needs no link
    expect(await confirmChanges(await signIn(yutu, 'security'), 'li.na')).toBeNull();
    expect((await caller.get('/api/session')).json.user).toMatchObject({
      nameZh: '李娜',
      organisation: { id: 'transport' },
      roles: ['planner'],
    });
  });

  it('key makes, lists and revokes keys, effective at once', async () => {
    const made = yutuCommand(yutu, [
      'key',
      'create',
      '--organisation',
      'transport',
      '--holder',
      'planner',
      '--layers',
      'bus_stops',
      '--name',
      'night job',
    ]);
    expect(made.status).toBe(0);
    const secret = made.stdout.trim().split('\n').at(-1)!;
    expect((await withKey(yutu, secret).get('/api/collections/bus_stops/items?limit=1')).status).toBe(200);
    const { stdout } = yutuCommand(yutu, ['key', 'list', '--organisation', 'transport']);
    const id = /^(\S+).*night job/m.exec(stdout)![1]!;
    expect(stdout).not.toContain(secret);
    expect(yutuCommand(yutu, ['key', 'revoke', id]).status).toBe(0);
    expect((await withKey(yutu, secret).get('/api/collections/bus_stops/items?limit=1')).status).toBe(401);
  });

  it('migrate may be run again', () => {
    expect(yutuCommand(yutu, ['migrate'])).toMatchObject({ status: 0 });
  });

  it('leaves its deeds in the log', async () => {
    const { entries } = (await (await signIn(yutu, 'auditor')).get('/api/audit?limit=200')).json;
    const actions = entries.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(
      expect.arrayContaining(['layer_registered', 'layer_replaced', 'account_saved', 'key_created', 'key_revoked']),
    );
    expect(JSON.stringify(entries)).not.toMatch(/long-enough-secret/);
    expect(yutuCommand(yutu, ['audit', 'verify']).status).toBe(0);
  });
});
