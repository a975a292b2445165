import { parentPort, workerData } from 'node:worker_threads';
import type { Column } from '@yutu/tiles';
import { Packer } from './pack.js';

/** Packs a snapshot away from the thread that answers requests. */
export interface BuildData {
  columns: Column[];
}

const packer = new Packer((workerData as BuildData).columns);

parentPort!.on('message', (chunk: Uint8Array | 'end') => {
  if (chunk !== 'end') {
    packer.push(chunk);
    return parentPort!.postMessage({ taken: true });
  }
  parentPort!.postMessage(packer.finish());
  parentPort!.close();
});
