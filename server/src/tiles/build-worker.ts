import { parentPort, workerData } from 'node:worker_threads';
import type { BuildProgress, Column } from '@yutu/tiles';
import { type Packed, Packer } from './pack.js';

/** Packs a snapshot away from the thread that answers requests. */
export interface BuildData {
  columns: Column[];
  scratch?: string;
  file?: string;
  memory?: number;
  expected?: number;
  /** The column by which geometries that thinning keeps are chosen. */
  rank?: string;
  /** Each geometry's detail is chosen without a look at the others. */
  alone?: boolean;
  /** Under which name points tell for how many they stand; absent: they do not. */
  counts?: string;
  /** Shared memory; not 0: give up. */
  cancelled: Int32Array;
}

/** What the worker says: how far the scratch folder is, that a chunk is taken, how far the build is, what came of it. */
export type BuildAnswer = { resumeAfter: number } | { taken: true } | { progress: BuildProgress } | { packed: Packed };

const { columns, cancelled, ...options } = workerData as BuildData;
const say = (answer: BuildAnswer) => parentPort!.postMessage(answer);
let told = 0;
const packer = new Packer(columns, {
  ...options,
  progress: (progress) => {
    const now = Date.now();
    if (now - told < 200) return;
    told = now;
    say({ progress });
  },
  signal: {
    get aborted() {
      return Atomics.load(cancelled, 0) !== 0;
    },
  },
});
say({ resumeAfter: packer.resumeAfter });

parentPort!.on('message', (chunk: Uint8Array | 'end') => {
  if (chunk !== 'end') {
    packer.push(chunk);
    return say({ taken: true });
  }
  say({ packed: packer.finish() });
  parentPort!.close();
});
