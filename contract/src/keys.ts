import { answered, HAND_OVER, handOverBody, layersHidden, offeredTo, rotationBody, scopeInput } from './credential.js';
import { BODY_FAULTS } from './faults.js';
import { network } from './network.js';
import { json, operation } from './operation.js';
import { plainName } from './plain-name.js';
import { count, day, instant, uuid } from './shapes.js';
import { z } from './zod.js';

export const keyInput = z
  .strictObject({
    name: plainName(80),
    ...scopeInput,
    networks: z.array(network).min(1).max(50).optional(),
  })
  .meta({
    description:
      '`name`: the department system the key is for. `layers`: its scope; absent: whatever the organisation may use. `actions`: what it may be used for. `networks`: where it may come from, in CIDR. `quota`: requests a day. `until`: its last day; absent: as late as the policy allows.',
  })
  .openapi('KeyInput');

export const apiKey = z
  .object({
    id: uuid,
    name: z.string(),
    prefix: z.string().meta({ description: 'The first characters, to tell keys apart' }),
    organisation: z.string(),
    createdBy: z.string(),
    layers: z.array(z.string()).nullable().meta({ description: 'Null: all that the organisation may use' }),
    layersHidden,
    actions: z.array(z.string()).nullable().meta({ description: 'Null: all that the organisation may do' }),
    networks: z.array(z.string()).nullable().meta({ description: 'In CIDR; null: from anywhere' }),
    quota: z.int().nullable().meta({ description: 'Requests a day; null: unlimited' }),
    requestsToday: count.meta({ description: 'Written every half minute' }),
    createdAt: instant,
    until: day,
    previousUntil: instant.nullable().meta({ description: 'Until when the secret before the last rotation is good' }),
    lastUsed: instant.nullable(),
    revokedAt: instant.nullable(),
    ...answered,
    offeredTo,
    granted: z.boolean().meta({ description: 'A grant names this very key: it is under a steward' }),
  })
  .openapi('ApiKey');

export const newApiKey = apiKey
  .extend({ key: z.string().meta({ description: 'The secret. It is shown once: only its hash is kept.' }) })
  .openapi('NewApiKey');

export const apiKeys = z
  .object({
    keys: z.array(apiKey),
    maxDays: count.meta({ description: 'Days that a new key may be good for at most' }),
    most: count.meta({ description: 'Keys and certificates in force that one person may answer for' }),
    colleagues: z
      .array(z.object({ username: z.string(), nameZh: z.string(), nameEn: z.string() }))
      .meta({ description: 'Those of the organisation to whom they may be handed over' }),
  })
  .openapi('ApiKeys');

const example: z.input<typeof apiKey> = {
  id: 'a4c2aed4-34a0-47bf-8a84-32d113fdd37f',
  name: '规划审批系统',
  prefix: 'yt_PZZ2',
  organisation: 'transport',
  createdBy: 'planner',
  layers: ['parcels'],
  actions: null,
  networks: null,
  quota: 50_000,
  requestsToday: 0,
  createdAt: '2026-11-24T02:30:00.000Z',
  until: '2027-02-28',
  previousUntil: null,
  lastUsed: null,
  revokedAt: null,
  holder: 'planner',
  state: 'live',
  ended: null,
  can: ['rotate', 'revoke', 'hand_over'],
  offeredTo: null,
  granted: false,
};

export const keyOperations = {
  getKeys: operation({
    id: 'getKeys',
    method: 'get',
    path: '/keys',
    tag: 'Keys',
    en: 'Keys of the caller’s organisation',
    zh: '本单位的密钥',
    callers: 'person',
    answers: {
      200: {
        description: 'The keys, without their secrets',
        json: json(apiKeys, {
          used: [
            'A key that was used',
            {
              keys: [{ ...example, requestsToday: 1240, lastUsed: '2026-11-25T01:05:12.000Z' }],
              maxDays: 365,
              most: 50,
              colleagues: [{ username: 'planner', nameZh: '周敏', nameEn: 'Zhou Min' }],
            },
          ],
        }),
      },
    },
    faults: [],
  }),

  createKey: operation({
    id: 'createKey',
    method: 'post',
    path: '/keys',
    tag: 'Keys',
    en: 'Make a key for a department system',
    zh: '新建密钥',
    about:
      'A key acts for its organisation, where a grant includes `api`. Every key ends. Those who are planners only name the layers it is for.',
    callers: 'person',
    body: json(keyInput, {
      scoped: ['For one system and one layer', { name: '规划审批系统', layers: ['parcels'], until: '2027-02-28' }],
      wide: [
        'For whatever the organisation may use, from one network, 50,000 times a day',
        { name: 'Riverside railway GIS', actions: ['view', 'query'], networks: ['10.20.0.0/16'], quota: 50_000 },
      ],
    }),
    answers: {
      201: {
        description: 'The key: its secret is shown this once',
        json: json(newApiKey, {
          made: ['A new key with its secret', { ...example, key: 'yt_PZZ2exampleexampleexampleexample' }],
        }),
        headers: ['Location'],
      },
    },
    faults: [
      'layer_not_found',
      'parameter_invalid.layers',
      'parameter_invalid.until',
      'parameter_invalid.end',
      'keys_too_many',
      ...BODY_FAULTS,
    ],
  }),

  rotateKey: operation({
    id: 'rotateKey',
    method: 'post',
    path: '/keys/{id}/rotate',
    tag: 'Keys',
    en: 'Give a key a new secret',
    zh: '更换密钥',
    about:
      'By whoever answers for the key. Both secrets are good for the overlap; the secret of a rotation before that is dead at once. A key that had ended with its holder’s password comes back with the new secret alone. Scope, quota and end stay.',
    callers: 'person',
    parameters: ['key'],
    body: rotationBody,
    answers: {
      200: {
        description: 'The key with its new secret',
        json: json(newApiKey, {
          rotated: [
            'The secret before is good for three days more',
            {
              ...example,
              prefix: 'yt_9dKf',
              key: 'yt_9dKfexampleexampleexampleexample',
              previousUntil: '2026-11-27T02:30:00.000Z',
            },
          ],
        }),
      },
    },
    faults: [
      'key_not_found',
      'key_over',
      'credential_not_yours',
      'credential_needs_steward',
      'role_required.keys',
      ...BODY_FAULTS,
    ],
  }),

  handOverKey: operation({
    id: 'handOverKey',
    method: 'post',
    path: '/keys/{id}/hand-over',
    tag: 'Keys',
    en: 'Ask a colleague to take a key over',
    zh: '移交密钥',
    about: HAND_OVER,
    callers: 'person',
    parameters: ['key'],
    body: handOverBody,
    answers: {
      200: {
        description: 'With who was asked',
        json: json(apiKey, { offered: ['Offered', { ...example, offeredTo: 'li.na' }] }),
      },
    },
    faults: ['key_not_found', 'credential_not_yours', 'credential_over', 'parameter_invalid.to', ...BODY_FAULTS],
  }),

  acceptKey: operation({
    id: 'acceptKey',
    method: 'post',
    path: '/keys/{id}/accept',
    tag: 'Keys',
    en: 'Take a key over',
    zh: '接手密钥',
    about:
      'The key gets a new secret: who held it until now knew the one before, which is good for the overlap, or no more when the key had ended.',
    callers: 'person',
    parameters: ['key'],
    body: rotationBody,
    answers: {
      200: {
        description: 'In the caller’s hands',
        json: json(newApiKey, {
          taken: [
            'Taken over: its new secret',
            {
              ...example,
              holder: 'li.na',
              prefix: 'yt_3kQz',
              key: 'yt_3kQzexampleexampleexampleexample',
              previousUntil: '2026-11-25T02:30:00.000Z',
            },
          ],
        }),
      },
    },
    faults: [
      'key_not_found',
      'credential_not_offered',
      'credential_over',
      'role_required.keys',
      'credential_needs_steward',
      'keys_too_many',
      ...BODY_FAULTS,
    ],
  }),

  revokeKey: operation({
    id: 'revokeKey',
    method: 'delete',
    path: '/keys/{id}',
    tag: 'Keys',
    en: 'Revoke a key',
    zh: '停用密钥',
    about: 'It is refused from the next request on.',
    callers: 'person',
    parameters: ['key'],
    answers: { 204: { description: 'Revoked' } },
    faults: ['key_not_found', 'credential_not_yours', 'origin_refused', 'disk_full'],
  }),
};
