import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bring, caseFile, tryImport } from '../bring.js';
import { point } from '../editing.js';
import { type Caller, scratch, signIn, startYutu, type Yutu } from '../harness.js';

/** What a time means: TIMEZONE decides where it names no zone. */

let yutu: Yutu;
let steward: Caller;
beforeAll(async () => {
  yutu = await startYutu({ env: { TZ: 'America/New_York' } });
  steward = await signIn(yutu, 'steward-planning');
});
afterAll(() => yutu?.remove());

const items = (layer: string, query = '') => steward.get(`/api/collections/${layer}/items${query}`);
const valuesOf = async (layer: string) =>
  (await items(layer)).json.features.map((f: { properties: object }) => f.properties) as Record<string, unknown>[];
const fieldsOf = async (layer: string) =>
  Object.fromEntries(
    (await steward.get(`/api/collections/${layer}`)).json.yutu.fields.map((f: { name: string; type: string }) => [
      f.name,
      f.type,
    ]),
  );

/** A definition with fields of these types. */
function definition(id: string, fields: Record<string, string>, more: object = {}): string {
  const file = join(scratch(), `${id}-def.json`);
  const titles = { titleZh: 'a', titleEn: 'a' };
  const rest = {
    kind: 'thematic',
    theme: 'base',
    owner: 'planning',
    sharingClass: 'conditional',
    disclosure: 'none',
    geometryType: 'point',
  };
  const list = Object.entries(fields).map(([name, type]) => ({ name, ...titles, type }));
  writeFileSync(file, JSON.stringify({ id, ...titles, ...rest, fields: list, ...more }));
  return file;
}

describe('an import', () => {
  it('reads the same instants under every TZ', async () => {
    for (const [i, TZ] of ['UTC', 'Asia/Shanghai', 'America/New_York'].entries()) {
      const layer = `imp_ts_${i}`;
      const own = definition(layer, { t: 'timestamp', d: 'date' });
      const said = bring(yutu, layer, caseFile('imp-timestamps2.geojson'), ['--definition', own, '--owner', 'planning'], { TZ });
      expect(said).toContain('"t" has 2 times without a zone, read as Asia/Shanghai');
      expect(said).toContain('"d" has 5 times, of which the day in Asia/Shanghai was taken');
      const values = await valuesOf(layer);
      expect(values.map(({ t }) => t)).toEqual([
        '2024-01-01T00:00:00.000Z',
        '2024-01-01T00:00:00.000Z',
        '2023-12-31T16:00:00.000Z',
        '2024-01-01T08:00:00.000Z',
        '2024-01-01T00:00:00.000Z',
      ]);
      expect(new Set(values.map(({ d }) => d))).toEqual(new Set(['2024-01-01']));
    }
  });

  it('follows the setting TIMEZONE', async () => {
    const far = await startYutu({ env: { TIMEZONE: 'Asia/Urumqi' } });
    try {
      const own = definition('imp_far', { t: 'timestamp' });
      bring(far, 'imp_far', [point(106.5, 29.5, { t: '2024-01-01T08:00:00' })], ['--definition', own, '--owner', 'planning'], {
        TIMEZONE: 'Asia/Urumqi',
      });
      const there = await signIn(far, 'steward-planning');
      const read = async (query = '') => (await there.get(`/api/collections/imp_far/items${query}`)).json;
      expect((await read()).features[0].properties.t).toBe('2024-01-01T02:00:00.000Z');
      expect((await read(`?filter=${encodeURIComponent("t='2024-01-01T08:00:00'")}`)).numberMatched).toBe(1);
      await there.post('/api/collections/imp_far/items', point(106.5, 29.5, { t: '2024-01-01 09:00' }));
      expect((await read('?t=2024-01-01T03:00:00Z')).numberMatched).toBe(1);
    } finally {
      await far.remove();
    }
  });

  it('infers times where all values are', async () => {
    const rows = [
      {
        rfc: '2024-01-01T08:00:00Z',
        lower: '2024-01-01t08:00:00.5z',
        offset: '2024-01-01T08:00:00+08:00',
        bare: '2024-01-01 08:00:00',
        day: '2024-01-01',
      },
      { rfc: '2024-01-02T08:00:00-05:00', lower: null, offset: '2024-01-01T08:00:00+0800', bare: '2024-01-01T08:00', day: null },
    ];
    bring(
      yutu,
      'inferred',
      rows.map((properties) => point(106.5, 29.5, properties)),
    );
    expect(await fieldsOf('inferred')).toEqual({
      rfc: 'timestamp',
      lower: 'timestamp',
      offset: 'timestamp',
      bare: 'timestamp',
      day: 'date',
    });
    expect((await valuesOf('inferred'))[0]).toMatchObject({
      lower: '2024-01-01T08:00:00.500Z',
      bare: '2024-01-01T00:00:00.000Z',
    });
  });

  it('keeps dates that there are not as text, and says so', async () => {
    const said = bring(yutu, 'imp_baddate', caseFile('imp-baddate.geojson'));
    expect(said).toContain('"d" is kept as text: 2024-02-30 is no date that there is');
    expect(await fieldsOf('imp_baddate')).toEqual({ d: 'text' });
    expect((await valuesOf('imp_baddate')).map(({ d }) => d)).toEqual(['2024-02-30', '2024-03-01']);
    const rows = [
      {
        zero: '0000-01-01',
        far: '9999-12-31T23:59:59-12:00',
        mixed: '2024-01-01',
        hour: '2024-01-01T25:00:00Z',
        last: '9999-12-31T23:59:59Z',
        words: '2024-01-01',
      },
      {
        zero: '2024-01-01',
        far: '2024-01-01T00:00:00Z',
        mixed: '2024-01-01T00:00:00Z',
        hour: '2024-01-01T05:00:00Z',
        last: null,
        words: 'soon',
      },
    ];
    const more = bring(
      yutu,
      'never_dates',
      rows.map((properties) => point(106.5, 29.5, properties)),
    );
    expect(await fieldsOf('never_dates')).toEqual({
      zero: 'text',
      far: 'text',
      mixed: 'text',
      hour: 'text',
      last: 'timestamp',
      words: 'text',
    });
    for (const word of [
      '0000-01-01',
      '9999-12-31T23:59:59-12:00',
      '2024-01-01T25:00:00Z',
      'some of its values are days, others times',
    ])
      expect(more).toContain(word);
    expect(more).not.toContain('"words"');
  });

  it('with a definition refuses what its column cannot hold, in words', () => {
    const own = definition('imp_no', { t: 'timestamp' });
    for (const t of ['0000-06-01T00:00:00Z', '2024-02-30T00:00:00Z', '2024-01-01 08:00 GMT+3']) {
      const file = join(scratch(), 'no.geojson');
      writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features: [point(106.5, 29.5, { t })] }));
      const { status, said } = tryImport(yutu, file, 'imp_no', ['--definition', own, '--owner', 'planning']);
      expect([status, said]).toEqual([1, expect.stringContaining('"t" is')]);
    }
    const wrong = definition('imp_no', { t: 'text' }, { time: { instant: 't' } });
    const { said } = tryImport(yutu, caseFile('imp-baddate.geojson'), 'imp_no', ['--definition', wrong, '--owner', 'planning']);
    expect(said).toContain('time names date or timestamp fields');
  });
});

describe('years that there are not', () => {
  const impossible = [
    '0000-01-01',
    '0000-06-01T00:00:00Z',
    '0001-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59-12:00',
    '10000-01-01',
    '10000-01-01T00:00:00Z',
  ];

  it('are 400 wherever a date is written', async () => {
    bring(
      yutu,
      'imp_ts_def',
      [point(106.5, 29.5, { t: '2024-01-01T08:00:00', d: '2024-01-01' })],
      ['--definition', caseFile('imp-timestamps-def.json'), '--owner', 'planning'],
    );
    const path = '/api/collections/imp_ts_def';
    const { headers } = await steward.get(`${path}/items/1`);
    for (const time of impossible) {
      const asks: [string, Promise<{ status: number }>][] = [
        ...['t', 'd'].flatMap((field): [string, Promise<{ status: number }>][] => [
          ['POST', steward.post(`${path}/items`, point(106.51, 29.51, { [field]: time }))],
          ['PUT', steward.send('PUT', `${path}/items/1`, point(106.51, 29.51, { [field]: time }), { 'if-match': headers.etag! })],
          [
            'PATCH',
            steward.send(
              'PATCH',
              `${path}/items/1`,
              { properties: { [field]: time } },
              { 'content-type': 'application/merge-patch+json', 'if-match': headers.etag! },
            ),
          ],
          ['filter', steward.get(`${path}/items?filter=${encodeURIComponent(`${field} > '${time}'`)}`)],
          ['filter in', steward.get(`${path}/items?filter=${encodeURIComponent(`${field} IN ('${time}')`)}`)],
          ['parameter', steward.get(`${path}/items?${field}=${encodeURIComponent(time)}`)],
          ['statistics', steward.get(`${path}/statistics?filter=${encodeURIComponent(`${field} < '${time}'`)}`)],
          ['verify', steward.post(`${path}/verify`, { id: 1, claims: { [field]: time } })],
        ]),
        ...[time, `${time}/..`, `../${time}`].map((one): [string, Promise<{ status: number }>] => [
          'datetime',
          steward.get(`${path}/items?datetime=${encodeURIComponent(one)}`),
        ]),
        ['usage', steward.get(`${path}/usage?from=${encodeURIComponent(time)}`)],
        ['key', steward.post('/api/keys', { name: 'k', layers: ['imp_ts_def'], until: time })],
        ['delegation', steward.post('/api/account/delegations', { delegate: 'x', from: time, until: time })],
      ];
      for (const [what, answer] of asks) expect([what, time, (await answer).status]).toEqual([what, time, 400]);
    }
    expect((await steward.get(`${path}/usage?from=2024-02-30`)).status).toBe(400);
    expect((await items('imp_ts_def', '?t=2024-01-01T00:00:00Z&d=2024-01-01')).json.numberMatched).toBe(1);
  });

  it('are not the first and the last', async () => {
    for (const t of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '1900-01-01T00:00:00Z'])
      expect((await steward.post('/api/collections/imp_ts_def/items', point(106.51, 29.51, { t }))).json.properties.t).toBe(
        t.replace('Z', '.000Z'),
      );
    expect((await items('imp_ts_def', '?datetime=0001-01-01/9999-12-31')).status).toBe(200);
    expect((await items('imp_ts_def', '?datetime=2024-01-01/9999-12-31T23:59:59Z')).status).toBe(200);
  });
});

describe('datetime', () => {
  const matched = async (layer: string, datetime: string) => {
    const { json } = await items(layer, `?datetime=${encodeURIComponent(datetime)}`);
    return json.features?.map((f: { properties: { n: string } }) => f.properties.n).join('') ?? json.status;
  };

  beforeAll(() => {
    const rows = [
      { n: 'a', t: '2024-01-01T08:00:00', d: '2024-01-01' },
      { n: 'b', t: '2024-01-02T00:00:00', d: '2024-01-02' },
      { n: 'c', t: '2024-02-01T23:59:59', d: '2024-02-01' },
      { n: 'd' },
    ].map((properties) => point(106.5, 29.5, properties));
    const fields = { n: 'text', t: 'timestamp', d: 'date' };
    for (const [id, time] of [
      ['timed', { instant: 't' }],
      ['dated', { instant: 'd' }],
      ['untimed', null],
    ] as const)
      bring(yutu, id, rows, ['--definition', definition(id, fields, { time }), '--owner', 'planning']);
    const spans = [
      { n: 'a', from: '2024-01-01', to: '2024-01-31T12:00:00Z' },
      { n: 'b', from: '2024-02-01' },
      { n: 'c', to: '2023-12-31T00:00:00Z' },
      { n: 'd' },
    ].map((properties) => point(106.5, 29.5, properties));
    bring(yutu, 'spans', spans, [
      '--definition',
      definition('spans', { n: 'text', from: 'date', to: 'timestamp' }, { time: { start: 'from', end: 'to' } }),
      '--owner',
      'planning',
    ]);
  });

  it.each([
    ['2024-01-01', 'ad'],
    ['2024-01-01T08:00:00', 'ad'],
    ['2024-01-01T00:00:00Z', 'ad'],
    ['2024-01-01t00:00:00z', 'ad'],
    ['2024-01-01T08:00:00+08:00', 'ad'],
    ['2024-01-01T09:00:00', 'd'],
    ['2024-01-01/2024-01-02', 'abd'],
    ['2024-01-02/..', 'bcd'],
    ['../2024-01-01', 'ad'],
    ['/2024-01-01T15:59:59Z', 'ad'],
    ['2024-02-01/2024-02-01', 'cd'],
    ['2025-01-01/2024-01-01', 400],
    ['../..', 400],
    ['2024-02-30', 400],
    ['soon', 400],
  ])('%s keeps %s of a field of instants', async (datetime, kept) => {
    expect(await matched('timed', datetime)).toBe(kept);
    expect(await matched('untimed', datetime)).toBe(kept === 400 ? 400 : 'abcd');
  });

  it('keeps days that it meets, in the instance’s zone', async () => {
    for (const [datetime, kept] of [
      ['2024-01-01', 'ad'],
      ['2023-12-31T16:00:00Z', 'ad'],
      ['2024-01-01T15:59:59Z/2024-01-01T16:00:00Z', 'abd'],
      ['2024-01-03/..', 'cd'],
    ] as const)
      expect([datetime, await matched('dated', datetime)]).toEqual([datetime, kept]);
  });

  it('keeps intervals that it meets, with open ends', async () => {
    for (const [datetime, kept] of [
      ['2024-01-31', 'ad'],
      ['2024-01-31T12:00:01Z/2024-01-31T15:00:00Z', 'd'],
      ['2024-02-01', 'bd'],
      ['2023-01-01', 'cd'],
      ['../2024-01-01', 'acd'],
      ['2024-01-31/..', 'abd'],
    ] as const)
      expect([datetime, await matched('spans', datetime)]).toEqual([datetime, kept]);
  });

  it('is joined with the other filters, and counted', async () => {
    const { json } = await items('timed', `?datetime=2024-01-01/..&limit=1&filter=${encodeURIComponent("n IN ('a','c')")}`);
    expect([json.numberMatched, json.features.length]).toEqual([2, 1]);
    const next = await steward.get(json.links.find((l: { rel: string }) => l.rel === 'next').href);
    expect(next.json.features[0].properties.n).toBe('c');
  });

  it('is told of by the collection', async () => {
    const of = async (layer: string) => (await steward.get(`/api/collections/${layer}`)).json;
    expect((await of('timed')).yutu.time).toEqual({ instant: 't', timezone: 'Asia/Shanghai' });
    expect((await of('spans')).extent.temporal.interval).toEqual([[null, null]]);
    expect([(await of('untimed')).yutu.time, (await of('untimed')).extent.temporal]).toEqual([null, undefined]);
  });
});
