import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, root, scratch, signIn, startYutu, type Yutu, yutuCommand } from '../harness.js';
import { decode, tileAt } from '../tile.js';

/** Data come in whole, or with a word about what was lost: files, drafts and single features. What is right: test/fixtures/cases/README.md. */
let yutu: Yutu;
let folder: string;
let steward: Caller;
let planner: Caller;
beforeAll(async () => {
  yutu = await startYutu();
  steward = await signIn(yutu, 'steward');
  planner = await signIn(yutu, 'planner');
  folder = mkdtempSync(join(scratch(), 'incoming-'));
});
afterAll(async () => {
  if (folder) rmSync(folder, { recursive: true });
  await yutu?.remove();
});

let layers = 0;
const caseFile = (name: string) => join(root, 'test/fixtures/cases', name);

/** Imports a file, or what is to stand in one, as a layer of its own. */
function bring(content: string | Buffer | { file: string }, ...more: string[]) {
  const layer = `incoming_${++layers}`;
  const file = typeof content === 'object' && 'file' in content ? caseFile(content.file) : join(folder, `${layer}.geojson`);
  if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(file, content);
  const { status, said } = yutuCommand(yutu, ['import', file, '--layer', layer, '--owner', 'planning', ...more]);
  // Whatever becomes of it, nobody reads what the database says.
  expect(said).not.toMatch(/relation|column "|syntax error|violates|SQLSTATE|\n\s+at /);
  return { layer, status, said };
}

/** Imports what can be, and reads it back. */
async function brought(content: Parameters<typeof bring>[0], ...more: string[]) {
  const { layer, status, said } = bring(content, ...more);
  expect([status, said]).toEqual([0, expect.any(String)]);
  const { features } = (await steward.get(`/api/collections/${layer}/items?limit=1000`)).json;
  return { layer, said, features, values: features.map((f: { properties: object }) => f.properties) };
}

const feature = (properties: string, geometry = '{"type":"Point","coordinates":[106.55,29.56]}', more = '') =>
  `{"type":"Feature","properties":${properties},"geometry":${geometry}${more}}`;
const collection = (features: string[], more = '') => `{"type":"FeatureCollection","features":[${features.join()}]${more}}`;
const bytes = (text: string, ...parts: (string | number[])[]) =>
  Buffer.concat([Buffer.from(text), ...parts.map((part) => Buffer.from(part as string))]);

function definitionFile(fields: object[], more: object = {}) {
  const file = join(folder, `definition-${++layers}.json`);
  const text = { titleZh: '甲', titleEn: 'A', kind: 'thematic', theme: 'base', owner: 'planning', sharingClass: 'conditional' };
  const field = (f: object) => ({ titleZh: 't', titleEn: 't', ...f });
  const layer = `incoming_${layers + 1}`;
  writeFileSync(
    file,
    JSON.stringify({ id: layer, ...text, disclosure: 'none', geometryType: 'point', fields: fields.map(field), ...more }),
  );
  return file;
}

const draft = (content: string | Buffer) => planner.post('/api/drafts', content, { 'content-type': 'application/geo+json' });
interface Drawn {
  features: number;
  extent: number[];
  notes?: string[];
  drawn: ReturnType<typeof decode>;
}

/** What is drawn of a draft about a place. */
async function drawn(content: string | Buffer, lon = 106.55, lat = 29.56): Promise<Drawn> {
  const { status, json } = await draft(content);
  expect([status, json]).toEqual([201, expect.any(Object)]);
  const { z, x, y } = tileAt(lon, lat, 12);
  const tile = await planner.get(`/api/drafts/${json.id}/tiles/WebMercatorQuad/${z}/${y}/${x}`);
  await planner.delete(`/api/drafts/${json.id}`);
  return { ...json, drawn: tile.status === 204 ? [] : decode(tile.bytes, 'draft') };
}

describe('numbers', () => {
  const codes = ['500103199001011237', '500103199001011238'];

  it('of many digits stay what they are, and it is said', async () => {
    const { layer, values, said } = await brought({ file: 'imp-bigint-number.geojson' });
    expect(values).toEqual(codes.map((code) => ({ code })));
    expect(said).toMatch(/"code" .*kept as text, digit by digit: 2 features/);
    const one = await steward.get(`/api/collections/${layer}/items?code=${codes[1]}`);
    expect(one.json.features.map((f: { properties: object }) => f.properties)).toEqual([{ code: codes[1] }]);
    const by = await steward.get(`/api/collections/${layer}/items?filter=${encodeURIComponent(`code='${codes[0]}'`)}`);
    expect(by.json.numberMatched).toBe(1);
  });

  it('in lists and objects, with exponents, fractions and signs are kept as written where the field is text', async () => {
    const { values } = await brought(
      collection([
        feature(
          '{"a":[500103199001011237,{"b":-500103199001011238}],"c":12345678901234567890123,"d":5.00103199001011237e17,"e":"x"}',
        ),
        feature('{"a":1,"c":1,"d":"x","e":-0}'),
      ]),
    );
    expect(values).toEqual([
      { a: '[500103199001011237,{"b":-500103199001011238}]', c: '12345678901234567890123', d: '5.00103199001011237e17', e: 'x' },
      { a: '1', c: '1', d: 'x', e: '-0' },
    ]);
  });

  it('of ordinary length stay numbers; a fraction too fine for a double is the nearest, which is said', async () => {
    const { values, said } = await brought(
      collection([feature('{"i":9007199254740991,"f":83615.11345678901234567,"g":1e300,"h":0.1,"z":106.550000000000000000}')]),
    );
    expect(values).toEqual([{ i: 9007199254740991, f: 83615.11345678901, g: 1e300, h: 0.1, z: 106.55 }]);
    expect(said).toMatch(/fractions of "f"/);
    expect(said).not.toMatch(/"[ighz]"/);
  });

  it.each([
    ['bigint', '9007199254740993'],
    ['double', '500103199001011237'],
    ['double', '"500103199001011237"'],
    ['double', '1e400'],
    ['integer', '10000000000'],
  ])('that a field of type %s does not keep are refused: %s', (type, number) => {
    const { status, said } = bring(
      collection([feature(`{"n":${number}}`)]),
      '--definition',
      definitionFile([{ name: 'n', type }]),
    );
    expect([status, said]).toEqual([
      1,
      expect.stringMatching(new RegExp(`Feature 1: "n" is "?${number.replaceAll('"', '')}.*expected ${type}`)),
    ]);
  });

  it('are kept by POST, PUT and PATCH, and checked, digit by digit', async () => {
    const { layer } = await brought(collection([feature('{"code":"x","n":1.5,"big":9007199254740991}')]));
    const send = (method: string, path: string, body: string, headers: Record<string, string> = {}) =>
      steward.send(method, `/api/collections/${layer}/${path}`, body, { 'content-type': 'application/geo+json', ...headers });
    const made = await send('POST', 'items', feature(`{"code":${codes[0]},"n":0.1}`, undefined, ',"id":500103199001011237'));
    expect([made.status, made.json.properties]).toEqual([201, { code: codes[0], n: 0.1, big: null }]);
    const path = `items/${made.json.id}`;
    const put = await send('PUT', path, feature(`{"code":${codes[1]}}`), { 'if-match': String(made.headers.etag) });
    expect([put.status, put.json.properties.code]).toEqual([200, codes[1]]);
    const patched = await send('PATCH', path, `{"properties":{"code":[${codes[0]}]}}`, {
      'content-type': 'application/merge-patch+json',
      'if-match': String(put.headers.etag),
    });
    expect([patched.status, patched.json.properties.code]).toEqual([200, `[${codes[0]}]`]);
    for (const [field, number] of [
      ['n', codes[0]],
      ['big', '9007199254740993'],
    ]) {
      const refused = await send('POST', 'items', feature(`{"${field}":${number}}`));
      expect([refused.status, refused.json.parameter]).toEqual([400, `properties.${field}`]);
      expect(refused.json.detail).toMatch(/does not keep so many digits/);
    }
    const verify = (code: string) =>
      steward.post(`/api/collections/${layer}/verify`, `{"id":${made.json.id},"claims":{"code":${code}}}`);
    await send('PATCH', path, `{"properties":{"code":${codes[0]}}}`, {
      'content-type': 'application/merge-patch+json',
      'if-match': '*',
    });
    expect([(await verify(codes[0]!)).json, (await verify(codes[1]!)).json]).toEqual([{ matches: true }, { matches: false }]);
  });

  it('are drawn in drafts as they were written', async () => {
    const { drawn: tile } = await drawn(readFileSync(caseFile('imp-bigint-number.geojson')));
    expect(tile.map((f) => f.properties.code)).toEqual(codes);
    const nested = await drawn(feature(`{"a":[${codes[0]}]}`));
    expect(nested.drawn[0]!.properties.a).toBe(`[${codes[0]}]`);
  });
});

describe('encodings', () => {
  // 重庆渝中区, 字段 in GBK; 重慶渝中區 in Big5; a name with 㐂 in four bytes of GB18030
  const gbk = (before: number[]) =>
    bytes(
      '{"type":"Feature","properties":{"',
      before,
      '":"',
      [0xd6, 0xd8, 0xc7, 0xec, 0xd3, 0xe5, 0xd6, 0xd0, 0xc7, 0xf8],
      '"},"geometry":{"type":"Point","coordinates":[106.55,29.56]}}',
    );
  const big5 = bytes(
    '{"type":"Feature","properties":{"name":"',
    [0xad, 0xab, 0xbc, 0x79, 0xc2, 0xc5, 0xa4, 0xa4, 0xb0, 0xcf, 0xa4, 0xc0],
    '"},"geometry":{"type":"Point","coordinates":[106.55,29.56]}}',
  );
  const four = bytes(
    '{"type":"Feature","properties":{"name":"',
    [0x81, 0x39, 0xee, 0x39, 0xb4, 0xe5],
    '"},"geometry":{"type":"Point","coordinates":[106.55,29.56]}}',
  );
  const wide = (text: string, big: boolean, mark: boolean) => {
    const le = Buffer.from(`${mark ? '\uFEFF' : ''}${text}`, 'utf16le');
    return big ? le.swap16() : le;
  };
  const named = collection([feature('{"名称":"渝中区 𠮷"}')]);

  it.each<[string, Buffer | { file: string }, object, string | null]>([
    ['GBK', { file: 'imp-gbk.geojson' }, { name: '重庆市渝中区' }, 'GB18030'],
    ['GBK with a name in it', gbk([0xd7, 0xd6, 0xb6, 0xce]), { 字段: '重庆渝中区' }, 'GB18030'],
    ['GB18030 with four bytes', four, { name: new TextDecoder('gb18030').decode(four.subarray(40, 46)) }, 'GB18030'],
    ['Big5', big5, { name: new TextDecoder('big5').decode(big5.subarray(40, 52)) }, 'BIG5'],
    ['UTF-16, little end first', wide(named, false, true), { 名称: '渝中区 𠮷' }, 'UTF-16LE'],
    ['UTF-16, big end first', wide(named, true, true), { 名称: '渝中区 𠮷' }, 'UTF-16BE'],
    ['UTF-16 without its mark', wide(named, false, false), { 名称: '渝中区 𠮷' }, 'UTF-16LE'],
    ['UTF-16, big end first, without its mark', wide(named, true, false), { 名称: '渝中区 𠮷' }, 'UTF-16BE'],
    ['UTF-8 with its mark', bytes(`\uFEFF${named}`), { 名称: '渝中区 𠮷' }, null],
  ])('a file in %s is read as it was meant, with a note; so is a draft', async (_what, content, properties, note) => {
    const { values, said } = await brought(content);
    expect(values).toEqual([properties]);
    expect(said).toEqual(
      note ? expect.stringContaining(`the file is in ${note}`) : expect.not.stringContaining('the file is in'),
    );
    const sent = await drawn(Buffer.isBuffer(content) ? content : readFileSync(caseFile(content.file)));
    expect(sent.drawn.map((f) => f.properties)).toEqual([properties]);
    expect(sent.notes).toEqual(note ? [expect.stringContaining(note)] : undefined);
  });

  it('lines in GBK are read as well, and large files', async () => {
    const line = gbk([0xd7, 0xd6, 0xb6, 0xce]);
    const { values } = await brought(Buffer.concat(Array.from({ length: 5000 }, () => bytes('', [...line], '\r\n'))));
    expect(new Set(values.map((v: { 字段: string }) => v.字段))).toEqual(new Set(['重庆渝中区']));
  });

  it('a byte that fits nothing stops the file with its place, and a draft; a damaged UTF-8 is not taken for another', async () => {
    const open = '{"type":"Feature","geometry":{"type":"Point","coordinates":[106.55,29.56]},"properties":{"a":"';
    const list = '{"type":"FeatureCollection","features":[\n';
    const lone = bytes(`${list}${open}`, [0xff], '"}}]}');
    const damaged = bytes(`${list}${feature('{"a":"重庆市渝中区解放碑街道"}')},\n${open}重`, [0xe5, 0xba], '"}}]}');
    for (const [content, place] of [
      [lone, /[Bb]yte \d+ \(line 2\)/],
      [damaged, /[Bb]yte \d+ \(line 3\)/],
    ] as const) {
      const { status, said } = bring(content);
      expect([status, said]).toEqual([1, expect.stringMatching(place)]);
      const refused = await draft(content);
      expect([refused.status, refused.json.detail]).toEqual([400, expect.stringMatching(place)]);
    }
  });

  it('a name on the command line goes before what the bytes look like', async () => {
    const { status, said } = bring({ file: 'imp-gbk.geojson' }, '--encoding', 'utf-8');
    expect([status, said]).toEqual([1, expect.stringMatching(/[Bb]yte \d+ \(line 1\)/)]);
    expect(bring({ file: 'imp-gbk.geojson' }, '--encoding', 'latin1').status).toBe(2);
    expect((await brought({ file: 'imp-gbk.geojson' }, '--encoding', 'gb18030')).values[0].name).toMatch(/^重庆/);
  });

  it('a feature sent in another encoding than UTF-8 is refused, not filled with signs', async () => {
    const { layer } = await brought(collection([feature('{"name":"x"}')]));
    const sent = await steward.post(`/api/collections/${layer}/items`, readFileSync(caseFile('imp-gbk.geojson')), {
      'content-type': 'application/geo+json',
    });
    expect([sent.status, sent.json.code]).toEqual([400, 'body_invalid']);
    expect((await steward.get(`/api/collections/${layer}/items`)).text).not.toContain('\uFFFD');
  });
});

describe('coordinate systems', () => {
  const at = (x: number, y: number) => feature('{"crs":"red","n":1}', `{"type":"Point","coordinates":[${x},${y}]}`);
  const crs = (member: unknown) => `,"crs":${JSON.stringify(member)}`;
  const named = (name: string) => crs({ type: 'name', properties: { name } });
  // 106.55, 29.56 in CGCS2000 / 3-degree Gauss-Kruger CM 105E, CM 108E, and with zone number 36 before
  const plane = { 4544: [650218.54, 3272342.51], 4545: [359474.09, 3272217.3], 4524: [36359474.09, 3272217.3] } as const;
  const place = (features: { geometry: { coordinates: number[] } }[]) => features.map((f) => f.geometry.coordinates);
  const near = [[expect.closeTo(106.55, 5), expect.closeTo(29.56, 5)]];
  const WKT =
    'PROJCS["CGCS2000_3_Degree_GK_CM_108E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],UNIT["Meter",1.0]]';

  it.each<[string, string, readonly [number, number]]>([
    ['by its code', named('EPSG:4545'), plane[4545]],
    ['of the next meridian', named('urn:ogc:def:crs:EPSG::4544'), plane[4544]],
    ['with a zone number', named('http://www.opengis.net/def/crs/EPSG/0/4524'), plane[4524]],
    ['by its name', named('CGCS2000 / 3-degree Gauss-Kruger CM 108E'), plane[4545]],
    ['by ArcGIS’s name', named('CGCS2000_3_Degree_GK_CM_108E'), plane[4545]],
    ['in WKT', named(WKT), plane[4545]],
    ['in WKT with a code', named(`${WKT.slice(0, -1)},AUTHORITY["EPSG","4545"]]`), plane[4545]],
    ['as EPSG type', crs({ type: 'EPSG', properties: { code: 4545 } }), plane[4545]],
    [
      'as link',
      crs({ type: 'link', properties: { href: 'https://spatialreference.org/ref/epsg/4545/', type: 'proj4' } }),
      plane[4545],
    ],
    ['as a text', crs('EPSG:4545'), plane[4545]],
  ])('named %s is transformed, wherever it stands; so is a draft', async (_how, member, [x, y]) => {
    for (const content of [collection([at(x, y)], member), `{"features":[${at(x, y)}]${member},"type":"FeatureCollection"}`]) {
      const { features, said } = await brought(content);
      expect(place(features)).toEqual(near);
      expect(said).toMatch(/were transformed from/);
    }
    const sent = await drawn(collection([at(x, y)], member));
    expect([sent.drawn.map((f) => f.properties), sent.notes]).toEqual([
      [{ crs: 'red', n: 1 }],
      [expect.stringMatching(/transformed from/)],
    ]);
    expect(sent.extent.slice(0, 2)).toEqual(near[0]);
  });

  it('named by a feature or a geometry goes before that of the document', async () => {
    const own = (member: string) => feature('{}', `{"type":"Point","coordinates":[${plane[4545]}]${member}}`);
    const outer = `{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[${plane[4544]}]}${named('EPSG:4544')}}`;
    const { features } = await brought(`${outer}\n${own(named('EPSG:4545'))}\n`);
    expect(place(features)).toEqual([near[0], near[0]]);
  });

  it('of another datum, named behind the features, moves them', async () => {
    const { features } = await brought({ file: 'imp-crs-last.geojson' });
    const [lon, lat] = features[0].geometry.coordinates as [number, number];
    expect(features).toHaveLength(150);
    expect(Math.hypot(lon - 106.55, lat - 29.56)).toBeGreaterThan(1e-5);
    expect(Math.hypot(lon - 106.55, lat - 29.56)).toBeLessThan(0.01);
  });

  it('in metres with degrees in it says that it lies elsewhere', async () => {
    const { features, said } = await brought({ file: 'imp2-crs-utm.geojson' });
    expect(features[0].geometry.coordinates[1]).toBeLessThan(1);
    expect(said).toMatch(/transformed from WGS 84 \/ UTM zone 48N[\s\S]*outside the city/);
  });

  it.each<[string, string]>([
    ['CRS84', named('urn:ogc:def:crs:OGC:1.3:CRS84')],
    ['4326', named('urn:ogc:def:crs:EPSG::4326')],
    ['4490', named('EPSG:4490')],
    ['CGCS2000', named('CGCS2000')],
    ['none', crs(null)],
  ])('of longitude and latitude (%s) leave coordinates as they are', async (_what, member) => {
    const { features, said } = await brought(collection([at(106.55, 29.56)], member));
    expect(place(features)).toEqual([[106.55, 29.56]]);
    expect(said).not.toMatch(/transformed/);
  });

  it.each<[string, string, RegExp]>([
    ['a code that holds another', named('EPSG::24326'), /24326/],
    ['a code of no system', named('EPSG:123456'), /EPSG:123456/],
    ['the earth’s centre', named('EPSG:4479'), /EPSG:4479/],
    ['heights', named('EPSG:5737'), /EPSG:5737/],
    ['Xi’an 1980, whose way to ours is secret', named('EPSG:4610'), /EPSG:4610.*another datum/],
    ['a name nobody knows', named('重庆独立坐标系'), /重庆独立坐标系/],
    ['a shifted one', named('GCJ-02'), /GCJ-02/],
    ['something else', crs({ hello: 1 }), /hello/],
  ])('named by %s are refused by name', async (_what, member, words) => {
    const { status, said } = bring(collection([at(106.55, 29.56)], member));
    expect([status, said]).toEqual([1, expect.stringMatching(words)]);
    const refused = await draft(collection([at(106.55, 29.56)], member));
    expect([refused.status, refused.json.detail]).toEqual([400, expect.stringMatching(words)]);
  });

  it('other than longitude and latitude are refused of single features', async () => {
    const { layer } = await brought(collection([at(106.55, 29.56)]));
    const [x, y] = [106.551, 29.561];
    const send = (body: string, headers: Record<string, string> = {}) =>
      steward.post(`/api/collections/${layer}/items`, body, { 'content-type': 'application/geo+json', ...headers });
    const inner = feature('{}', `{"type":"Point","coordinates":[${x},${y}]${named('EPSG:4214')}}`);
    const outer = `${feature('{}').slice(0, -1)}${named('EPSG:4545')}}`;
    for (const [parameter, refused] of [
      ['geometry', await send(inner)],
      ['crs', await send(outer)],
      ['Content-Crs', await send(feature('{}'), { 'content-crs': '<http://www.opengis.net/def/crs/EPSG/0/4545>' })],
    ] as const)
      expect([refused.status, refused.json.parameter]).toEqual([400, parameter]);
    const taken = await send(`${feature('{}').slice(0, -1)}${named('EPSG:4490')}}`, {
      'content-crs': '<http://www.opengis.net/def/crs/OGC/1.3/CRS84>',
    });
    expect(taken.status).toBe(201);
  });

  it('that do not reach so far are told with the feature', async () => {
    const content = collection([at(...plane[4545]), at(1e9, 1e9)], named('EPSG:4545'));
    expect(bring(content)).toMatchObject({ status: 1, said: expect.stringMatching(/Feature 2 .*EPSG:4545 does not reach/) });
    const refused = await draft(content);
    expect(refused.status).toBe(400);
    expect(refused.json.detail).toMatch(/EPSG:4545 does not reach|not longitude and latitude/);
  });
});

describe('the shape of a file', () => {
  it.each(['imp-sorted-keys.geojson', 'imp-ndjson-typelast.geojsonl'])(
    'does not depend on the order of keys (%s)',
    async (file) => {
      const { features } = await brought({ file });
      expect(features).toHaveLength(file.includes('ndjson') ? 2 : 150);
      const text = readFileSync(caseFile(file));
      expect((await drawn(text)).features).toBe(features.length);
    },
  );

  const one = feature('{"n":"FeatureCollection"}');
  const pretty = JSON.stringify(JSON.parse(collection([one, one])), null, 2);
  it.each<[string, string, number]>([
    ['lines, blank ones among them', `\n\n${one}\r\n\r\n${one}\n`, 2],
    ['record separators', `\x1e${one}\n\x1e${one}\n`, 2],
    ['objects one behind the other, over several lines', `${JSON.stringify(JSON.parse(one), null, 2)}${one}`, 2],
    ['a collection laid out', pretty, 2],
    ['a single feature', one, 1],
    ['a geometry', '{"coordinates":[106.55,29.56],"type":"Point"}', 1],
    ['collections one behind the other', `${collection([one])}\n${collection([one, one])}`, 3],
    ['a feature with a member called features', `${one.slice(0, -1)},"features":[1]}`, 1],
    ['marks of UTF-8 between lines', `\uFEFF${one}\n\uFEFF${one}`, 2],
  ])('may be %s', async (_what, content, count) => {
    expect((await brought(content)).features).toHaveLength(count);
    expect((await drawn(content)).features).toBe(count);
  });

  it.each<[string, string, RegExp]>([
    ['empty', '', /empty|not valid JSON/],
    ['blank', ' \n ', /no features|not valid JSON/],
    ['a list', `[${one}]`, /GeoJSON object, not a list/],
    ['Esri JSON', '{"geometryType":"esriGeometryPoint","features":[{"attributes":{},"geometry":{"x":1,"y":2}}]}', /Esri JSON/],
    ['TopoJSON', '{"type":"Topology","objects":{}}', /TopoJSON/],
    ['cut off', collection([one, one]).slice(0, -8), /not whole|not valid JSON/],
    ['cut within its last line', `${one}\n${one.slice(0, -5)}`, /not whole|not valid JSON/],
    ['with a comma too many', `{"type":"FeatureCollection","features":[${one},]}`, /not whole|not valid JSON/],
    ['features that are no list', '{"type":"FeatureCollection","features":{}}', /"features" must be a list/],
  ])('that is %s is told apart in words', async (_what, content, words) => {
    expect(bring(content)).toMatchObject({ status: 1, said: expect.stringMatching(words) });
    const refused = await draft(content);
    expect([refused.status, refused.json.detail]).toEqual([400, expect.stringMatching(words)]);
  });

  it('of multipoints only says what they are', () => {
    const many = feature('{}', '{"type":"MultiPoint","coordinates":[[106.5,29.5],[106.6,29.6]]}');
    expect(bring(collection([many]))).toMatchObject({ status: 1, said: expect.stringMatching(/only MultiPoint/) });
  });
});

describe('names of fields', () => {
  const odd = [
    'xmin',
    'ctid',
    'tableoid',
    'fid',
    'FID',
    'geom',
    'geometry',
    'Geom',
    '面积(亩)',
    '面积（亩）',
    '2020年人口',
    '地块-编号',
    'a',
    'A',
    'a"b',
    "a'b",
    'a b',
    'a.b',
    '%s',
    '{id}',
    '#bits',
    'constructor',
    '__proto__',
    '很'.repeat(60),
    `${'很'.repeat(60)}长`,
  ];

  it.each(['imp-xmin.geojson', 'imp-long-cjk-names.geojson', 'imp2-arcgis.geojson'])('come in as they are (%s)', async (file) => {
    const given = JSON.parse(readFileSync(caseFile(file), 'utf8')).features[0].properties;
    const { values } = await brought({ file });
    expect(values).toEqual([given]);
    expect(Object.keys(values[0])).toEqual(Object.keys(given));
  });

  it('of all sorts keep their order, are edited, filtered, counted and drawn by name', async () => {
    const text = `{${odd.map((name, i) => `${JSON.stringify(name)}:"v${i}"`).join()}}`;
    const { layer, values, features } = await brought(collection([feature(text), feature('{"fid":"other"}')]));
    expect(Object.keys(values[0])).toEqual(odd);
    expect(Object.values(values[0])).toEqual(odd.map((_, i) => `v${i}`));
    const path = `/api/collections/${layer}/items`;
    for (const [i, name] of odd.entries()) {
      const filter = encodeURIComponent(`"${name.replaceAll('"', '""')}" = 'v${i}'`);
      const found = await steward.get(`${path}?filter=${filter}`);
      expect([name, found.status, found.json.numberMatched]).toEqual([name, 200, 1]);
    }
    const by = await steward.get(`${path}?${encodeURIComponent('面积(亩)')}=v8`);
    expect(by.json.numberMatched).toBe(1);
    const { etag } = (await steward.get(`${path}/${features[0].id}`)).headers;
    const patched = await steward.patch(
      `${path}/${features[0].id}`,
      { properties: { xmin: 'new', '地块-编号': null } },
      { 'content-type': 'application/merge-patch+json', 'if-match': String(etag) },
    );
    expect([patched.status, patched.json.properties.xmin, patched.json.properties['地块-编号']]).toEqual([200, 'new', null]);
    const { z, x, y } = tileAt(106.55, 29.56, 12);
    const tile = await steward.get(`/api/collections/${layer}/tiles/WebMercatorQuad/${z}/${y}/${x}`);
    const [seen] = decode(tile.bytes, layer).filter((f) => f.id === features[0].id);
    expect(Object.keys(seen!.properties).sort()).toEqual(odd.filter((name) => name !== '地块-编号').sort());
    const exported = await steward.get(`/api/collections/${layer}/export`);
    expect(exported.json.features[1].properties.fid).toBe('other');
    const counted = await steward.get(`/api/collections/${layer}/statistics?by=fid`);
    expect([counted.status, counted.json]).toEqual([200, expect.any(Object)]);
    const again = bring(collection([feature(text)]), '--layer', layer, '--replace');
    expect(again).toMatchObject({ status: 0 });
  });

  it('that are numbers keep their order, too', async () => {
    const { layer, values } = await brought(
      collection([feature('{"name":"a","2020":1,"2018":2,"geometry":3}'), feature('{"2019":4}')]),
    );
    expect(values[0]).toEqual({ name: 'a', '2018': 2, '2019': null, '2020': 1, geometry: 3 });
    const { fields } = (await steward.get(`/api/collections/${layer}`)).json.yutu;
    expect(fields.map((f: { name: string }) => f.name)).toEqual(['name', '2020', '2018', 'geometry', '2019']);
  });

  it('that are empty get one; those that are none are refused in words', async () => {
    const { values } = await brought(collection([feature('{"":1," ":2,"unnamed":3}')]));
    expect(values).toEqual([{ unnamed_2: 1, unnamed_3: 2, unnamed: 3 }]);
    for (const name of ['a\\u0000b', '\\ud800', '很'.repeat(201)])
      expect(bring(collection([feature(`{"${name}":1}`)]))).toMatchObject({
        status: 1,
        said: expect.stringMatching(/field’s name/),
      });
    expect(bring(collection([feature('{"a":"x\\ud800"}')]))).toMatchObject({
      status: 1,
      said: expect.stringMatching(/Feature 1: "a"/),
    });
  });
});

describe('geometries', () => {
  const ring = '[[106.5,29.5],[106.6,29.5],[106.6,29.6],[106.5,29.5]]';
  const polygon = `{"type":"Polygon","coordinates":[${ring}]}`;

  it.each<[string, string, string, RegExp]>([
    ['heights', feature('{}', '{"type":"Point","coordinates":[106.55,29.56,259.3]}'), '[[106.55,29.56]]', /heights.*feature 1/],
    [
      'an empty point',
      `${feature('{}')},${feature('{}', '{"type":"Point","coordinates":[]}')}`,
      '[[106.55,29.56],null]',
      /empty geometries.*feature 2/,
    ],
    [
      'an empty polygon',
      `${feature('{}', polygon)},${feature('{}', '{"type":"Polygon","coordinates":[]}')},${feature('{}', '{"type":"MultiPolygon","coordinates":[[],[[]]]}')}`,
      `[[[${ring}]],null,null]`,
      /empty geometries.*2 features, the first is feature 2/,
    ],
    ['empty parts', feature('{}', `{"type":"MultiPolygon","coordinates":[[],[${ring}]]}`), `[[[${ring}]]]`, /1 features/],
    [
      'digits beyond a double',
      feature('{}', '{"type":"Point","coordinates":[106.5500000000000012345,29.56]}'),
      '[[106.55,29.56]]',
      /1 features/,
    ],
  ])('with %s become what the table says, with a note', async (_what, content, coordinates, note) => {
    const { features, said } = await brought(collection([content]));
    expect(
      JSON.stringify(features.map((f: { geometry: { coordinates: unknown } | null }) => f.geometry?.coordinates ?? null)),
    ).toBe(coordinates);
    expect(said).toMatch(note);
    const sent = await draft(collection([content]));
    expect([sent.status, sent.json.features]).toEqual([201, features.filter((f: { geometry: unknown }) => f.geometry).length]);
    await planner.delete(`/api/drafts/${sent.json.id}`);
  });

  it.each<[string, string, RegExp]>([
    ['longitudes beyond 180°', '{"type":"Point","coordinates":[190.5,29.5]}', /beyond ±180°; write -169.5/],
    ['swapped axes', '{"type":"Point","coordinates":[29.5,106.5]}', /swapped/],
    ['no number', '{"type":"Point","coordinates":["106.5",29.5]}', /number/],
    ['an open ring', '{"type":"Polygon","coordinates":[[[106.5,29.5],[106.6,29.5],[106.6,29.6],[106.5,29.6]]]}', /not closed/],
    ['a hole alone', `{"type":"Polygon","coordinates":[[],${ring}]}`, /hole without a ring/],
  ])('with %s are refused alike in a file, a draft and an edit', async (_what, geometry, words) => {
    const type = geometry.includes('Polygon') ? polygon : undefined;
    expect(bring(collection([feature('{}', type), feature('{}', geometry)]))).toMatchObject({
      status: 1,
      said: expect.stringMatching(words),
    });
    const refused = await draft(feature('{}', geometry));
    expect([refused.status, refused.json.detail]).toEqual([400, expect.stringMatching(words)]);
    const { layer } = await brought(collection([feature('{}', type)]));
    const sent = await steward.post(`/api/collections/${layer}/items`, feature('{}', geometry), {
      'content-type': 'application/geo+json',
    });
    expect([sent.status, sent.json.parameter, sent.json.detail]).toEqual([400, 'geometry', expect.stringMatching(words)]);
  });

  it('collections have no layer, and are drawn in drafts part by part', async () => {
    const both = `{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[106.55,29.56]},${polygon}]}`;
    expect(bring(collection([feature('{}'), feature('{}', both)]))).toMatchObject({
      status: 1,
      said: expect.stringMatching(/Feature 2 is a GeometryCollection/),
    });
    expect((await drawn(feature('{}', both))).drawn).toHaveLength(2);
  });

  it('of which nothing is left when they are repaired are kept without, and told', async () => {
    const flat = '{"type":"Polygon","coordinates":[[[106.5,29.5],[106.6,29.5],[106.55,29.5],[106.5,29.5]]]}';
    const { features, said } = await brought(collection([feature('{}', polygon), feature('{}', flat)]));
    expect(features[1].geometry).toBeNull();
    expect(said).toMatch(/1 invalid geometries were repaired \(feature 2.*nothing was left/);
  });

  it.each([
    ['190,20,200,30', /±180.*-170,20,-160,30/],
    ['29,106,30,107', /swapped/],
  ])('of a bbox that is none get their own sentence: %s', async (bbox, words) => {
    const { status, json } = await planner.get(`/api/collections/districts/items?bbox=${bbox}`);
    expect([status, json.parameter, json.detail]).toEqual([400, 'bbox', expect.stringMatching(words)]);
  });
});

describe('what the command says', () => {
  const chinese = { LC_ALL: 'zh_CN.UTF-8' };
  const told = (content: string, env: Record<string, string>, ...more: string[]) => {
    const layer = `incoming_${++layers}`;
    const file = join(folder, `${layer}.geojson`);
    writeFileSync(file, content);
    return yutuCommand(yutu, ['import', file, '--layer', layer, ...more], env);
  };
  const bowtie = '{"type":"Polygon","coordinates":[[[106.5,29.5],[106.6,29.6],[106.6,29.5],[106.5,29.6],[106.5,29.5]]]}';

  it('is Chinese where the language of who types it is, and English elsewhere', () => {
    const lossy = collection([feature('{"日期":"2026-02-30","a":{"b":1}}', bowtie, ',"id":7')]);
    const owner = ['--owner', 'planning'];
    const zh = told(lossy, chinese, ...owner);
    expect(zh.status).toBe(0);
    const lines = zh.said.trim().split('\n');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line).toMatch(/[一-龥]{2}/);
    expect(zh.said).toMatch(/修复了 1 个无效图形（第 1 个要素：自相交，在 106\.550000, 29\.550000）/);
    expect(zh.said).toMatch(/1 个要素，版本 1$/m);
    const en = told(lossy, {}, ...owner);
    expect(en.said).toMatch(/1 features, version 1$/m);
    expect(en.said.split('\n').filter((line) => /[一-龥]/.test(line.replaceAll('日期', '')))).toEqual([]);
  });

  it('also when it refuses', () => {
    const point = collection([feature('{"a":1}')]);
    expect(told(point, chinese, '--owner', 'nobody').said).toMatch(/^没有单位“nobody”/);
    expect(told(point, chinese).said).toMatch(/^缺少 --owner/);
    expect(told('{', chinese, '--owner', 'planning').said).toMatch(/^[^a-z]*[一-龥]/);
    expect(told('{', {}, '--owner', 'planning').said).not.toMatch(/[一-龥]/);
  });
});
