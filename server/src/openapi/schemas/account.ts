import { accountInput, accountPatch, resetWhat } from '../../account/accounts.js';
import { keyInput, rotationInput } from '../../account/keys.js';
import { delegationInput, offerInput, passwordInput, proofInput, resetInput } from '../../account/own.js';
import { codeInput, credentials } from '../../account/session.js';
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
    roles: z.array(role).meta({ description: 'With what is delegated to the person for now' }),
    actingFor: z.string().nullable().meta({ description: 'User name of the steward in whose place the person acts' }),
  })
  .openapi('User');

export const session = z
  .object({
    user: user.nullable().meta({ description: 'Null: nobody is signed in' }),
    pending: z.enum(['code', 'enrol', 'renew']).nullable().meta({
      description:
        'What the sign-in still lacks: a code of the second factor, a second factor at all, or a new one in place of one that was reset (with the token of the reset). Until then the session is nobody’s everywhere else.',
    }),
    inbox: count.meta({ description: 'Requests that wait for this user’s decision' }),
    mine: count.meta({ description: 'Open requests of this user’s organisation' }),
  })
  .openapi('Session');

export const signedOut = z
  .object({ elsewhere: z.string().meta({ description: 'Address at the service (OpenID Connect RP-Initiated Logout)' }) })
  .openapi('SignedOut');

export const code = codeInput
  .meta({ description: 'Six digits of the authenticator app, or a recovery code; each is good once' })
  .openapi('CodeInput');

export const ownPassword = passwordInput
  .meta({ description: 'At least 12 characters, and not the user name' })
  .openapi('PasswordInput');

export const proof = proofInput.meta({ description: 'The password once more' }).openapi('ProofInput');

export const offer = offerInput
  .meta({ description: 'The password once more; while a sign-in waits after a reset, the token of that reset' })
  .openapi('OfferInput');

export const reset = resetInput.meta({ description: 'The token of a reset link, and the new password' }).openapi('ResetInput');

export const resetDone = z.object({ username: z.string() }).openapi('ResetDone');

export const factorOffer = z
  .object({
    secret: z.string().meta({ description: 'Base32' }),
    uri: z.string().meta({ description: 'otpauth://… for a QR code (RFC 6238: SHA-1, six digits, 30 seconds)' }),
  })
  .openapi('FactorOffer');

export const factorConfirmed = z
  .object({
    recoveryCodes: z.array(z.string()).meta({ description: 'Ten, each good once; shown this once' }),
    session,
  })
  .openapi('FactorConfirmed');

export const delegationBody = delegationInput
  .meta({ description: 'First and last day; days begin and end in the instance’s zone' })
  .openapi('DelegationInput');

export const delegation = z
  .object({
    id: uuid,
    steward: z.string(),
    stewardZh: z.string(),
    stewardEn: z.string(),
    delegate: z.string(),
    delegateZh: z.string(),
    delegateEn: z.string(),
    from: day,
    until: day,
    status: z.enum(['future', 'active', 'past', 'ended']).meta({ description: 'ended: taken back' }),
  })
  .openapi('Delegation');

export const ownAccount = z
  .object({
    username: z.string(),
    nameZh: z.string(),
    nameEn: z.string(),
    organisation,
    roles: z.array(role),
    demo: z.boolean().meta({ description: 'A demonstration account: nothing of it can be changed' }),
    factor: z.object({
      confirmed: z.boolean(),
      required: z.boolean(),
      recoveryCodes: count.meta({ description: 'Recovery codes not used yet' }),
      reset: z
        .object({ at: instant, by: z.string(), open: z.boolean() })
        .nullable()
        .meta({ description: 'The last reset by an administrator: when and by whom' }),
    }),
    sessions: z.array(
      z.object({
        createdAt: instant,
        expiresAt: instant,
        address: z.string().nullable(),
        agent: z.string().nullable(),
        factor: z.boolean(),
        current: z.boolean(),
      }),
    ),
    delegations: z.array(delegation),
    colleagues: z
      .array(z.object({ username: z.string(), nameZh: z.string(), nameEn: z.string() }))
      .meta({ description: 'Whom a steward may put in their place' }),
  })
  .openapi('OwnAccount');

export const accountBody = accountInput
  .meta({ description: 'A system administrator creates planners; an organisation’s administrator what it may give' })
  .openapi('AccountInput');
export const accountChange = accountPatch
  .meta({ description: 'What is given is set. Changing roles, disabling and enabling end every session of the account.' })
  .openapi('AccountPatch');
export const accountReset = resetWhat
  .meta({
    description: 'password: makes a link; factor: ends the second factor, the next is set up with the token of the answer',
  })
  .openapi('AccountReset');

export const account = z
  .object({
    username: z.string(),
    nameZh: z.string(),
    nameEn: z.string(),
    organisation,
    roles: z.array(role),
    demo: z.boolean(),
    disabled: z.boolean(),
    factor: z.boolean().meta({ description: 'A second factor is confirmed' }),
    password: z.boolean().meta({ description: 'The person has set a password' }),
    createdAt: instant,
    lastSignIn: instant.nullable(),
    lockedUntil: instant.nullable().meta({ description: 'Locked after wrong passwords, for at least one address' }),
    can: z
      .array(z.enum(['rename', 'roles', 'disable', 'unlock', 'resetPassword', 'resetFactor']))
      .meta({ description: 'What the caller may do with it; `disable`: or enable' }),
  })
  .openapi('Account');

export const accounts = z
  .object({ accounts: z.array(account), next: z.string().nullable().meta({ description: '`after` of the next page' }) })
  .openapi('Accounts');

export const accountMade = z
  .object({
    account,
    reset: z.object({ token: z.string(), until: instant }).nullable().meta({
      description:
        'The person sets a password with it, once: /reset#token in the viewer; or, after a reset of the second factor, gives it when setting up the next. Shown this once.',
    }),
  })
  .openapi('AccountMade');

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
