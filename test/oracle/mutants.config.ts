import { defineConfig } from 'vitest/config';

/** The leak matrix by itself, against the server as it is or broken on purpose: no demonstration is loaded. */
export default defineConfig({
  test: {
    include: [
      'test/oracle/{mutants,mutants-fairness,leaks.test}.ts',
      // Their tables are locked from outside, which an engine in the process does not allow.
      ...(process.env.YUTU_TEST_ENGINE === 'postgis' ? ['test/oracle/mutants-races.ts'] : []),
    ],
    fileParallelism: false,
    testTimeout: 400_000,
    hookTimeout: 400_000,
  },
});
