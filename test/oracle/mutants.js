/**
 * `npm run mutants`: breaks the access rules of a copy of the built server one by one; the leak matrix must find out each time.
 *
 *   npm run mutants                  all of them
 *   npm run mutants -- --bounded     six of them, for every build (less than two minutes)
 *   npm run mutants -- --only 3,7    these, by their place in the list (test/oracle/mutants.ts)
 *
 * On PostGIS when TEST_DATABASE_URL names one, else on the embedded engine.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, root } from '../../server/bin/prepare.js';

const { values } = parseArgs({ options: { bounded: { type: 'boolean', default: false }, only: { type: 'string' } } });
await prepare((line) => console.log(line));
const chosen = values.only ?? (values.bounded ? '1,2,4,5,10,13' : undefined);
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/oracle/mutants.config.ts', 'mutants'],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      YUTU_TEST_ENGINE: process.env.TEST_DATABASE_URL ? 'postgis' : 'embedded',
      ...(chosen ? { MUTANTS: chosen } : {}),
    },
  },
);
process.exit(status ?? 1);
