import { defineConfig } from 'vitest/config';
import { changedByTheEngine } from './test/stages.js';

/**
 * `npm test` runs the projects one after the other; `npx vitest run --project unit` runs one by hand. The projects that
 * need a whole Yutu start it themselves (test/harness.ts) on the engine named by YUTU_TEST_ENGINE.
 */
const whole = {
  // one Yutu per stage, two cores: files run one after the other
  fileParallelism: false,
  testTimeout: 180_000,
  hookTimeout: 400_000,
  globalSetup: ['test/instance.ts'],
};

const { YUTU_TEST_ENGINE: engine, YUTU_TEST_SCOPE: scope } = process.env;
const apiTests =
  scope === 'engine'
    ? [`test/api/{${changedByTheEngine.join(',')}}.test.ts`, 'test/oracle/leaks.test.ts']
    : ['test/api/**/*.test.ts', 'test/oracle/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{contract,tiles,server}/src/**/*.test.ts',
            'web/src/**/*.test.{ts,tsx}',
            'test/*.test.ts',
            'test/model/*.test.ts',
          ],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'api',
          include: apiTests,
          // an embedded engine has no connection that could be lost
          exclude: engine === 'postgis' ? [] : ['**/*.postgis.test.ts'],
          ...whole,
        },
      },
      { test: { name: 'clients', include: ['test/clients/**/*.test.ts'], ...whole, testTimeout: 300_000 } },
      { test: { name: 'robust', include: ['test/robust/**/*.test.ts'], ...whole, testTimeout: 400_000 } },
      {
        test: {
          name: 'browser',
          // forms, dialogs and escaping are looked at once, where the engine makes no difference
          include: [`test/browser/${engine === 'embedded' && scope !== 'all' ? '{story,editing}' : '*'}.test.ts`],
          ...whole,
        },
      },
    ],
  },
});
