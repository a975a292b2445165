import { keyInput } from '../../account/keys.js';
import { credentials } from '../../account/session.js';
import { count, day, instant, organisation, role, uuid } from './common.js';
import { z } from './zod.js';

export const credentialsInput = credentials.meta({ description: 'Name and password of an account' }).openapi('Credentials');

export const apiKeyInput = keyInput
  .meta({
    description:
      '`name`: the department system the key is for. `layers`: its scope; absent: whatever the organisation may use. `until`: its last day.',
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
    createdAt: instant,
    until: day.nullable(),
    lastUsed: instant.nullable(),
    revokedAt: instant.nullable(),
  })
  .openapi('ApiKey');

export const newApiKey = apiKey
  .extend({ key: z.string().meta({ description: 'The secret. It is shown once: only its hash is kept.' }) })
  .openapi('NewApiKey');

export const apiKeys = z.object({ keys: z.array(apiKey) }).openapi('ApiKeys');
