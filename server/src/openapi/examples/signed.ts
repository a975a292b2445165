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
  signed: ['For a map in an office program', { ...addresses, until: '2026-11-24T10:00:00.000Z' }],
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
};

export const newEmbed: Examples<'NewEmbed'> = { made: ['A new embed', { ...embed, ...addresses }] };

export const embeds: Examples<'Embeds'> = { one: ['One embed in force', { embeds: [embed] }] };
