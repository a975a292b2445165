import { linkOf, makeSheet, reaches, sendSheet } from '../account/hand.js';
import { record } from '../audit/chain.js';
import { organisationDefinition, saveOrganisation } from '../catalogue/organisations.js';
import type { Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import {
  type AccountDefinition,
  accountDefinition,
  accountRecord,
  accountRecords,
  addAccount,
  holdersOf,
  isFederated,
  rolesSignedIn,
} from '../identity/accounts.js';
import type { Role } from '../identity/caller.js';
import { awaitConfirmation, endChanges } from '../identity/changes.js';
import { type AccountChange, type ChangeKind, isBootstrap, waits } from '../identity/confirmation.js';
import { unlock } from '../identity/lockout.js';
import { administrators, inOrder } from '../identity/roles.js';
import { closeSessionsOf } from '../identity/sessions.js';
import { type Command, type CommandRooms, read, required, UsageError, usageText, wrong } from './arguments.js';

const ACTOR = 'command line';

const named = {
  organisation: { type: 'string' },
  roles: { type: 'string' },
  name: { type: 'string' },
  'name-en': { type: 'string' },
} as const;

/** What the command line does waits for an administrator, as what administrators do waits for another. */
export const byMachine = (kind: ChangeKind): AccountChange => ({
  kind,
  by: ACTOR,
  office: 'machine',
  roles: null,
  organisation: null,
  mail: null,
});
const WAITS =
  'It takes effect once an administrator confirms it in the viewer, under Accounts, and gets the link for its person.';

const originOf = ({ config }: CommandRooms) => config.baseUrl ?? `http://localhost:${config.port}`;
const bootstraps = async (q: Queryable, roles: readonly Role[]) => isBootstrap(roles, await rolesSignedIn(q));

/** @returns the token of its link when the account needs no second person */
async function create(q: Queryable, definition: AccountDefinition): Promise<string | null> {
  const alone = await bootstraps(q, definition.roles);
  if (!(await addAccount(q, definition, alone))) fail('exists', { what: definition.username });
  const person = { ...definition, mail: null };
  const sheet = alone ? await makeSheet(q, person, 'password', ACTOR) : null;
  if (!alone) await awaitConfirmation(q, definition.username, byMachine('create'));
  await record(q, {
    actor: ACTOR,
    organisation: null,
    action: 'account_created',
    subject: definition.username,
    detail: { organisation: definition.organisation, roles: definition.roles, ...(!alone && { waits: true }) },
  });
  return sheet?.token ?? null;
}

/** @returns the token when the account needs no second person, else how it goes on */
async function reset(rooms: CommandRooms, q: Queryable, username: string, what: 'password' | 'factor'): Promise<string> {
  const account = (await accountRecord(q, username, true)) ?? fail('account_not_found');
  if (!account.confirmed) fail('account_unconfirmed');
  const kind = what === 'factor' ? 'reset_factor' : 'reset_password';
  const alone = await bootstraps(q, account.roles);
  const waiting = !alone && waits({ kind }, account, reaches(rooms.mailer, account));
  await endChanges(q, username, kind);
  const action = what === 'factor' ? 'factor_reset' : 'password_reset_started';
  await record(q, { actor: ACTOR, organisation: null, action, subject: username, detail: waiting ? { waits: true } : {} });
  if (waiting) {
    await awaitConfirmation(q, username, byMachine(kind));
    return WAITS;
  }
  if (what === 'factor') await closeSessionsOf(q, username);
  if (!alone) {
    await sendSheet(rooms.mailer!, q, account, what, ACTOR, originOf(rooms));
    return `The link goes to ${account.mail}.`;
  }
  const { token } = await makeSheet(q, account, what, ACTOR);
  return what === 'factor'
    ? `and then a second factor, with this code: ${token}`
    : `${username} sets a password, once, within 24 hours: ${linkOf(originOf(rooms), token)}`;
}

/** @throws UsageError naming what is wrong */
function authority(id: string, title: string, usage: string) {
  const parsed = organisationDefinition.safeParse({ id, kind: 'authority', titleZh: title, titleEn: title });
  if (!parsed.success) wrong(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('\n'), usage);
  return parsed.data;
}

/** @throws UsageError naming what is wrong */
function define(given: Record<string, unknown>, usage: string, known: (organisation: string) => boolean): AccountDefinition {
  const parsed = accountDefinition.safeParse(given);
  if (!parsed.success) wrong(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('\n'), usage);
  const { organisation } = parsed.data;
  if (!known(organisation)) throw new UsageError(`There is no organisation "${organisation}".`);
  return { ...parsed.data, roles: inOrder(parsed.data.roles) };
}

/** Accounts from the machine itself: the first administrators, and the way back in when nobody else can help. */
export const account: Command = {
  usage: `account bootstrap --organisation <id> [--title <text>] --admin <name> --security <name> --auditor <name>
account create <name> --organisation <id> [--roles planner,steward] [--name <text>] [--name-en <text>]
account reset <name> [--factor]
account unlock <name>
account list [--organisation <id>]`,
  async run(rooms, args, out) {
    const { usage } = this;
    const { db, bus, catalogue } = rooms;
    const known = (organisation: string) => catalogue.organisations.has(organisation);
    const [verb, ...rest] = args;

    if (verb === 'bootstrap') {
      const text = { type: 'string' } as const;
      const { values } = read(rest, { organisation: text, title: text, admin: text, security: text, auditor: text }, usage);
      const organisation = required(values.organisation, 'organisation', usage);
      const { title } = values;
      // An instance of one's own has no organisation yet: the administrators' is the first.
      const first = title === undefined || known(organisation) ? null : authority(organisation, title, usage);
      const definitions = administrators.map((role) => {
        const username = required(values[role], role, usage);
        const given = { username, nameZh: username, nameEn: username, organisation, roles: [role] };
        return define(given, usage, (id) => known(id) || id === first?.id);
      });
      const links = await db.tx(async (q) => {
        for (const role of administrators)
          if ((await holdersOf(q, role, { demo: false })) > 0)
            throw new UsageError(
              `An account with the role "${role}" is there already: further ones are the administrators' to make.`,
            );
        if (first) {
          await saveOrganisation(q, first);
          await bus.announce(q, { kind: 'catalogue' });
        }
        const made: (string | null)[] = [];
        for (const definition of definitions) made.push(await create(q, definition));
        return made;
      });
      if (first) await bus.deliver({ kind: 'catalogue' });
      for (const [i, { username, roles }] of definitions.entries())
        out(`${roles[0]} ${username}: ${linkOf(originOf(rooms), links[i]!)}`);
      out('Give each link to its person: it sets a password, once, within 24 hours.');
      return 0;
    }

    if (verb === 'create') {
      const { values, positionals } = read(rest, named, usage, 1);
      const definition = define(
        {
          username: positionals[0],
          nameZh: values.name ?? positionals[0],
          nameEn: values['name-en'] ?? values.name ?? positionals[0],
          organisation: required(values.organisation, 'organisation', usage),
          roles: (values.roles ?? 'planner').split(','),
        },
        usage,
        known,
      );
      const token = await db.tx((q) => create(q, definition));
      if (token === null) out(`Account ${definition.username} is made. ${WAITS}`);
      else
        out(
          `Account ${definition.username} is made. It sets its password, once, within 24 hours: ${linkOf(originOf(rooms), token)}`,
        );
      return 0;
    }

    if (verb === 'reset') {
      const { values, positionals } = read(rest, { factor: { type: 'boolean' } }, usage, 1);
      const username = positionals[0]!;
      const ended = { kind: 'identity', username, key: null } as const;
      const lines = await db.tx(async (q) => {
        if (await isFederated(q, username)) fail('account_federated');
        const said = [await reset(rooms, q, username, 'password')];
        if (values.factor) said.push(await reset(rooms, q, username, 'factor'));
        await bus.announce(q, ended);
        return said;
      });
      await bus.deliver(ended);
      for (const line of new Set(lines)) out(line);
      await rooms.mailer?.run();
      return 0;
    }

    if (verb === 'unlock') {
      const { positionals } = read(rest, {}, usage, 1);
      await db.tx(async (q) => {
        if (!(await accountRecord(q, positionals[0]!, true))) fail('account_not_found');
        await unlock(q, positionals[0]!);
        await record(q, { actor: ACTOR, organisation: null, action: 'account_unlocked', subject: positionals[0]! });
      });
      out(`${positionals[0]} may sign in again.`);
      return 0;
    }

    if (verb === 'list') {
      const { values } = read(rest, { organisation: { type: 'string' } }, usage);
      const organisations = values.organisation === undefined ? null : [values.organisation];
      const all = { organisations, role: null, disabled: null, text: null, after: null, limit: 10_000 };
      for (const a of await accountRecords(db, all)) {
        const notes = [
          a.disabled && 'disabled',
          a.lockedUntil && `locked until ${a.lockedUntil}`,
          !a.confirmed && 'not confirmed',
          !a.password && 'no password yet',
          a.factor && 'second factor',
          a.demo && 'demonstration',
        ].filter(Boolean);
        out([a.username, a.organisation, a.roles.join(','), notes.join(', ')].filter(Boolean).join('  '));
      }
      return 0;
    }
    throw new UsageError(usageText(usage));
  },
};
