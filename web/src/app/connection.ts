import { base } from './base';
import { createStore } from './store';

/** Whether the server answers, as far as this page knows. A single call that failed is no sign of it: it is asked once more first. */
export const connection = createStore<'there' | 'away'>('there');

/** Counts up each time the server is there again: what failed meanwhile is asked for anew. */
export const returns = createStore(0);

const PATIENCE = 8_000;
let asking = false;
let wake = () => {};

/** Somebody got no answer: asks until there is one. */
export async function suspect(): Promise<void> {
  if (asking) return;
  asking = true;
  let failed = 0;
  while (!(await answers())) {
    failed += 1;
    if (failed > 1) connection.set('away');
    await pause(waiting(failed));
  }
  asking = false;
  if (failed === 0) return;
  connection.set('there');
  returns.set((n) => n + 1);
}

/** Milliseconds before the next try: one second at first, then twice as long, ten at most; not all pages at the same moment. */
export const waiting = (tries: number, most = 10_000) => Math.min(most, 500 * 2 ** tries) * (0.75 + Math.random() / 2);

/** A refusal is an answer, too; what a proxy says in the server's place is none. */
async function answers(): Promise<boolean> {
  try {
    const { status } = await fetch(`${base}/api/instance`, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
    return status < 500;
  } catch {
    return false;
  }
}

const pause = (ms: number) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });

addEventListener('online', () => wake());
