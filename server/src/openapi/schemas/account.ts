import { keyInput, rotationInput } from '../../account/keys.js';
import { credentials } from '../../account/session.js';
import { count, day, instant, organisation, role, uuid } from './common.js';
import { z } from './zod.js';

export const credentialsInput = credentials.meta({ description: 'Name and password of an account' }).openapi('Credentials');

export const apiKeyInput = keyInput
  .meta({
    description:
      '`name`: the department system the key is for. `layers`: its scope; absent: whatever the organisation may use. `actions`: what it may be used for. `networks`: where it may come from, in CIDR. `quota`: requests a day. `until`: its last day; absent: as late as the policy allows.',
  })
  .openapi('KeyInput');

export const user = z
  .object({
    username: z.string(),
    nameZh: z.string(),
    nameEn: z.string(),
    organisation,
    roles: z.array(role),
  })
  .openapi('User');

export const session = z
  .object({
    user: user.nullable().meta({ description: 'Null: nobody is signed in' }),
    inbox: count.meta({ description: 'Requests that wait for this user’s decision' }),
    mine: count.meta({ description: 'Open requests of this user’s organisation' }),
  })
  .openapi('Session');

export const apiKey = z
  .object({
    id: uuid,
    name: z.string(),
    prefix: z.string().meta({ description: 'The first characters, to tell keys apart' }),
    organisation: z.string(),
    createdBy: z.string(),
    layers: z.array(z.string()).nullable().meta({ description: 'Null: all that the organisation may use' }),
    actions: z.array(z.string()).nullable().meta({ description: 'Null: all that the organisation may do' }),
    networks: z.array(z.string()).nullable().meta({ description: 'In CIDR; null: from anywhere' }),
    quota: z.int().nullable().meta({ description: 'Requests a day; null: unlimited' }),
    requestsToday: count.meta({ description: 'Written every half minute' }),
    createdAt: instant,
    until: day,
    previousUntil: instant.nullable().meta({ description: 'Until when the secret before the last rotation is good' }),
    lastUsed: instant.nullable(),
    revokedAt: instant.nullable(),
  })
  .openapi('ApiKey');

export const newApiKey = apiKey
  .extend({ key: z.string().meta({ description: 'The secret. It is shown once: only its hash is kept.' }) })
  .openapi('NewApiKey');

export const keyRotation = rotationInput
  .meta({ description: '`overlapHours`: how long the secret before stays good' })
  .openapi('KeyRotation');

export const apiKeys = z
  .object({ keys: z.array(apiKey), maxDays: count.meta({ description: 'Days that a new key may be good for at most' }) })
  .openapi('ApiKeys');
