import { json, operation } from './operation.js';
import { organisation, transport } from './organisation.js';
import { role } from './role.js';
import { instant, uuid } from './shapes.js';
import { z } from './zod.js';

/** As what somebody changed an account: an administrator of some kind, the command line, or the sign-in service. */
export const offices = ['admin', 'security', 'org_admin', 'machine', 'service'] as const;
export const changeKinds = ['create', 'roles', 'move', 'mail', 'reset_password', 'reset_factor'] as const;
export const changeKind = z.enum(changeKinds);

export const accountChange = z
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

export type AccountChange = z.output<typeof accountChange>;

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

export type UnsentMail = z.output<typeof unsentMail>;

export const accountChanges = z
  .object({
    changes: z.array(accountChange),
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

export type Sheet = z.output<typeof sheet>;

export const accountChangeConfirmed = z
  .object({
    username: z.string(),
    mailed: z.boolean().meta({ description: 'The link is on its way to the person' }),
    sheet: sheet.nullable().meta({ description: 'Shown this once, and only to who confirms' }),
  })
  .openapi('AccountChangeConfirmed');

const FAULTS = [
  'account_change_not_found',
  'role_required.administrator',
  'own_account',
  'own_change',
  'same_office',
  'origin_refused',
  'disk_full',
] as const;

/** What one administrator did to an account, and another confirms. */
export const accountChangeOperations = {
  getAccountChanges: operation({
    id: 'getAccountChanges',
    method: 'get',
    path: '/account-changes',
    tag: 'Accounts',
    en: 'What waits to be confirmed',
    zh: '待确认事项',
    about:
      'Changes of accounts that the caller may confirm, and those it made. Another kind of administrator than the maker confirms, or the organisation’s own; who holds or gets an administrator’s role of the platform is confirmed by system, security or audit administrators. The oldest 200. What nobody confirmed within its term has lapsed: it can be declined or withdrawn only. Beside them stand the people whose last link did not go out by mail.',
    callers: 'person',
    answers: {
      200: {
        description: 'The oldest first',
        json: json(accountChanges, {
          made: [
            'A new account, as a security administrator sees it',
            {
              changes: [
                {
                  id: '0b2f6a53-3a61-4c53-9d0b-5b8f6c9d2e17',
                  kind: 'create',
                  username: 'li.na',
                  nameZh: '李娜',
                  nameEn: 'Li Na',
                  organisation: transport,
                  roles: ['planner'],
                  mail: null,
                  to: { roles: null, organisation: null, mail: null },
                  by: 'admin',
                  office: 'admin',
                  at: '2026-11-24T01:02:03.000Z',
                  link: 'sheet',
                  until: '2026-12-08T01:02:03.000Z',
                  lapsed: false,
                  can: ['confirm', 'decline'],
                },
              ],
              unsent: [
                {
                  username: 'wang.fang',
                  nameZh: '王芳',
                  nameEn: 'Wang Fang',
                  organisation: transport,
                  address: 'wang.fang@city.example',
                  at: '2026-11-23T01:02:03.000Z',
                  until: '2026-11-24T01:02:03.000Z',
                  givenUp: true,
                },
              ],
            },
          ],
        }),
      },
    },
    faults: ['role_required.administrator'],
  }),

  confirmAccountChange: operation({
    id: 'confirmAccountChange',
    method: 'post',
    path: '/account-changes/{id}/confirm',
    tag: 'Accounts',
    en: 'Confirm a change of an account',
    zh: '确认账号更改',
    about:
      'It takes effect with this. The link that comes with a new account or a reset goes to the person by mail; where there is none, this answer holds it, once.',
    callers: 'person',
    parameters: ['change'],
    answers: {
      200: {
        description: 'In effect',
        json: json(accountChangeConfirmed, {
          sheet: [
            'With its sheet',
            {
              username: 'li.na',
              mailed: false,
              sheet: {
                username: 'li.na',
                nameZh: '李娜',
                nameEn: 'Li Na',
                what: 'password',
                token: 'exampleexampleexampleexampleexam',
                until: '2026-11-25T01:02:03.000Z',
              },
            },
          ],
          mailed: ['By mail', { username: 'li.na', mailed: true, sheet: null }],
        }),
      },
    },
    faults: [...FAULTS, 'account_change_lapsed', 'account_federated', 'last_administrator'],
  }),

  declineAccountChange: operation({
    id: 'declineAccountChange',
    method: 'delete',
    path: '/account-changes/{id}',
    tag: 'Accounts',
    en: 'Decline a change of an account, or withdraw one’s own',
    zh: '不予确认，或撤回自己办理的更改',
    about: 'An account that was never confirmed is gone with it; one that has come by the sign-in service is disabled.',
    callers: 'person',
    parameters: ['change'],
    answers: { 204: { description: 'Nothing of it takes effect' } },
    faults: FAULTS,
  }),
};
