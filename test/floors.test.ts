import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';

const check = fileURLToPath(new URL('floors.js', import.meta.url));
const trees: string[] = [];

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

/** Runs the check over a tree made of the given files. */
function floorsOf(files: Record<string, string>, fewest = 1) {
  const tree = mkdtempSync(join(tmpdir(), 'yutu-floors-'));
  trees.push(tree);
  for (const [path, text] of Object.entries({ 'package.json': '{"name":"planted","type":"module"}', ...files })) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [check, tree, String(fewest)], { encoding: 'utf8' });
  return { status, said: stderr + stdout };
}

const a = 'export const a = 1;\nexport type T = number;\n';

describe('the floors', () => {
  it('lets a room stand on the floors below it', () => {
    const { status, said } = floorsOf({
      'server/src/db/a.ts': a,
      'server/src/store/b.ts': "import { a } from '../db/a.js';\nexport const b = a;\n",
    });
    expect(said).toContain('2 modules, 1 imports, 0 against the floors');
    expect(status).toBe(0);
  });

  describe('with faults planted', () => {
    const planted = [
      [
        'an import from above',
        'floor-of-access',
        'server/src/access/value.ts',
        "import { a } from '../app/a.js';\nexport const b = a;\n",
      ],
      [
        'a type from above',
        'floor-of-access',
        'server/src/access/type.ts',
        "import type { T } from '../app/a.js';\nexport const b: T = 1;\n",
      ],
      [
        'a neighbour on one floor',
        'floor-of-features',
        'server/src/features/b.ts',
        "import { a } from '../tiles/a.js';\nexport const b = a;\n",
      ],
      [
        'the command line from the app',
        'floor-of-app',
        'server/src/app/b.ts',
        "import { a } from '../cli/a.js';\nexport const b = a;\n",
      ],
      [
        'a room without a floor',
        'nothing-from-a-room-without-a-floor',
        'server/src/cellar/b.ts',
        "import { a } from '../db/a.js';\nexport const b = a;\n",
      ],
      [
        'the server from the viewer',
        'the-viewer-speaks-http',
        'web/src/b.ts',
        "import { a } from '../../server/src/app/a.js';\nexport const b = a;\n",
      ],
      [
        'the server from tiles',
        'tiles-stand-alone',
        'tiles/src/b.ts',
        "import { a } from '../../server/src/app/a.js';\nexport const b = a;\n",
      ],
      [
        'http in tiles',
        'tiles-use-no-node-services',
        'tiles/src/net.ts',
        "import { get } from 'node:http';\nexport const b = get;\n",
      ],
      [
        'an undeclared package',
        'only-declared-packages',
        'tiles/src/package.ts',
        "import { b } from 'no-such-package';\nexport const c = b;\n",
      ],
      ['a cycle', 'no-cycles', 'tiles/src/one.ts', "import { two } from './two.js';\nexport const one = () => two;\n"],
      ['a catch-all folder', 'no-catch-all-folders', 'server/src/db/utils/b.ts', a],
      [
        'a surface that reads grants',
        'one-decision',
        'server/src/features/grants.ts',
        'export const sql = (id: string) => `select 1 from yutu.sharing_grant where id = ${id}`;\n',
      ],
      [
        'a surface that decides',
        'one-decision',
        'server/src/live/decides.ts',
        "import { decide } from '../access/decide.js';\nexport const may = () => decide();\n",
      ],
      [
        'a surface that names a layer’s table',
        'one-decision',
        'server/src/governance/table.ts',
        "import { tableOf } from '../catalogue/layers.js';\nexport const sql = `select * from ${tableOf()}`;\n",
      ],
      [
        'a read of a layer without the predicate',
        'one-decision: server/src/store/open.ts everything',
        'server/src/store/open.ts',
        "import { tableOf } from '../catalogue/layers.js';\nexport const everything = () => `select * from ${tableOf()}`;\n",
      ],
      [
        'a surface that reads past the way out',
        'one-decision',
        'server/src/features/read.ts',
        "import { queryItems } from '../store/tile-rows.js';\nexport const read = () => queryItems();\n",
      ],
      [
        'a surface that counts by itself',
        'one-way-out',
        'server/src/features/counts-itself.ts',
        'export const note = (rooms: { ledger: { count: () => void } }) => rooms.ledger.count();\n',
      ],
      [
        'a read with the predicate that builds no fence',
        'one-decision: server/src/store/beside.ts:1 speaks of accessSql',
        'server/src/store/beside.ts',
        "import { accessSql } from '../access/predicate.js';\nexport const where = () => accessSql();\n",
      ],
      [
        'a filter over rows that are not behind the fence',
        'one-decision: server/src/store/unfenced.ts some',
        'server/src/store/unfenced.ts',
        "import { filterToSql } from '../access/filter-sql.js';\nexport const some = () => `select 1 where ${filterToSql()}`;\n",
      ],
      [
        'a server that follows an address',
        'no-asking-elsewhere',
        'server/src/features/follow.ts',
        'export const follow = (href: string) => fetch(href);\n',
      ],
      [
        'a client for http',
        'no-asking-elsewhere',
        'server/src/drafts/client.ts',
        "import { type IncomingMessage, request } from 'node:http';\nexport const b = request;\nexport type T = IncomingMessage;\n",
      ],
      ['an excuse for a read that is no longer there', 'one-decision: store/edit.ts stateOf', 'server/src/store/edit.ts', a],
    ] as const;
    let checked: { status: number | null; said: string };

    beforeAll(() => {
      checked = floorsOf({
        ...Object.fromEntries(['app', 'tiles', 'cli', 'db'].map((room) => [`server/src/${room}/a.ts`, a])),
        ...Object.fromEntries(planted.map(([, , path, text]) => [path, text])),
        'server/src/access/decide.ts': 'export const decide = () => true;\n',
        'server/src/access/predicate.ts': "export const accessSql = () => 'true';\n",
        'server/src/catalogue/layers.ts': "export const tableOf = () => 't';\n",
        'server/src/access/filter-sql.ts': "export const filterToSql = () => 'true';\n",
        'server/src/store/tile-rows.ts':
          "import { accessSql } from '../access/predicate.js';\nimport { tableOf } from '../catalogue/layers.js';\n" +
          'const where = () => accessSql();\nexport const queryItems = 1;\nexport const some = () => `select * from ${tableOf()} where ${where()}`;\n',
        'tiles/src/two.ts': "import { one } from './one.js';\nexport const two = () => one;\n",
      });
    });

    it('fails', () => expect(checked.status).toBe(1));

    it.each(planted)('catches %s', (_what, rule, path) => {
      const place = rule === 'no-catch-all-folders' ? dirname(path) : path;
      const begin = rule.includes(': ') ? rule : `${rule}: ${place}`;
      expect(checked.said.split('\n').filter((line) => line.startsWith(begin))).not.toEqual([]);
    });

    it('takes a read under the predicate for what it is', () => expect(checked.said).not.toContain('tile-rows.ts'));
  });

  it('does not trust a cruise that saw next to nothing', () => {
    const { status, said } = floorsOf({ 'server/src/db/a.ts': a }, 50);
    expect(said).toContain('the check itself is broken');
    expect(status).toBe(1);
  });
});
