import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { create, point, write } from '../editing.js';
import { type Caller, scratch, signIn, startYutu, type Yutu, yutuCommand } from '../harness.js';
import { allItems, day } from '../story.js';

/** A delivery takes the place of a layer's features: what it names again keeps its id, and what would be lost needs a word. */
let yutu: Yutu;
let folder: string;
let steward: Caller;
beforeAll(async () => {
  yutu = await startYutu();
  steward = await signIn(yutu, 'steward-transport');
  folder = mkdtempSync(join(scratch(), 'deliveries-'));
});
afterAll(async () => {
  if (folder) rmSync(folder, { recursive: true });
  await yutu?.remove();
});

/** Writes a file of points with these properties and imports it; the layer is the transport bureau's. */
function bring(layer: string, rows: object[], ...more: string[]) {
  const file = join(folder, `${layer}.geojson`);
  const features = rows.map((properties, i) => point(106.5 + i / 1e4, 29.5, properties));
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
  const { status, said } = yutuCommand(yutu, ['import', file, '--layer', layer, ...more]);
  return { status, said };
}
const begin = (layer: string, rows: object[], ...more: string[]) =>
  expect(bring(layer, rows, '--owner', 'transport', ...more)).toMatchObject({ status: 0 });
const deliver = (layer: string, rows: object[], ...more: string[]) => bring(layer, rows, '--replace', ...more);

const standing = async (layer: string) => (await steward.get(`/api/collections/${layer}`)).json.yutu;
/** The ids, by the values of a field. */
async function ids(layer: string, field: string): Promise<Record<string, number>> {
  const { features } = await allItems(steward, `/api/collections/${layer}/items?limit=1000`);
  return Object.fromEntries(features.map(({ id, properties }) => [String(properties[field]), id]));
}
const stops = (...codes: (string | number)[]) => codes.map((code) => ({ line: 1, code: String(code), name: `站${code}` }));

describe('ids', () => {
  it('are kept by the field that names features on both sides, which is guessed and said', async () => {
    begin('guessed', stops('A', 'B', 'C'));
    const { status, said } = deliver('guessed', stops('C', 'D', 'A'));
    expect([status, said]).toEqual([0, expect.stringMatching(/2 kept, 1 new, 1 gone, by "code" \(guessed/)]);
    expect(await ids('guessed', 'code')).toEqual({ A: 1, C: 3, D: 4 });
    // What is gone comes back as something new: its id is not used again.
    expect(deliver('guessed', stops('A', 'B', 'C')).said).toMatch(/2 kept, 1 new, 1 gone, by "code"/);
    expect(await ids('guessed', 'code')).toEqual({ A: 1, B: 5, C: 3 });
  });

  it('are kept by the field that the command names; the layer has it from then on', async () => {
    // `code` would be guessed, it is the first.
    const rows = (...pairs: [string, number][]) => pairs.map(([code, number]) => ({ code, number }));
    begin('named', rows(['A', 1], ['B', 2], ['C', 3]));
    const renamed = rows(['B', 1], ['C', 2], ['A', 3]);
    expect(deliver('named', renamed, '--key', 'number').said).toMatch(/3 kept, 0 new, 0 gone, by "number" \(named\)/);
    expect(await ids('named', 'number')).toEqual({ 1: 1, 2: 2, 3: 3 });
    const again = rows(['C', 1], ['A', 2], ['B', 3]);
    expect(deliver('named', again).said).toMatch(/3 kept, 0 new, 0 gone, by "number" \(declared\)/);
    expect(await ids('named', 'code')).toEqual({ C: 1, A: 2, B: 3 });
    // Another one for once.
    expect(deliver('named', rows(['A', 1], ['B', 2], ['C', 3]), '--key', 'code').said).toMatch(/by "code" \(named\)/);
    expect(await ids('named', 'code')).toEqual({ C: 1, A: 2, B: 3 });
    expect(deliver('named', again).said).toMatch(/by "number" \(declared\)/);
    for (const wrong of ['nosuch', 'Number'])
      expect(deliver('named', again, '--key', wrong)).toEqual({
        status: 1,
        said: expect.stringMatching(new RegExp(`no field "${wrong}" of type text or whole number.*"code", "number"`)),
      });
  });

  it('are kept by the field that a new layer is given', async () => {
    begin('declared', stops('A', 'B'), '--key', 'name');
    expect(deliver('declared', stops('B', 'A')).said).toMatch(/2 kept, 0 new, 0 gone, by "name" \(declared\)/);
  });

  it('are all new where there is no such field, and where the command says so', async () => {
    begin('keyless', [{ line: 1 }, { line: 1 }]);
    const without = deliver('keyless', [{ line: 1 }, { line: 1 }]);
    expect([without.status, without.said]).toEqual([0, expect.stringMatching(/all ids are new: no field .*--key/)]);
    expect((await allItems(steward, '/api/collections/keyless/items')).features.map(({ id }) => id)).toEqual([3, 4]);
    begin('fresh', stops('A', 'B'));
    expect(deliver('fresh', stops('A', 'B'), '--key', 'none').said).toMatch(/all ids are new, as --key none says/);
    expect(await ids('fresh', 'code')).toEqual({ A: 3, B: 4 });
    // Less than half of the smaller side is no key.
    expect(deliver('fresh', stops('A', 'X', 'Y')).said).toMatch(/2 kept|1 kept/);
    expect(deliver('fresh', stops('A', 'Q', 'R')).said).toMatch(/all ids are new: no field/);
  });

  it('are not kept by a value that is there twice, on either side', async () => {
    begin('doubled', stops('A', 'B', 'B', 'C'), '--key', 'code');
    const { status, said } = deliver('doubled', stops('A', 'A', 'B', 'C'));
    expect([status, said]).toEqual([0, expect.stringMatching(/1 kept, 3 new, 3 gone, by "code" \(declared\)/)]);
    expect(said).toMatch(/"code": 2 values stand more than once, as "A" does: they match nothing/);
    expect(await ids('doubled', 'code')).toMatchObject({ C: 4, B: 7 });
    const empty = deliver('doubled', [...stops('A', 'B', 'C'), { line: 1, name: 'x' }]);
    expect(empty.said).toMatch(/"code": 1 feature of the file has none and matches nothing/);
    expect((await ids('doubled', 'code')).C).toBe(4);
  });

  it('of a delivery that was large are not given again either', async () => {
    const many = Array.from({ length: 2_500 }, (_, i) => i);
    begin('large', stops(...many), '--key', 'code');
    expect(deliver('large', stops(...many.slice(0, 100))).said).toMatch(/100 kept, 0 new, 2400 gone/);
    expect(deliver('large', stops(...many.slice(0, 100), 'new')).said).toMatch(/100 kept, 1 new, 0 gone/);
    expect((await ids('large', 'code')).new).toBe(2_501);
    const { id } = await create(steward, point(106.6, 29.6, { code: 'edited' }), 'large');
    expect(id).toBe(2_502);
    expect((await write(steward, 'DELETE', id, undefined, '*', 'large')).status).toBe(204);
    expect(deliver('large', stops(...many.slice(0, 100), 'newer')).said).toMatch(/100 kept, 1 new, 1 gone/);
    expect((await ids('large', 'code')).newer).toBe(2_503);
  });
});

describe('a delivery', () => {
  it('is declared as an update of today, or of the day named; what differs in nothing, too, without a new version', async () => {
    begin('fresher', stops('A', 'B'), '--as-of', '2020-01-01');
    expect(await standing('fresher')).toMatchObject({ lastUpdate: '2020-01-01', version: 1, overdueDays: expect.any(Number) });
    expect((await standing('fresher')).overdueDays).toBeGreaterThan(1000);
    expect(deliver('fresher', stops('A', 'C')).status).toBe(0);
    expect(await standing('fresher')).toMatchObject({
      lastUpdate: day(0),
      lastUpdateKind: 'delivery',
      overdueDays: 0,
      version: 2,
    });
    const same = deliver('fresher', stops('A', 'C'), '--as-of', day(0, -40));
    expect([same.status, same.said]).toEqual([0, expect.stringMatching(/nothing differs.*version 2/s)]);
    expect(await standing('fresher')).toMatchObject({ lastUpdate: day(0, -40), lastUpdateKind: 'delivery', version: 2 });
    const { entries } = (await (await signIn(yutu, 'auditor')).get('/api/audit?layer=fresher&limit=10')).json;
    const deeds = entries.map(({ action, actor }: { action: string; actor: string }) => `${action} by ${actor}`).reverse();
    expect(deeds.filter((deed: string) => !deed.startsWith('access'))).toEqual([
      'layer_registered by command line',
      'layer_replaced by command line',
      'update_delivery by command line',
      'update_delivery by command line',
    ]);
    expect(yutuCommand(yutu, ['audit', 'verify']).status).toBe(0);
  });

  it('has a day that is one and has come', () => {
    for (const wrong of ['2026-02-30', 'yesterday', day(1)])
      expect(deliver('fresher', stops('A', 'C'), '--as-of', wrong)).toEqual({
        status: 2,
        said: expect.stringMatching(/--as-of is a day that has come, as in/),
      });
  });

  const held = { code: 'A', name: '站', opened: 1999 };
  it('that would lose or empty columns is refused, and names them all', async () => {
    begin('columns', [held, { ...held, code: 'B', opened: null }]);
    const { status, said } = deliver('columns', [{ code: 'A', Name: 'a', sheltered: true }]);
    expect(status).toBe(1);
    expect(said).toMatch(/properties that the layer has no field for: "Name" \(did you mean "name"\?\), "sheltered"/);
    expect(said).toMatch(/no values of its fields "name", "opened"/);
    expect(said).toMatch(/--ignore-new.*--leave-empty/s);
    expect(await standing('columns')).toMatchObject({ version: 1, lastUpdateKind: null });
    const rows = [
      { ...held, lit: 1 },
      { ...held, code: 'B' },
    ];
    const more = deliver('columns', rows);
    expect([more.status, more.said]).toEqual([1, expect.stringMatching(/"lit".*--ignore-new/s)]);
    expect(more.said).not.toMatch(/--leave-empty/);
    expect(deliver('columns', rows, '--leave-empty').status).toBe(1);
    const left = deliver('columns', rows, '--ignore-new');
    expect([left.status, left.said]).toEqual([0, expect.stringMatching(/left out: "lit"/)]);
    const less = [{ code: 'A', name: '站' }];
    expect(deliver('columns', less, '--ignore-new').said).toMatch(/no values of its field "opened".*--leave-empty/s);
    expect(deliver('columns', less, '--leave-empty').said).toMatch(/left empty: "opened"/);
    // What is empty already loses nothing.
    expect(deliver('columns', [{ code: 'A', name: '新站' }])).toMatchObject({ status: 0 });
  });

  it('hints at names that differ in how they are written', async () => {
    begin('accents', [{ code: 'A', rév: 'x'.normalize('NFC') }]);
    const { said } = deliver('accents', [{ code: 'A', ['rév'.normalize('NFD')]: 'y' }]);
    expect(said.normalize('NFC')).toMatch(/\(did you mean "rév"\?\)/);
  });

  it('of another definition is refused with what differs', async () => {
    begin('defined', stops('A'));
    const field = (name: string, type: string) => ({ name, titleZh: name, titleEn: name, type, class: 'conditional' });
    const definition = join(folder, 'definition.json');
    const other = {
      ...{ id: 'defined', titleZh: '站', titleEn: 'Stops', kind: 'thematic', theme: 'transport', owner: 'transport' },
      ...{ sharingClass: 'conditional', disclosure: 'none', geometryType: 'line', srid: 4545 },
      fields: [field('code', 'integer'), field('name', 'text'), field('lit', 'boolean')],
    };
    writeFileSync(definition, JSON.stringify(other));
    const { status, said } = deliver('defined', stops('A'), '--definition', definition);
    expect([status, said]).toEqual([1, expect.stringMatching(/"code" is text, not integer/)]);
    for (const words of [/line.*point|point.*line/, /4545.*4490|4490.*4545/, /no field "lit"/, /field "line".*lack|lack.*"line"/])
      expect(said).toMatch(words);
    writeFileSync(definition, JSON.stringify({ ...other, owner: 'planning' }));
    expect(deliver('defined', stops('A'), '--definition', definition).said).toMatch(/belongs to "transport", not to "planning"/);
  });

  it('by another owner, with another title or theme is refused by name', async () => {
    begin('owned', stops('A'), '--title', '站点', '--theme', 'transport');
    const version = async () => (await standing('owned')).version;
    expect(deliver('owned', stops('A', 'B'), '--owner', 'planning')).toEqual({
      status: 2,
      said: expect.stringMatching(/"owned" belongs to "transport", not to "planning"/),
    });
    expect(deliver('owned', stops('A', 'B'), '--title', '车站')).toEqual({
      status: 2,
      said: expect.stringMatching(/--title "车站".*"站点"/),
    });
    expect(deliver('owned', stops('A', 'B'), '--theme', 'land')).toEqual({
      status: 2,
      said: expect.stringMatching(/--theme "land".*"transport"/),
    });
    expect(await version()).toBe(1);
    const same = ['--owner', 'transport', '--title', '站点', '--theme', 'transport'];
    expect(deliver('owned', stops('A', 'B'), ...same)).toMatchObject({ status: 0 });
    expect(await version()).toBe(2);
  });
});
