import { answered, HAND_OVER, handOverBody, offeredTo } from './credential.js';
import { BODY_FAULTS, DATA_FAULTS } from './faults.js';
import { json, operation } from './operation.js';
import { instant, uuid } from './shapes.js';
import { z } from './zod.js';

export const signatureInput = z
  .strictObject({ hours: z.int().min(1).max(24).default(24) })
  .meta({ description: '`hours`: how long the addresses are good' })
  .openapi('SignatureInput');

/** A site: scheme, host and port, as browsers send it. The pattern has no flag: JSON Schema knows none. */
const site = z
  .string()
  .max(200)
  .regex(
    /^[Hh][Tt][Tt][Pp][Ss]?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/,
    '应为网站的来源，形如 https://www.example.gov.cn / must be an origin like https://www.example.gov.cn',
  )
  .transform((origin) => origin.toLowerCase());

export const embedInput = z
  .strictObject({
    origins: z.array(site).min(1).max(20),
    days: z.int().min(1).max(365).default(90),
  })
  .meta({ description: '`origins`: the sites, as browsers name them. `days`: how long, at most; the grant’s end comes first.' })
  .openapi('EmbedInput');

const addresses = {
  tiles: z.string().meta({ description: 'Template of the tiles’ addresses' }),
  tilejson: z.string().meta({ description: 'Address of the TileJSON' }),
};

export const signedTiles = z.object({ id: uuid, ...addresses, until: instant }).openapi('SignedTiles');

export const embed = z
  .object({
    id: uuid,
    layer: z.string(),
    organisation: z.string(),
    createdBy: z.string(),
    origins: z.array(z.string()),
    createdAt: instant,
    until: instant,
    revokedAt: instant.nullable(),
    ...answered,
    offeredTo,
  })
  .openapi('Embed');

export const newEmbed = embed.extend(addresses).openapi('NewEmbed');

export const embeds = z.object({ embeds: z.array(embed) }).openapi('Embeds');

export const signedAddress = z
  .object({
    id: uuid,
    layer: z.string(),
    organisation: z.string(),
    createdBy: z.string().meta({ description: 'A person, or the key or certificate that asked for it' }),
    credential: uuid.nullable().meta({ description: 'The key or certificate that asked for it; null: the person did' }),
    createdAt: instant,
    until: instant,
    revokedAt: instant.nullable(),
    ...answered,
  })
  .openapi('SignedAddress');

export const signedAddresses = z.object({ addresses: z.array(signedAddress) }).openapi('SignedAddresses');

const TOKEN = 'hs256.WyJzaWduZWQiXQ.exampleexampleexampleexampleexampleexample1';
const shown = {
  tiles: `https://yutu.example/api/collections/parcels/tiles/WebMercatorQuad/{z}/{y}/{x}?signed=${TOKEN}`,
  tilejson: `https://yutu.example/api/collections/parcels/tilejson?signed=${TOKEN}`,
};
const example: z.input<typeof embed> = {
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
const one = json(embed, { one: ['With who answers for it', example] });

/** Addresses of tiles that carry their right in themselves. */
export const addressOperations = {
  signTiles: operation({
    id: 'signTiles',
    method: 'post',
    path: '/collections/{layer}/signed-tiles',
    tag: 'Tiles',
    en: 'Sign addresses of a layer’s tiles for some hours',
    zh: '签发图层瓦片的限时网址',
    about:
      'For clients that cannot send headers. The address shows the tiles as its issuer sees them and nothing else; it dies with its hours, with the issuer’s account, password or key, when it is taken back, and when the issuer’s rights to the layer change. One that a key of some networks signed works from there only.',
    callers: 'anyone',
    parameters: ['layer'],
    body: json(signatureInput, { afternoon: ['For four hours', { hours: 4 }] }),
    answers: {
      201: {
        description: 'Addresses for whoever shall see the tiles',
        json: json(signedTiles, {
          signed: [
            'For a map in an office program',
            { id: '6e1d2c3b-4a59-4687-9b0c-1d2e3f405162', ...shown, until: '2026-11-24T10:00:00.000Z' },
          ],
        }),
      },
    },
    faults: [...DATA_FAULTS, 'action_not_granted.view', 'sign_in_required', 'parameter_invalid.hours', ...BODY_FAULTS],
  }),

  createEmbed: operation({
    id: 'createEmbed',
    method: 'post',
    path: '/collections/{layer}/embeds',
    tag: 'Tiles',
    en: 'Sign addresses of a layer’s tiles for named sites',
    zh: '为其他网站签发图层瓦片的嵌入网址',
    about:
      'Needs the action `embed`. Browsers show the tiles on the named sites only; the address ends with its days, at the latest with the grant, and when it is revoked.',
    callers: 'person',
    parameters: ['layer'],
    body: json(embedInput, {
      site: ['On the bureau’s own site for a quarter', { origins: ['https://jtj.example.gov.cn'], days: 90 }],
    }),
    answers: {
      201: {
        description: 'The embed with its addresses, which are shown this once',
        json: json(newEmbed, { made: ['A new embed', { ...example, ...shown }] }),
        headers: ['Location'],
      },
    },
    faults: [...DATA_FAULTS, 'action_not_granted.embed', 'parameter_invalid.origins', ...BODY_FAULTS],
  }),

  getSignedTiles: operation({
    id: 'getSignedTiles',
    method: 'get',
    path: '/signed-tiles',
    tag: 'Tiles',
    en: 'Signed addresses that the caller may take back',
    zh: '可停用的签名网址',
    about:
      'One’s own and those of one’s keys; for the organisation’s administrator all of the organisation’s; for a steward those of its layers. The addresses themselves are not kept.',
    callers: 'person',
    answers: {
      200: {
        description: 'The newest first, those over within a month among them',
        json: json(signedAddresses, {
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
        }),
      },
    },
    faults: [],
  }),

  revokeSignedTiles: operation({
    id: 'revokeSignedTiles',
    method: 'delete',
    path: '/signed-tiles/{id}',
    tag: 'Tiles',
    en: 'Take a signed address back',
    zh: '停用签名网址',
    about: 'It is refused from the next request on.',
    callers: 'person',
    parameters: ['signedAddress'],
    answers: { 204: { description: 'Revoked' } },
    faults: ['signed_not_found', 'origin_refused', 'disk_full'],
  }),

  getEmbeds: operation({
    id: 'getEmbeds',
    method: 'get',
    path: '/embeds',
    tag: 'Tiles',
    en: 'Embeds of the caller’s organisation, and of layers whose steward the caller is',
    zh: '本单位的嵌入',
    callers: 'person',
    answers: {
      200: {
        description: 'The embeds, without their addresses',
        json: json(embeds, { one: ['One embed in force', { embeds: [example] }] }),
      },
    },
    faults: [],
  }),

  handOverEmbed: operation({
    id: 'handOverEmbed',
    method: 'post',
    path: '/embeds/{id}/hand-over',
    tag: 'Tiles',
    en: 'Ask a colleague to take an embed over',
    zh: '移交嵌入',
    about: HAND_OVER,
    callers: 'person',
    parameters: ['embed'],
    body: handOverBody,
    answers: { 200: { description: 'With who was asked', json: one } },
    faults: ['embed_not_found', 'credential_not_yours', 'credential_over', 'parameter_invalid.to', ...BODY_FAULTS],
  }),

  acceptEmbed: operation({
    id: 'acceptEmbed',
    method: 'post',
    path: '/embeds/{id}/accept',
    tag: 'Tiles',
    en: 'Take an embed over',
    zh: '接手嵌入',
    about: 'The address stays as it is, and shows what the colleague may embed when that is the same.',
    callers: 'person',
    parameters: ['embed'],
    answers: { 200: { description: 'In the caller’s hands', json: one } },
    faults: ['embed_not_found', 'credential_not_offered', 'credential_over', 'origin_refused', 'disk_full'],
  }),

  revokeEmbed: operation({
    id: 'revokeEmbed',
    method: 'delete',
    path: '/embeds/{id}',
    tag: 'Tiles',
    en: 'Revoke an embed',
    zh: '停用嵌入',
    about: 'Its addresses are refused from the next request on.',
    callers: 'person',
    parameters: ['embed'],
    answers: { 204: { description: 'Revoked' } },
    faults: ['embed_not_found', 'credential_not_yours', 'origin_refused', 'disk_full'],
  }),
};
