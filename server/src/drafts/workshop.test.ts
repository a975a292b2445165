import { afterEach, describe, expect, it } from 'vitest';
import { type Client, runFor } from '../db/client.js';
import type { DraftTask } from './worker.js';
import { Workshop } from './workshop.js';

/** A worker that takes its time over a task, or dies over it, and answers with its id. */
const program = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ id }) => {
      if (id.endsWith('crash')) process.exit(3);
      setTimeout(() => parentPort.postMessage({ answer: { name: id } }), 5);
    });`)}`,
);
const workshops: Workshop[] = [];
afterEach(() => Promise.all(workshops.splice(0).map((w) => w.close())));

const person = (id: string, signal: AbortSignal | null = null): Client => ({ id, anonymous: false, signal });
function contest() {
  const workshop = new Workshop(program);
  workshops.push(workshop);
  const done: string[] = [];
  const ask = (client: Client, what: string) =>
    runFor(client, () => workshop.ask({ task: 'tile', id: `${client.id} ${what}`, z: 0, x: 0, y: 0 } satisfies DraftTask)).then(
      (answer) => void done.push((answer as { name: string }).name),
      (error) => void done.push(`${client.id} ${what}: ${error.code ?? error.message}`),
    );
  return { done, ask };
}

describe('the workshop', () => {
  it('takes people in turns, one task at a time', async () => {
    const { done, ask } = contest();
    const [greedy, li] = [person('greedy'), person('li')];
    await Promise.all([ask(greedy, '1'), ask(greedy, '2'), ask(greedy, '3'), ask(greedy, '4'), ask(li, '1'), ask(li, '2')]);
    expect(done).toEqual(['greedy 1', 'greedy 2', 'li 1', 'greedy 3', 'li 2', 'greedy 4']);
  });

  it('that dies over a task fails that one, and does the others', async () => {
    const { done, ask } = contest();
    await Promise.all([ask(person('greedy'), 'crash'), ask(person('li'), '1')]);
    expect(done).toEqual(['greedy crash: draft_too_hard', 'li 1']);
  });

  it('drops what somebody who left had waiting', async () => {
    const { done, ask } = contest();
    const left = new AbortController();
    const gone = person('gone', left.signal);
    const all = [ask(person('li'), '1'), ask(gone, '1'), ask(gone, '2'), ask(person('li'), '2')];
    left.abort();
    await Promise.all(all);
    expect(done).toEqual(['gone 1: the client has left', 'gone 2: the client has left', 'li 1', 'li 2']);
  });

  it('refuses who has too many waiting, and nobody else', async () => {
    const { done, ask } = contest();
    const greedy = Array.from({ length: 205 }, (_, i) => ask(person('greedy'), String(i)));
    await Promise.all([...greedy, ask(person('li'), '1')]);
    expect(done.filter((one) => one.endsWith('overloaded'))).toHaveLength(5);
    expect(done.filter((one) => !one.endsWith('overloaded')).indexOf('li 1')).toBeLessThan(3);
  });
});
