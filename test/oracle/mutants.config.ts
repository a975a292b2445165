import { defineConfig } from 'vitest/config';

/** The leak matrix by itself, against the server as it is or broken on purpose: no demonstration is loaded. */
export default defineConfig({
  test: {
    include: ['test/oracle/mutants.ts', 'test/oracle/mutants-fairness.ts', 'test/oracle/leaks.test.ts'],
    fileParallelism: false,
    testTimeout: 400_000,
    hookTimeout: 400_000,
  },
});
