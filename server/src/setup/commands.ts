import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDay } from '@yutu/contract';
import { record } from '../audit/chain.js';
import { dayAfter, today } from '../catalogue/calendar.js';
import { type LayerDefinition, layerDefinition } from '../catalogue/definition.js';
import { isUuid } from '../db/database.js';
import { fail } from '../errors/fail.js';
import { accountDefinition, saveAccount } from '../identity/accounts.js';
import { awaitConfirmation, endChanges } from '../identity/changes.js';
import { changeKinds } from '../identity/confirmation.js';
import { peopleOf } from '../identity/handover.js';
import { createKey, findKey, keysOf, revokeKey } from '../identity/keys.js';
import { passwordFault } from '../identity/password.js';
import { answersForData } from '../identity/standing.js';
import { type Encoding, encodings } from '../incoming/encoding.js';
import { importLayer } from '../store/import.js';
import { account, byMachine } from './account-command.js';
import { type Command, read, required, UsageError, wrong } from './arguments.js';
import { audit } from './audit-command.js';
import { loadDemo } from './demo.js';
import { GeojsonFile } from './geojson-file.js';
import { inferDefinition } from './infer.js';
import { refuseOtherRules } from './other-rules.js';
import { refuseDefinition } from './refuse-definition.js';
import { snapshot } from './snapshot-command.js';
import { tiles } from './tiles-command.js';

/** @throws `import_invalid` for a file that is no definition of a layer */
async function readDefinition(file: string): Promise<LayerDefinition> {
  const text = await readFile(file, 'utf8');
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    fail('import_invalid', { whyZh: '图层定义不是 JSON', whyEn: 'The definition of the layer is not JSON' });
  }
  const parsed = layerDefinition.safeParse(given);
  return parsed.success ? parsed.data : refuseDefinition(parsed.error);
}

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

const importCommand: Command = {
  usage:
    'import <file.geojson> --layer <id> --owner <organisation> [--title <text>] [--theme <code>] [--definition <file.json>] [--encoding <name>] [--replace]',
  async run(rooms, args, out, signal) {
    const { usage } = this;
    const { values, positionals } = read(
      args,
      {
        layer: { type: 'string' },
        owner: { type: 'string' },
        title: { type: 'string' },
        theme: { type: 'string' },
        definition: { type: 'string' },
        encoding: { type: 'string' },
        replace: { type: 'boolean' },
      },
      usage,
      1,
    );
    const file = resolve(positionals[0]!);
    const id = required(values.layer, 'layer', usage);
    const present = rooms.catalogue.layers.get(id);
    const owner = present?.owner ?? required(values.owner, 'owner', usage);
    if (!rooms.catalogue.organisations.has(owner))
      throw new UsageError(`There is no organisation "${owner}". Known: ${[...rooms.catalogue.organisations.keys()].join(', ')}`);
    const encoding = values.encoding as Encoding | undefined;
    if (encoding !== undefined && !encodings.includes(encoding))
      throw new UsageError(`--encoding is one of ${encodings.join(', ')}`);
    const given = await GeojsonFile.open(file, encoding);
    const theme = values.theme ?? rooms.catalogue.instance.themes[0]?.code ?? 'other';
    const definition =
      values.definition !== undefined
        ? await readDefinition(resolve(values.definition))
        : (present ?? (await inferDefinition(id, owner, theme, values.title, given.features(), out)));
    if (present && values.replace && values.definition !== undefined) refuseOtherRules(present, definition);
    const reading = { read: 0, size: 0 };
    const started = Date.now();
    const report = await importLayer(rooms, definition, given.features(reading), {
      actor: 'command line',
      organisation: owner,
      source: positionals[0]!,
      replace: values.replace ?? false,
      timezone: rooms.config.timezone,
      signal,
      progress: (n) => {
        const share = reading.size > 0 ? reading.read / reading.size : 1;
        const left = share > 0 ? ((Date.now() - started) / 1000 / share) * (1 - share) : 0;
        if (n % 5000 === 0) out(`${n} features, ${Math.round(share * 100)} %, about ${Math.ceil(left)} s left`);
      },
    });
    for (const note of [...given.notes.map(({ en }) => en), ...report.notes]) out(note);
    out(`${report.layer}: ${report.features} features, version ${report.version}`);
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
