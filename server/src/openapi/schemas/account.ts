import { count, day, instant, organisation, role, session, uuid, z } from '@yutu/contract';
import { accountInput, accountPatch, resetWhat } from '../../account/accounts.js';
import { delegationInput, offerInput, passwordInput, proofInput, resetInput } from '../../account/own.js';
import { changeKinds, offices } from '../../identity/confirmation.js';

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
  .meta({
    description:
      'A system administrator creates planners; an organisation’s administrator what it may give. `mail`: where the links of the account go.',
  })
  .openapi('AccountInput');
export const accountChange = accountPatch
  .meta({
    description:
      'Names, disabling, enabling and roles that are only taken away are set at once; other roles, another organisation and another address of mail wait until a second administrator confirms them. Changing roles, disabling and enabling end every session of the account.',
  })
  .openapi('AccountPatch');
export const accountReset = resetWhat
  .meta({
    description:
      'password: a link that sets one; factor: ends the second factor, the next is set up with a one-time code. `by` mail: to the account’s address, at once; sheet: once a second administrator has confirmed it, who gets it to hand on. Absent: by mail where there is one.',
  })
  .openapi('AccountReset');

const changeKind = z.enum(changeKinds);

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
    mail: z.string().nullable().meta({ description: 'Where its links go' }),
    mailed: z.boolean().meta({ description: 'Links go there by mail; else on a sheet' }),
    confirmed: z.boolean().meta({ description: 'A second person has confirmed it. Until then it has no rights.' }),
    waiting: z.array(changeKind).meta({ description: 'What waits to be confirmed' }),
    createdAt: instant,
    lastSignIn: instant.nullable(),
    lockedUntil: instant.nullable().meta({ description: 'Locked after wrong passwords, for at least one address' }),
    can: z
      .array(z.enum(['rename', 'move', 'mail', 'roles', 'disable', 'unlock', 'resetPassword', 'resetFactor']))
      .meta({ description: 'What the caller may do with it; `disable`: or enable' }),
  })
  .openapi('Account');

export const accounts = z
  .object({ accounts: z.array(account), next: z.string().nullable().meta({ description: '`after` of the next page' }) })
  .openapi('Accounts');

export const accountResetDone = z
  .object({
    account,
    mailed: z.boolean().meta({ description: 'On its way to the person by mail; else it waits to be confirmed' }),
  })
  .openapi('AccountResetDone');

export const accountWaits = z
  .object({
    id: uuid,
    kind: changeKind,
    username: z.string(),
    nameZh: z.string(),
    nameEn: z.string(),
    organisation,
    roles: z.array(role),
    mail: z.string().nullable(),
    to: z
      .object({ roles: z.array(role).nullable(), organisation: organisation.nullable(), mail: z.string().nullable() })
      .meta({ description: 'What is to be set; null: nothing of that. Beside it stands what is.' }),
    by: z.string().meta({ description: 'Who made the change' }),
    office: z.enum(offices).meta({ description: 'As what; machine: on the command line, service: the sign-in service' }),
    at: instant,
    link: z
      .enum(['mail', 'sheet'])
      .nullable()
      .meta({ description: 'How the person gets the link that comes with it: by mail, or by the hand of who confirms' }),
    until: instant.meta({ description: 'When it lapses, unless somebody confirms it before' }),
    lapsed: z.boolean().meta({ description: 'Its term is over: it is made anew' }),
    can: z.array(z.enum(['confirm', 'decline', 'withdraw'])).meta({ description: 'What the caller may do with it' }),
  })
  .openapi('AccountChange');

export const unsentMail = z
  .object({
    username: z.string(),
    nameZh: z.string(),
    nameEn: z.string(),
    organisation,
    address: z.string(),
    at: instant,
    until: instant.meta({ description: 'Until when the link in it is of use' }),
    givenUp: z.boolean().meta({ description: 'No further try is made; else it is tried again until then' }),
  })
  .openapi('UnsentMail');

export const accountsWaiting = z
  .object({
    changes: z.array(accountWaits),
    unsent: z.array(unsentMail).meta({ description: 'People whose last mail with a link could not be sent so far' }),
  })
  .openapi('AccountChanges');

export const sheet = z
  .object({
    username: z.string(),
    nameZh: z.string(),
    nameEn: z.string(),
    what: z.enum(['password', 'factor']),
    token: z.string(),
    until: instant,
  })
  .meta({
    description:
      'To be handed to the person. password: they set one with it, once, at /reset#token in the viewer; factor: they give it when setting up the next.',
  })
  .openapi('Sheet');

export const changeConfirmed = z
  .object({
    username: z.string(),
    mailed: z.boolean().meta({ description: 'The link is on its way to the person' }),
    sheet: sheet.nullable().meta({ description: 'Shown this once, and only to who confirms' }),
  })
  .openapi('AccountChangeConfirmed');
