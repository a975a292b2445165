/**
 * `node test/soak.js --minutes 120 [--engine embedded|postgis]`: mixed load for as long as that (test/robust/soak.test.ts): readers
 * with several rights, editors, grants that come and go, exports. Fails on a fault, on memory that grows, and on a tile that does
 * not agree with the database at the end. `postgis` needs TEST_DATABASE_URL.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, root } from '../server/bin/prepare.js';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '120' }, engine: { type: 'string', default: 'embedded' } },
});
if (!(Number(values.minutes) > 0) || !['embedded', 'postgis'].includes(values.engine)) {
  console.error('node test/soak.js --minutes 120 [--engine embedded|postgis]');
  process.exit(2);
}
await prepare((line) => console.log(line));
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'robust', 'soak'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, SOAK_MINUTES: values.minutes, YUTU_TEST_ENGINE: values.engine } },
);
process.exit(status ?? 1);
