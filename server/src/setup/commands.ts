import { changeKinds, isDay } from '@yutu/contract';
import { record } from '../audit/chain.js';
import { dayAfter, today } from '../catalogue/calendar.js';
import { isUuid } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { accountDefinition, saveAccount } from '../identity/accounts.js';
import { awaitConfirmation, endChanges } from '../identity/changes.js';
import { peopleOf } from '../identity/handover.js';
import { createKey, findKey, keysOf, revokeKey } from '../identity/keys.js';
import { passwordFault } from '../identity/password.js';
import { answersForData } from '../identity/standing.js';
import { account, byMachine } from './account-command.js';
import { type Command, read, required, UsageError, wrong } from './arguments.js';
import { audit } from './audit-command.js';
import { importCommand } from './import-command.js';
import { snapshot } from './snapshot-command.js';
import { tiles } from './tiles-command.js';

/** Nothing to do: opening the house has migrated. */
const migrate: Command = {
  usage: 'migrate',
  async run({ db }, _args, out) {
    const rows = await db.query<{ name: string }>('select name from yutu.migration order by name');
    out(`The database is up to date: ${rows.map((r) => r.name).join(', ')}`);
    return 0;
  },
};

const demo: Command = {
  usage: 'demo [--scale N] [--replace]',
  async run(rooms, args, out, signal) {
    const { values } = read(args, { scale: { type: 'string' }, replace: { type: 'boolean' } }, this.usage);
    const scale = Number(values.scale ?? rooms.config.demoScale);
    if (!(scale > 0 && scale <= 1000)) throw new UsageError('--scale must be a number above 0 and at most 1000');
    const larger = values.scale !== undefined;
    const { loadDemo } = await import('./demo.js'); // the makers of a city, which no other command needs
    await loadDemo(rooms, {
      folder: rooms.config.demoData,
      scale,
      timezone: rooms.config.timezone,
      emergencyConfirmHours: rooms.config.emergencyConfirmHours,
      replace: (values.replace ?? false) || larger,
      tell: out,
      signal,
    });
    out('The demonstration is loaded.');
    return 0;
  },
};

const user: Command = {
  usage: 'user <name> --organisation <id> --roles planner,steward --name <text> [--name-en <text>] --password <text>',
  async run({ db, bus, catalogue }, args, out) {
    const { usage } = this;
    const { values, positionals } = read(
      args,
      {
        organisation: { type: 'string' },
        roles: { type: 'string' },
        name: { type: 'string' },
        'name-en': { type: 'string' },
        password: { type: 'string' },
      },
      usage,
      1,
    );
    const parsed = accountDefinition.safeParse({
      username: positionals[0],
      nameZh: values.name ?? positionals[0],
      nameEn: values['name-en'] ?? values.name ?? positionals[0],
      organisation: required(values.organisation, 'organisation', usage),
      roles: (values.roles ?? 'planner').split(','),
    });
    if (!parsed.success) wrong(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('\n'), usage);
    const password = required(values.password, 'password', usage);
    const fault = passwordFault(parsed.data.username, password);
    if (fault) throw new UsageError(`The password cannot be taken: ${fault[1]}.`);
    if (!catalogue.organisations.has(parsed.data.organisation))
      throw new UsageError(`There is no organisation "${parsed.data.organisation}".`);
    await db.tx(async (q) => {
      await endChanges(q, parsed.data.username, ...changeKinds);
      await saveAccount(q, parsed.data, password, { demo: false, confirmed: false });
      await awaitConfirmation(q, parsed.data.username, byMachine('create'));
      await q.query('delete from yutu.session where username = $1', [parsed.data.username]);
      await record(q, {
        actor: 'command line',
        organisation: null,
        action: 'account_saved',
        subject: parsed.data.username,
        detail: { organisation: parsed.data.organisation, roles: parsed.data.roles },
      });
      await bus.announce(q, { kind: 'identity', username: parsed.data.username, key: null });
    });
    await bus.deliver({ kind: 'identity', username: parsed.data.username, key: null });
    out(`Account ${parsed.data.username} is set. It has no rights until an administrator confirms it.`);
    return 0;
  },
};

const key: Command = {
  usage: `key create --organisation <id> --holder <username> --name <text> [--layers a,b] [--until YYYY-MM-DD]
key list --organisation <id>
key revoke <id>`,
  async run({ config, db, bus, catalogue }, args, out) {
    const { usage } = this;
    const [verb, ...rest] = args;
    if (verb === 'revoke') {
      const { positionals } = read(rest, {}, usage, 1);
      if (!isUuid(positionals[0]!) || !(await findKey(db, positionals[0]!))) fail('key_not_found');
      await db.tx(async (q) => {
        await revokeKey(q, positionals[0]!);
        await record(q, { actor: 'command line', organisation: null, action: 'key_revoked', subject: positionals[0]! });
        await bus.announce(q, { kind: 'identity', username: null, key: positionals[0]! });
      });
      await bus.deliver({ kind: 'identity', username: null, key: positionals[0]! });
      out('The key is revoked.');
      return 0;
    }
    const { values } = read(
      rest,
      {
        organisation: { type: 'string' },
        name: { type: 'string' },
        holder: { type: 'string' },
        layers: { type: 'string' },
        until: { type: 'string' },
      },
      usage,
    );
    const organisation = required(values.organisation, 'organisation', usage);
    if (!catalogue.organisations.has(organisation)) throw new UsageError(`There is no organisation "${organisation}".`);
    if (verb === 'list') {
      for (const k of await keysOf(db, organisation, today(config.timezone)))
        out(`${k.id}  ${k.prefix}…  ${k.name}  ${k.revokedAt ? 'revoked' : k.until}`);
      return 0;
    }
    if (verb !== 'create') wrong('create, list or revoke?', usage);
    const holder = required(values.holder, 'holder', usage);
    const until = values.until ?? dayAfter(today(config.timezone), config.keyMaxDays);
    if (!isDay(until)) throw new UsageError('--until must be a day, as in 2027-11-24');
    const made = await db.tx(async (q) => {
      const [person] = await peopleOf(q, organisation, true, holder);
      if (!person) throw new UsageError(`"${holder}" is nobody of "${organisation}" who may answer for its systems.`);
      if (values.layers === undefined && !answersForData(person.roles))
        throw new UsageError(
          `A key of every layer is answered for by a steward or an organisation's administrator: name the --layers.`,
        );
      const created = await createKey(q, {
        holder,
        name: required(values.name, 'name', usage),
        organisation,
        createdBy: 'command line',
        layers: values.layers?.split(',') ?? null,
        until,
      });
      await record(q, {
        actor: 'command line',
        organisation,
        action: 'key_created',
        subject: created.id,
        detail: { name: created.name, prefix: created.prefix, layers: created.layers, holder },
      });
      return created;
    });
    out(made.key);
    return 0;
  },
};

export const commands: Record<string, Command> = {
  migrate,
  demo,
  import: importCommand,
  user,
  account,
  key,
  audit,
  tiles,
  snapshot,
};
