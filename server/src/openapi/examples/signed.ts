import type { Examples } from '../operation.js';
import type { Value } from '../schemas/index.js';
import { HOST } from './host.js';

const TOKEN = 'hs256.WyJzaWduZWQiXQ.exampleexampleexampleexampleexampleexample1';

const addresses = {
  tiles: `${HOST}/api/collections/parcels/tiles/WebMercatorQuad/{z}/{y}/{x}?signed=${TOKEN}`,
  tilejson: `${HOST}/api/collections/parcels/tilejson?signed=${TOKEN}`,
};

export const signatureInput: Examples<'SignatureInput'> = { afternoon: ['For four hours', { hours: 4 }] };

export const signedTiles: Examples<'SignedTiles'> = {
  signed: [
    'For a map in an office program',
    { id: '6e1d2c3b-4a59-4687-9b0c-1d2e3f405162', ...addresses, until: '2026-11-24T10:00:00.000Z' },
  ],
};

export const embedInput: Examples<'EmbedInput'> = {
  site: ['On the bureau’s own site for a quarter', { origins: ['https://jtj.example.gov.cn'], days: 90 }],
};

const embed: Value<'Embed'> = {
  id: '2b8c0a54-7a0e-4d3e-8d51-0a4b5c6d7e8f',
  layer: 'parcels',
  organisation: 'transport',
  createdBy: 'planner',
  origins: ['https://jtj.example.gov.cn'],
  createdAt: '2026-11-24T02:30:00.000Z',
  until: '2027-02-22T02:30:00.000Z',
  revokedAt: null,
  holder: 'planner',
  state: 'live',
  ended: null,
  can: ['revoke', 'hand_over'],
  offeredTo: null,
};

export const newEmbed: Examples<'NewEmbed'> = { made: ['A new embed', { ...embed, ...addresses }] };

export const embeds: Examples<'Embeds'> = { one: ['One embed in force', { embeds: [embed] }] };

export const oneEmbed: Examples<'Embed'> = { one: ['With who answers for it', embed] };

export const signedList: Examples<'SignedAddresses'> = {
  one: [
    'One that a key signed',
    {
      addresses: [
        {
          id: '6e1d2c3b-4a59-4687-9b0c-1d2e3f405162',
          layer: 'parcels',
          organisation: 'transport',
          createdBy: 'key:规划审批系统',
          credential: 'a4c2aed4-34a0-47bf-8a84-32d113fdd37f',
          createdAt: '2026-11-24T06:00:00.000Z',
          until: '2026-11-24T10:00:00.000Z',
          revokedAt: null,
          holder: 'planner',
          state: 'live',
          ended: null,
          can: ['revoke'],
        },
      ],
    },
  ],
};
