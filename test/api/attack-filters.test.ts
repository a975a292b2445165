import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, signIn, startYutu, type Yutu } from '../harness.js';
import { faultsOf, SLEEP, shoot, texts } from '../hostile.js';
import { ask, parcelsGift, parcelsWish } from '../story.js';

/** CQL2 as attackers write it: in literals, in structure and in size. The owner's steward asks, whom nothing stops before the parser. */
let yutu: Yutu;
let steward: Caller;
let planner: Caller;
beforeAll(async () => {
  yutu = await startYutu();
  steward = await signIn(yutu, 'steward');
  planner = await signIn(yutu, 'planner');
});
afterAll(() => yutu?.remove());

const items = '/api/collections/parcels/items';
const filtered = (filter: string, language: 'text' | 'json' = 'text', at = yutu, caller = steward) =>
  shoot(at, {
    method: 'GET',
    path: `${items}?limit=1&filter-lang=cql2-${language}&filter=${encodeURIComponent(filter)}`,
    headers: caller.headers,
  });
/** Memory of the whole process, MB. */
const memory = (of: Yutu) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${of.process.pid}/status`, 'utf8'))![1]) / 1024;

it('a literal is a value and nothing else: quoted, it matches no parcel', async () => {
  for (const text of texts.filter((t) => !t.includes('\0') && t.length < 3_000)) {
    // in text a backslash may stand before a quote only
    const quoted = text.replaceAll("'", "''").replaceAll('\\', '/');
    const answers = [
      await filtered(`code = '${quoted}'`),
      await filtered(JSON.stringify({ op: '=', args: [{ property: 'code' }, text] }), 'json'),
      await filtered(JSON.stringify({ op: 'in', args: [{ property: 'code' }, [text, `${text}'`]] }), 'json'),
    ];
    for (const answer of answers) {
      expect([text, answer.status, ...faultsOf(answer)]).toEqual([text, 200]);
      expect([text, JSON.parse(answer.text).numberMatched]).toEqual([text, 0]);
    }
  }
});

it('a literal that is not closed, a name that is no field, a value of another kind: 400 in our own words', async () => {
  const structures = [
    ...texts.map((t) => `code = '${t}`),
    ...texts.map((t) => `code = '' ${t}`),
    ...texts.filter((t) => t.trim() !== '').map((t) => `"${t.replaceAll('"', '')}" = 1`),
    ...texts.filter((t) => t.trim() !== '').map((t) => `code LIKE '%' AND ${t}`),
    'code = U&"\\0027"',
    'pg_sleep(5) = 1',
    'CASEI(pg_sleep(5)) = code',
    'S_INTERSECTS(geom, POINT(1e400 0))',
    'S_INTERSECTS(geom, POLYGON((0 0, 1 1)))',
    "T_AFTER(code, DATE('9999999-01-01'))",
    'area_m2 = 1 / 0',
    'area_m2 > 1e308 * 1e308',
    'fid = 1',
    'tableoid = 1',
    'ctid IS NOT NULL',
    'xmin IS NOT NULL',
  ];
  const wrong: string[] = [];
  for (const filter of structures) {
    const answer = await filtered(filter);
    for (const fault of faultsOf(answer)) wrong.push(`${fault} ← ${filter}`);
    // some are well formed by chance: then they are answered, quickly
    if (![200, 400].includes(answer.status)) wrong.push(`${answer.status} ← ${filter}`);
  }
  expect(wrong).toEqual([]);
  for (const column of ['fid', 'geom', 'tableoid', 'ctid', 'xmin', '__proto__', 'constructor', 'hasOwnProperty'])
    expect([column, (await filtered(`"${column}" IS NOT NULL`)).status]).toEqual([column, 400]);
});

it('JSON that only looks like CQL2 is 400', async () => {
  const odd = [
    '{"op":{"toString":1},"args":[]}',
    '{"op":"s_intersects","args":[{"op":{"toString":1}},{"property":"geom"}]}',
    '{"op":"s_intersects","args":[{"op":"__proto__","args":[]},{"property":"geom"}]}',
    '{"op":"=","args":[{"property":{"toString":1}},1]}',
    '{"op":"=","args":[{"property":"__proto__"},1]}',
    '{"op":"__proto__","args":[1,2]}',
    '{"op":"constructor","args":[1,2]}',
    '{"__proto__":{"op":"or","args":[true,true]}}',
    '{"op":"=","args":{"0":1,"1":1,"length":2}}',
    '{"op":"=","args":[{"property":"code"},{"date":{"toString":1}}]}',
    '{"op":"like","args":[{"property":"code"},{"op":"casei","args":[{"toString":1}]}]}',
    '{"op":"s_within","args":[{"property":"geom"},{"type":"__proto__","coordinates":[]}]}',
    '{"op":"s_within","args":[{"property":"geom"},{"type":"Polygon","coordinates":{"length":4}}]}',
    '{"op":"=","args":[{"property":"code"},"\\ud800"]}',
    '{"op":"=","args":[{"property":"code"},"\\u0000"]}',
    '1e999',
    'null',
    '[]',
    '""',
    '{',
  ];
  for (const filter of odd) {
    const answer = await filtered(filter, 'json');
    expect([filter, answer.status, ...faultsOf(answer)]).toEqual([filter, 400]);
  }
});

describe('size', () => {
  const deep = (n: number) => `${'('.repeat(n)}code = 'x'${')'.repeat(n)}`;
  const nots = (n: number) => `${'NOT '.repeat(n)}code = 'x'`;
  const deepJson = (n: number) => `${'{"op":"not","args":['.repeat(n)}true${']}'.repeat(n)}`;
  const wide = (n: number) => Array.from({ length: n }, () => 'code=1').join(' OR ');
  const wideJson = (n: number) => `{"op":"or","args":[${Array.from({ length: n }, () => 'true').join(',')}]}`;
  const list = (n: number) => `code IN (${Array.from({ length: n }, () => '1').join(',')})`;

  /** What fits into an address: a line of a request holds 16 kB. */
  it.each([
    ['deep text', () => filtered(deep(7_000)), 400],
    ['a chain of NOT', () => filtered(nots(2_500)), 400],
    ['deep JSON', () => filtered(deepJson(250), 'json'), 400],
    ['a wide OR', () => filtered(wide(1_000)), 400],
    ['a wide OR in JSON', () => filtered(wideJson(2_050), 'json'), 400],
    ['a long list', () => filtered(list(2_500)), 400],
    ['deep brackets that are no filter', () => filtered('['.repeat(5_000), 'json'), 400],
    ['50,000 deep', () => filtered(deep(50_000)), 431],
    ['10,000 wide', () => filtered(wide(10_000)), 431],
  ] as const)('%s is refused at once', async (_what, fire, status) => {
    await filtered('area_m2 > 1'); // warm
    const times: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      const answer = await fire();
      expect([answer.status, ...faultsOf(answer)]).toEqual([status]);
      times.push(answer.ms);
    }
    expect(Math.min(...times)).toBeLessThan(200);
  });

  it('a grant’s row filter, which comes in a body, is no way round it', async () => {
    const request = await ask(planner, parcelsWish);
    const decide = (rows: unknown) =>
      shoot(yutu, {
        method: 'POST',
        path: `/api/requests/${request.id}/decision`,
        headers: { ...steward.headers, 'content-type': 'application/json' },
        body: JSON.stringify({ outcome: 'narrower', reason: 'x', grant: { ...parcelsGift, rows } }),
      });
    for (const rows of [deep(50_000), deep(9_000), nots(4_000), wide(10_000), wide(1_900), wideJson(10_000), deepJson(50_000)]) {
      const times: number[] = [];
      for (let turn = 0; turn < 3; turn++) {
        const answer = await decide(rows);
        expect([rows.slice(0, 20), answer.status, ...faultsOf(answer)]).toEqual([rows.slice(0, 20), 400]);
        times.push(answer.ms);
      }
      expect(Math.min(...times)).toBeLessThan(200);
    }
    expect((await planner.get('/api/grants')).json.grants).toEqual([]);
  });

  it('a thousand of them leave the memory as it was', async () => {
    // A heap that is small is collected often: what still grows is kept, not garbage that waits.
    const small = await startYutu({ env: { NODE_OPTIONS: '--max-old-space-size=160 --max-semi-space-size=8' } });
    try {
      const caller = await signIn(small, 'steward');
      const volley = async (n: number) => {
        for (let i = 0; i < n; i++)
          await Promise.all([
            filtered(deep(7_000), 'text', small, caller),
            filtered(wide(1_000), 'text', small, caller),
            filtered(deepJson(250), 'json', small, caller),
          ]);
      };
      await volley(100); // what the engine keeps anyway
      // what is kept comes on top with every volley
      const growth: number[] = [];
      for (let turn = 0; turn < 3; turn++) {
        const before = memory(small);
        await volley(250);
        growth.push(memory(small) - before);
      }
      expect(Math.min(...growth)).toBeLessThan(10);
    } finally {
      await small.remove();
    }
  });
});

it('an injected pg_sleep takes no longer than a harmless text of its length', async () => {
  const sleepers = texts.filter((t) => t.includes('pg_sleep'));
  const median = (list: number[]) => list.sort((a, b) => a - b)[list.length >> 1]!;
  const timed = async (text: string) => {
    const places = ['limit', 'bbox', 'datetime', 'after', 'code', 'filter'].map(
      (name) => `${items}?${name}=${encodeURIComponent(text)}`,
    );
    const times: number[] = [];
    for (const path of [...places, `/api/search?q=${encodeURIComponent(text)}`, `/api/collections/${encodeURIComponent(text)}`])
      times.push((await shoot(yutu, { method: 'GET', path, headers: steward.headers })).ms);
    return Math.max(...times);
  };
  const [slow, plain]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 3; turn++)
    for (const text of sleepers) {
      slow.push(await timed(text));
      plain.push(await timed('y'.repeat(text.length)));
    }
  expect(sleepers.length).toBeGreaterThan(3);
  // of what the sleep would add, a fifth is already far beyond noise
  expect(median(slow) - median(plain)).toBeLessThan(SLEEP * 200);
});
