import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bring } from '../bring.js';
import { type Caller, root, scratch, signIn, startYutu, type Yutu } from '../harness.js';

/** The standard's own predicates (OGC 21-065r2, abstract test suite) over its own data: a class is declared when all of its hold. */

interface Row {
  cls: string;
  collection: string;
  expr: string;
  expected: number;
}
const folder = join(root, 'test/fixtures/cql2');
const rows: Row[] = JSON.parse(readFileSync(join(folder, 'predicates.json'), 'utf8'));
/** Their expected values do not fit the data. */
const WRONG = [
  "ACCENTI(name) LIKE accenti('Ch%')",
  "ACCENTI(CASEI(name)) LIKE accenti(casei('Chiș%'))",
  "ACCENTI(CASEI(name)) LIKE accenti(casei('cHis%'))",
];
const COMBINED = 'basic-cql2-combos';

let yutu: Yutu;
let steward: Caller;
beforeAll(async () => {
  // Times of the data name no zone.
  yutu = await startYutu({ env: { TIMEZONE: 'UTC' } });
  steward = await signIn(yutu, 'steward-planning');
  for (const collection of new Set(rows.map((row) => row.collection))) {
    const file = JSON.parse(readFileSync(join(folder, `${collection}.geojson`), 'utf8'));
    const names: string[] = [...new Set<string>(file.features.flatMap((f: { properties: object }) => Object.keys(f.properties)))];
    const valuesOf = (name: string) =>
      file.features
        .map((f: { properties: Record<string, unknown> }) => f.properties[name])
        .filter((v: unknown) => v !== null && v !== undefined);
    const typeOf = (name: string) => {
      const values = valuesOf(name);
      if (name === 'date') return 'date';
      if (name === 'start' || name === 'end') return 'timestamp';
      if (values.length > 0 && values.every((v: unknown) => typeof v === 'boolean')) return 'boolean';
      if (values.length > 0 && values.every((v: unknown) => typeof v === 'number')) return 'double';
      return 'text';
    };
    const titles = { titleZh: 'a', titleEn: 'a' };
    const type: string = file.features[0].geometry.type;
    const definition = {
      id: collection,
      ...titles,
      ...{ kind: 'thematic', theme: 'base', owner: 'planning', sharingClass: 'conditional', disclosure: 'none', srid: 4326 },
      geometryType: type.endsWith('Point') ? 'point' : type.endsWith('LineString') ? 'line' : 'polygon',
      fields: names.map((name) => ({ name, ...titles, type: typeOf(name) })),
    };
    const own = join(scratch(), `${collection}-def.json`);
    writeFileSync(own, JSON.stringify(definition));
    bring(yutu, collection, join(folder, `${collection}.geojson`), ['--definition', own, '--owner', 'planning'], {
      TIMEZONE: 'UTC',
    });
  }
});
afterAll(() => yutu?.remove());

it('conformance names the classes that hold, and no others', async () => {
  const failed = new Map<string, string[]>();
  for (const { cls, collection, expr, expected } of rows) {
    if (WRONG.includes(expr)) continue;
    const { status, json } = await steward.get(`/api/collections/${collection}/items?limit=1&filter=${encodeURIComponent(expr)}`);
    const told = status === 200 ? json.numberMatched : status;
    failed.set(cls, [...(failed.get(cls) ?? []), ...(told === expected ? [] : [`${expr} → ${told}, not ${expected}`])]);
  }
  const holding = [...failed].flatMap(([cls, faults]) => (faults.length === 0 && cls !== COMBINED ? [cls] : []));
  const { conformsTo } = (await steward.get('/api/conformance')).json;
  const declared = conformsTo
    .filter((uri: string) => uri.startsWith('http://www.opengis.net/spec/cql2/1.0/conf/'))
    .map((uri: string) => uri.split('/').at(-1))
    .filter((cls: string) => !['cql2-text', 'cql2-json'].includes(cls));
  expect(failed.get(COMBINED)).toEqual([]);
  expect(declared.sort()).toEqual(holding.sort());
});
