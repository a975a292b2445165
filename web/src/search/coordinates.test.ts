import { expect, test } from 'vitest';
import { readCoordinates } from './coordinates';

/** The city of the demonstration: two three-degree zones, 35 and 36. */
const HOME = [105.2, 28.1, 110.2, 32.3] as const;
const at = (text: string) =>
  readCoordinates(text, HOME).map(({ lng, lat, meridian }) => [lng.toFixed(5), lat.toFixed(5), ...(meridian ? [meridian] : [])]);

test.each([
  '106.55,29.56',
  '106.55, 29.56',
  '106.55 29.56',
  '29.56, 106.55',
  '29.56 106.55',
  '１０６．５５，２９．５６',
  '106.55，29.56',
  '106.55、29.56',
  '(106.55, 29.56)',
  '[106.55,29.56]',
  '106.55°E, 29.56°N',
  '29.56°N 106.55°E',
  'E106.55 N29.56',
  'N29.56,E106.55',
  '东经106.55° 北纬29.56°',
  '东经 106.55，北纬 29.56',
  '经度：106.55 纬度：29.56',
  'lat: 29.56, lng: 106.55',
  '106°33′00″E 29°33′36″N',
  `106°33'0" 29°33'36"`,
  '106°33′ 29°33.6′',
  '106度33分0秒，29度33分36秒',
  '东经106度33分0秒北纬29度33分36秒',
  '北纬29°33′36″，东经106°33′',
  '１０６°３３′００″ ２９°３３′３６″',
  '106 33 00 29 33 36',
  '106-33-00 29-33-36',
  '106.55；29.56',
])('%s', (text) => expect(at(text)).toEqual([['106.55000', '29.56000']]));

test.each([
  ['3272217.299 36359474.087', [108]],
  ['36359474.087, 3272217.299', [108]],
  ['X=3272217.299 Y=36359474.087', [108]],
  ['X：3272217.299，Y：36359474.087', [108]],
  ['3272342.512,35650218.539', [105]],
  ['18650218.539 3272342.512', [105]],
  ['３２７２２１７．２９９　３６３５９４７４．０８７', [108]],
] as const)('%s in the zone of its number', (text, meridians) =>
  expect(at(text)).toEqual(meridians.map((meridian) => ['106.55000', '29.56000', meridian])),
);

test('metres without a zone are read in each zone of the city', () => {
  // the nearest to the city's middle first
  expect(at('3272217.299 359474.087')).toEqual([
    ['106.55000', '29.56000', 108],
    ['109.55000', '29.56000', 111],
  ]);
  expect(at('650218.539,3272342.512').map(([, , meridian]) => meridian)).toEqual([105, 108]);
});

test('west, south and signs', () => {
  expect(at('-0.1275 51.5')).toEqual([['-0.12750', '51.50000']]);
  expect(at('W0.1275 N51.5')).toEqual([['-0.12750', '51.50000']]);
  expect(at('S33.9 E18.4')).toEqual([['18.40000', '-33.90000']]);
});

test.each([
  '',
  '万州',
  '500101',
  '106.55',
  '106.55,',
  '1 2 3',
  '106.55 29.56 12',
  '2024-05-01',
  '106°75′ 29°33′',
  '200, 95',
  '渝北区3号',
  '12-5',
  '13800138000 1',
])('“%s” is no place', (text) => expect(at(text)).toEqual([]));
