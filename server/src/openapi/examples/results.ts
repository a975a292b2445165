import type { Examples } from '../operation.js';

/* Results without features: of the layer `parcels`. */

export const overlayInput: Examples<'OverlayInput'> = {
  redLine: [
    'A project’s red line, by land use',
    {
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [106.56, 29.55],
            [106.57, 29.55],
            [106.57, 29.56],
            [106.56, 29.56],
            [106.56, 29.55],
          ],
        ],
      },
      by: 'land_use',
      zone: 4545,
    },
  ],
};

export const overlay: Examples<'Overlay'> = {
  parcels: [
    'Parcels by land use; a fifth of the red line lies outside what was granted',
    {
      layer: 'parcels',
      version: 1,
      by: 'land_use',
      codeSystem: 'GB/T 21010-2017',
      zone: null,
      polygon: { squareMetres: 1_074_300, hectares: 107.43, mu: 1611.45 },
      outside: { squareMetres: 214_900, hectares: 21.49, mu: 322.35, share: 0.2 },
      covered: 0.3415,
      total: { features: 24, squareMetres: 366_900, hectares: 36.69, mu: 550.35 },
      classes: [
        { value: '07', features: 15, squareMetres: 201_200, hectares: 20.12, mu: 301.8 },
        { value: '05', features: 9, squareMetres: 165_700, hectares: 16.57, mu: 248.55 },
      ],
      other: null,
      atLeast: 1,
      filtered: false,
      precision: null,
    },
  ],
};

export const checkInput: Examples<'CheckInput'> = {
  byId: ['Is parcel 1 for housing?', { id: 1, claims: { land_use: '07' } }],
  byCode: ['By its code', { match: { code: '500103001001GB00001' }, claims: { land_use: '07', right_type: 'GB' } }],
  several: [
    'Several at once',
    {
      checks: [
        { id: 1, claims: { land_use: '07' } },
        { id: 2, claims: { land_use: '05' } },
      ],
    },
  ],
};

export const checkResult: Examples<'CheckResult'> = {
  one: ['Of one', { matches: true }],
  several: ['Of several, in their order', { results: [{ matches: true }, { matches: false }] }],
};

export const statistics: Examples<'Statistics'> = {
  landUse: [
    'Parcels by land use, with their area',
    {
      layer: 'parcels',
      by: 'land_use',
      codeSystem: 'GB/T 21010-2017',
      of: 'area_m2',
      numberMatched: 340,
      classes: [
        { value: '07', count: 328, sum: 1_520_331.5, min: null, max: null },
        { value: '05', count: 12, sum: 90_120.4, min: null, max: null },
      ],
      others: 0,
      atLeast: 5,
    },
  ],
  breaks: [
    'By size',
    {
      layer: 'parcels',
      by: 'area_m2',
      codeSystem: null,
      of: null,
      numberMatched: 340,
      classes: [
        { value: null, from: null, to: 10_000, count: 320 },
        { value: null, from: 10_000, to: null, count: 20 },
      ],
      others: 0,
      atLeast: 1,
    },
  ],
};
