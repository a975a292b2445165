import { beforeAll, expect, it } from 'vitest';
import { anonymous, type Caller, signIn } from '../harness.js';
import { shared } from '../instance.js';

/** 05 is commerce in GB/T 21010 and wetland in the classification of land and sea use: a code is nothing without its system. */
let steward: Caller;
beforeAll(async () => {
  steward = await signIn(shared(), 'steward');
});

interface Field {
  name: string;
  codes: { value: string; labelZh: string }[] | null;
  codeSystem: string | null;
}

it('goes with the codes of a field, in the collection and among the queryables', async () => {
  const { yutu } = (await steward.get('/api/collections/parcels')).json;
  const landUse = (yutu.fields as Field[]).find(({ name }) => name === 'land_use')!;
  expect(landUse.codeSystem).toBe('GB/T 21010-2017');
  expect(landUse.codes).toContainEqual({ value: '05', labelZh: '商服用地', labelEn: 'Commerce and services' });
  const { properties } = (await steward.get('/api/collections/parcels/queryables')).json;
  expect(properties.land_use).toMatchObject({ 'x-yutu-code-system': 'GB/T 21010-2017' });
  expect((yutu.fields as Field[]).find(({ name }) => name === 'code')!.codeSystem).toBeNull();
});

it('goes with every answer that lists or groups by them', async () => {
  const parcels = '/api/collections/parcels';
  const square = [
    [106.5, 29.5],
    [106.52, 29.5],
    [106.52, 29.52],
    [106.5, 29.52],
    [106.5, 29.5],
  ];
  const overlaid = (by: string) =>
    steward.post(`${parcels}/analyse`, { geometry: { type: 'Polygon', coordinates: [square] }, by });
  const named = { land_use: 'GB/T 21010-2017' };
  expect((await steward.get(`${parcels}/statistics?by=land_use`)).json).toMatchObject({ codeSystem: 'GB/T 21010-2017' });
  expect((await steward.get(`${parcels}/statistics?by=district_code`)).json).toMatchObject({ codeSystem: null });
  expect((await steward.get(`${parcels}/statistics`)).json).toMatchObject({ by: null, codeSystem: null });
  expect((await overlaid('land_use')).json).toMatchObject({ by: 'land_use', codeSystem: 'GB/T 21010-2017' });
  expect((await overlaid('district_code')).json).toMatchObject({ codeSystem: null });
  const { features, codeSystems } = (await steward.get(`${parcels}/items?limit=1`)).json;
  expect(codeSystems).toEqual(named);
  expect((await steward.get(`${parcels}/items/${features[0].id}`)).json).toMatchObject({ codeSystems: named });
  expect((await steward.get(`${parcels}/changes`)).json).toMatchObject({ codeSystems: named });
  expect((await steward.get(`${parcels}/export`)).json.yutu.codeSystems).toEqual(named);
  const { properties } = (await steward.get(`${parcels}/tiles/WebMercatorQuad`)).json.layers[0].propertiesSchema;
  expect(properties.land_use).toMatchObject({ 'x-yutu-code-system': 'GB/T 21010-2017' });
  expect((await anonymous(shared()).get('/api/collections/rivers/items?limit=1')).json).not.toHaveProperty('codeSystems');
});

it('is told, as the codes are, to who sees the values of the field only', async () => {
  const { yutu } = (await anonymous(shared()).get('/api/collections/parcels')).json;
  expect((yutu.fields as Field[]).find(({ name }) => name === 'land_use')).toMatchObject({ codes: null, codeSystem: null });
});

it('land uses have their customary hues, as data', async () => {
  const { style } = (await steward.get('/api/collections/parcels')).json.yutu;
  const hues: Record<string, [number, number]> = {
    '07': [44, 62],
    '05': [0, 14],
    '06': [320, 355],
    '01': [65, 95],
    '03': [100, 140],
  };
  for (const [value, [least, most]] of Object.entries(hues)) {
    const { color } = style.classes.find((c: { value: string }) => c.value === value);
    expect(color).toMatch(/^#[0-9a-f]{6}$/);
    const hue = hueOf(color);
    expect(hue, value).toBeGreaterThanOrEqual(least);
    expect(hue, value).toBeLessThanOrEqual(most);
  }
});

function hueOf(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as [number, number, number];
  const most = Math.max(r, g, b);
  const span = most - Math.min(r, g, b);
  const sixth = most === r ? (g - b) / span : most === g ? 2 + (b - r) / span : 4 + (r - g) / span;
  return (sixth * 60 + 360) % 360;
}
