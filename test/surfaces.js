/**
 * No surface decides for itself: only `access` reads grants and writes predicates, only `store` touches a layer's table, and there every
 * read either stands under the access predicate or is named below with the reason why it may not need one. And the server asks no other
 * machine but those of its operator: an address that a caller writes is never followed. Read from the sources
 * themselves; `npm run floors` runs it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Names that only some may speak: rooms, or single files. Whoever is added here says why. */
const reserved = {
  // who reads the grants for a decision, and takes it
  GrantBook: ['access', 'app/house.ts'],
  decide: ['access'],
  // who puts the predicate into a statement: the fence, for all that a caller asks, and what tiles are made of
  accessSql: ['access', 'store/fence.ts', 'store/snapshot-select.ts', 'store/tile-rows.ts'],
  codeSql: ['access', 'store'],
  prepareMask: ['tiles'],
  // what names or touches a layer's table
  tableOf: ['catalogue', 'store'],
  schemaName: ['catalogue', 'store'],
  tableName: ['catalogue', 'store'],
  changesOf: ['store'],
  ident: ['access', 'catalogue', 'db', 'store'],
  // what is read of a layer's features leaves by one way: `deliver.ts` hands the reading to the work of an answer, decides again and counts
  queryItems: ['store', 'features/reading.ts', 'setup/tiles-command.ts'],
  countItems: ['store', 'features/counts.ts'],
  summaryOf: ['store', 'features/counts.ts', 'setup/tiles-command.ts'],
  statisticsOf: ['store', 'features/counts.ts'],
  overlayOf: ['store', 'features/reading.ts'],
  verifyClaims: ['store', 'features/reading.ts'],
  feedBetween: ['store', 'features/reading.ts'],
  openReading: ['features/reading.ts', 'features/deliver.ts'],
  // the whole layer, for what is masked afterwards: snapshots and the rows over them
  snapshotSelect: ['store', 'tiles'],
  orderedSelect: ['store', 'tiles'],
  changedSelect: ['store', 'tiles'],
};

/** Calls, by the end of what is called, that only some may make. */
const calling = {
  // what leaves is counted where it leaves
  'ledger.count': ['features/deliver.ts', 'tiles/serve.ts', 'setup/tiles-command.ts'],
  'extractions.features': ['features/deliver.ts', 'setup/tiles-command.ts'],
  'extractions.tile': ['tiles/serve.ts'],
  // tiles: decided before and after a cut, sent and counted in one place
  'tiles.peek': ['tiles/serve.ts'],
  'tiles.now': ['tiles/serve.ts'],
  'tiles.cut': ['tiles/serve.ts'],
  // remembered counts are asked under a decision
  'counts.matched': ['features/reading.ts'],
  'counts.extent': ['features/reading.ts'],
  'counts.statistics': ['features/reading.ts'],
};

/** Conditions that a caller writes. Where one is made, the rows must come from behind the fence (`fenced`, `asked`: store/fence.ts). */
const callersOwn = ['filterToSql', 'literalsSql'];
const FENCES = ['fenced', 'asked'];

/** Tables that only some may name in SQL. */
const tables = {
  // requests write what was decided and list it for people
  sharing_grant: ['access', 'requests'],
};

/** Who speaks to other machines, and to which: an address that a caller writes is never among them. */
const outward = {
  'cli/remote.ts': 'the running server on this machine, by the port in its lock file',
  'audit/anchors.ts': 'the address for anchors, a setting of the operator; redirections are refused',
  'mail/mailer.ts':
    'the mail server, a setting of the operator; it gets addresses that administrators wrote, and calls none of them',
  'identity/oidc.ts': 'the identity provider, a setting of the operator',
  'db/cancel.ts': 'the database, where a connection to it is: to have a statement stopped',
};
const CLIENTS =
  /^(node:)?(https?|http2|net|tls|dgram|dns)(\/promises)?$|^(undici|axios|got|node-fetch|openid-client|oauth4webapi|nodemailer)$/;
/** What of those modules serves and does not ask. */
const SERVING = new Set(['createServer', 'STATUS_CODES', 'BlockList', 'isIP', 'isIPv4', 'isIPv6', 'SocketAddress']);

/** A caller's expressions over no rows at all. */
const unfenced = {
  'store/fence.ts checkLiterals': 'whether the geometries written in a filter are valid, before any row is read',
};

/** Reads of a layer's table without the access predicate. */
const unmasked = {
  'store/changes.ts lastFid': 'a number: the next id to give',
  'store/changes.ts maxFid': 'a number: how far slices of the table go',
  'store/feed.ts rowsAt': 'rows as they were, for queryItems alone, which puts them under the predicate',
  'store/edit.ts stateOf': 'the row before an edit, for its change row; what the editor reads goes through queryItems',
  'store/edit.ts write': 'writes, and returns id and box to the writer',
  'store/edit.ts keepTotals': 'the whole layer’s extent, written to its registration',
  'store/columns.ts Columns.filled': 'yes or no, for whoever replaces the layer: whether a field has any value',
  'store/match.ts keepIds': 'numbers, for whoever replaces the layer: how many features have the same key',
  'store/match.ts guess': 'yes or no: whether a field can be a key',
  'store/delivery.ts differences': 'ids for change rows, which the feed tells under the predicate',
  'store/delivery.ts writeChanges': 'rows before a delivery, for its change rows',
  'store/landmarks.ts loadLandmarks': 'named points of base layers, to check an import’s coordinates; they do not leave',
  'store/snapshot-select.ts snapshotSelect': 'the whole layer into its snapshot: the cutter masks every tile',
};

/**
 * @param {string} tree folder that holds server/src
 * @returns {{ faults: string[], reads: number, masked: number }} reads of layers' tables, and how many of them stand under the predicate
 */
export function surfaces(tree) {
  const source = join(tree, 'server/src');
  const files = existsSync(source) ? sourcesIn(source, '') : [];
  const faults = [];
  const found = new Set();
  let reads = 0;
  let masked = 0;
  for (const path of files) {
    const room = path.split('/')[0];
    const may = (who) => who.includes(room) || who.includes(path);
    const file = ts.createSourceFile(path, readFileSync(join(source, path), 'utf8'), ts.ScriptTarget.Latest, true);
    for (const node of nodesOf(file)) {
      if (ts.isIdentifier(node) && Object.hasOwn(reserved, node.text) && !may(reserved[node.text]))
        faults.push(`one-decision: server/src/${path}:${lineOf(file, node)} speaks of ${node.text}`);
      if (ts.isPropertyAccessExpression(node))
        for (const [call, who] of Object.entries(calling))
          if (!may(who) && `.${node.getText()}`.endsWith(`.${call}`))
            faults.push(`one-way-out: server/src/${path}:${lineOf(file, node)} speaks of ${call}`);
      if (asksOthers(node) && !Object.hasOwn(outward, path))
        faults.push(`no-asking-elsewhere: server/src/${path}:${lineOf(file, node)} speaks to other machines`);
      if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node))
        for (const [table, who] of Object.entries(tables))
          if (new RegExp(`\\b${table}\\b`).test(node.text) && !may(who))
            faults.push(`one-decision: server/src/${path}:${lineOf(file, node)} names the table ${table}`);
    }
    if (room !== 'store') continue;
    const functions = functionsOf(file);
    for (const [name, body] of functions) {
      if (
        callersOwn.some((made) => calls(body, made)) &&
        !FENCES.some((fence) => calls(body, fence)) &&
        !(`${path} ${name}` in unfenced)
      )
        faults.push(
          `one-decision: server/src/${path} ${name} puts a caller's expression over rows that are not behind the fence`,
        );
      if (!calls(body, 'tableOf')) continue;
      reads++;
      const own = `${path} ${name}`;
      found.add(own);
      if (isMasked(name, new Map([...importedBy(file, source), ...functions]))) masked++;
      else if (!Object.hasOwn(unmasked, own))
        faults.push(`one-decision: server/src/${path} ${name} reads a layer without the access predicate, and says nowhere why`);
    }
  }
  if (files.some((path) => path.startsWith('store/')))
    for (const own of Object.keys(unmasked))
      if (existsSync(join(source, own.split(' ')[0])) && !found.has(own))
        faults.push(`one-decision: ${own} is excused in test/surfaces.js, but reads no layer`);
  return { faults: [...new Set(faults)], reads, masked };
}

/** TypeScript sources without tests, relative to the folder. */
function sourcesIn(folder, below) {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below ? `${below}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return sourcesIn(folder, path);
    return /\.ts$/.test(path) && !/\.test\.ts$|(^|\/)testing\.ts$/.test(path) ? [path] : [];
  });
}

function* nodesOf(node) {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

const lineOf = (file, node) => file.getLineAndCharacterOfPosition(node.getStart()).line + 1;

/** A call of `fetch`, or an import of something that opens connections. Types are free. */
function asksOthers(node) {
  if (ts.isCallExpression(node)) return node.expression.getText() === 'fetch';
  if (!ts.isImportDeclaration(node) || !CLIENTS.test(node.moduleSpecifier.text)) return false;
  const { importClause } = node;
  if (!importClause || importClause.isTypeOnly) return false;
  const { namedBindings } = importClause;
  if (importClause.name || !namedBindings || !ts.isNamedImports(namedBindings)) return true;
  return namedBindings.elements.some((one) => !one.isTypeOnly && !SERVING.has((one.propertyName ?? one.name).text));
}

/** Functions of the file's own level and methods of its classes, by name. */
function functionsOf(file) {
  const functions = new Map();
  const add = (name, body) => body && functions.set(name, body);
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement)) add(statement.name?.text ?? 'default', statement.body);
    if (ts.isVariableStatement(statement))
      for (const { name, initializer } of statement.declarationList.declarations) add(name.getText(), initializer);
    if (ts.isClassDeclaration(statement))
      for (const member of statement.members)
        add(`${statement.name?.text}.${member.name?.getText() ?? 'constructor'}`, member.body ?? member.initializer);
  }
  return functions;
}

const calls = (body, name) => [...nodesOf(body)].some((node) => ts.isCallExpression(node) && node.expression.getText() === name);

/** Functions of the store that a file of it imports. */
function importedBy(file, source) {
  const imported = new Map();
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const path = join(source, 'store', statement.moduleSpecifier.text.replace(/\.js$/, '.ts'));
    if (!statement.moduleSpecifier.text.startsWith('./') || !existsSync(path)) continue;
    const named = statement.importClause?.namedBindings;
    const names = named && ts.isNamedImports(named) ? named.elements.map((e) => e.name.text) : [];
    const functions = functionsOf(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true));
    for (const name of names) if (functions.has(name)) imported.set(name, functions.get(name));
  }
  return imported;
}

/** Whether a function puts the access predicate into its SQL, itself or through another of its file or of the store. */
function isMasked(name, functions, asked = new Set()) {
  const body = functions.get(name);
  if (!body || asked.has(name)) return false;
  if (calls(body, 'accessSql')) return true;
  asked.add(name);
  return [...functions.keys()].some((other) => other !== name && calls(body, other) && isMasked(other, functions, asked));
}
