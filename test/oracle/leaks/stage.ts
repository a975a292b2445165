import { startYutu, underneath, type Yutu } from '../../harness.js';
import { addCases, type Cases } from './cases.js';
import { Examination, throughProxy } from './examine.js';
import { Facts } from './facts.js';
import { type CallerSpec, type LayerSpec, makeWorld, type World, writeWorld } from './world.js';

/** The world of the leak matrix, before it is in any database. */
export interface Cast {
  world: World;
  /** Its layers without those of the random cases. */
  fixed: LayerSpec[];
  cases: Cases;
  /** Every caller with every fixed layer, and a number that chooses the tiles they are looked at in. */
  pairs: [CallerSpec, LayerSpec, number][];
}

export function makeCast(seed: number, counts = { growing: 6, worlds: 4 }): Cast {
  const world = makeWorld();
  const fixed = [...world.layers];
  const pairs = world.callers.flatMap((caller, c) =>
    fixed.map((layer, l): [CallerSpec, LayerSpec, number] => [caller, layer, c * 31 + l]),
  );
  return { world, fixed, cases: addCases(world, seed, counts), pairs };
}

/** A Yutu that holds the world, and all that it takes to examine it. */
export interface Stage {
  yutu: Yutu;
  examination(most?: number): Examination;
}

/** Certificates come with a header of the proxy's. */
const behindProxy = {
  TRUST_PROXY: 'true',
  CLIENT_CERT_HEADER: 'X-Client-Cert',
  PROXY_SECRET: throughProxy['yutu-proxy-secret'],
};

export async function setStage({ world }: Cast): Promise<Stage> {
  const secrets = new Map<string, string>();
  const empty = await startYutu({ start: 'empty', env: behindProxy });
  await empty.stop();
  const facts = await underneath(empty, async (query) => {
    await writeWorld(query, world, secrets);
    return Facts.ask(query, world);
  });
  const yutu = await empty.again();
  return { yutu, examination: (most) => new Examination(yutu, world, facts, secrets, most) };
}

/** Runs work over a list, a few at a time, until all is done or too much has gone wrong. */
export async function inTurns<T>(list: readonly T[], examination: Examination, work: (one: T) => Promise<void>): Promise<void> {
  const rest = [...list];
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let one = rest.shift(); one !== undefined && !examination.over; one = rest.shift()) await work(one);
    }),
  );
}
