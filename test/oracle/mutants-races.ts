import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../harness.js';
import { broken, copiedServer, fileOf, type Mutant } from './copied.js';

/**
 * Copies of the built server that do not decide again before they answer or write must fail the races (test/api/races.test.ts): the tables
 * are locked for these, so they need PostGIS. Run by `npm run mutants`, like those of the access rules.
 */
const mutants: Mutant[] = [
  {
    name: 'what was decided before the work is sent',
    file: 'features/deliver.js',
    from: 'const holds = now.length === readings.length &&',
    to: 'const holds = true || now.length === readings.length &&',
  },
  {
    name: 'the rest of a file follows whatever has changed',
    file: 'features/deliver.js',
    from: 'const [now] = open(await who());',
    to: 'const [now] = [begun];',
  },
  { name: 'an edit that waited is written', file: 'store/edit.js', from: 'await editor.still(q);', to: '' },
];

let folder: string;
beforeAll(() => {
  folder = copiedServer();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whether the races pass against the copy as it stands now, and what they said. */
function races(): { passed: boolean; said: string } {
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'api', 'test/api/races.test.ts'];
  const run = spawnSync(process.execPath, [...vitest, '-t', 'a grant that is revoked|an edit under way'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, YUTU_TEST_PROGRAM: join(folder, 'server/bin/yutu.js') },
  });
  return { passed: run.status === 0, said: run.stdout + run.stderr };
}

it('the races pass in a copy that is not broken', () => {
  const { passed, said } = races();
  expect(passed, said.slice(-2_000)).toBe(true);
});

it.each(mutants)('the races find out that $name', (mutant) => {
  const path = fileOf(folder, mutant.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, broken(text, mutant));
  try {
    const { passed, said } = races();
    console.log(/FAIL .*/.exec(said)?.[0]);
    expect(passed).toBe(false);
    // It is the test that failed, and not the copy that would not start.
    expect(said).toMatch(/AssertionError/);
  } finally {
    writeFileSync(path, text);
  }
});
