import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { makeSeed, type Place, removeSeeds, scratch, startYutu } from './harness.js';

declare module 'vitest' {
  interface ProvidedContext {
    place: Place;
    scratch: string;
  }
}

/** Global setup of a stage: one Yutu with the demonstration, shared by the tests that leave it as they found it. */
export default async function setup(project: TestProject) {
  const ownScratch = !process.env.YUTU_TEST_SCRATCH;
  project.provide('scratch', scratch());
  const took = await makeSeed();
  const yutu = await startYutu();
  if (took > 0) console.log(`Demonstration loaded on ${yutu.engine} in ${(took / 1000).toFixed(1)} s`);
  const { engine, url, port, dataDir, databaseUrl } = yutu;
  project.provide('place', { engine, url, port, dataDir, databaseUrl });
  return async () => {
    await yutu.remove();
    if (ownScratch) await removeSeeds();
  };
}

/** The stage's shared instance. */
export function shared(): Place {
  process.env.YUTU_TEST_SCRATCH ||= inject('scratch');
  return inject('place');
}
