import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { spawnServe, startYutu, type Yutu } from '../harness.js';

/** A node that is starting: who has a page open, or opens one, is not turned away. */
let yutu: Yutu;
beforeAll(async () => {
  yutu = await startYutu();
  await yutu.stop();
});
afterAll(() => yutu?.discard());

it('lets streams of events wait and gives the viewer’s page, while the rest is told to come back', async () => {
  const { child, said, exited } = spawnServe(yutu, { DEMO: 'true' });
  try {
    let stream: Response | null = null;
    while (!stream) stream = await fetch(`${yutu.url}/api/events`).catch(() => sleep(5).then(() => null));
    const [page, layers, ready, alive] = await Promise.all(
      ['/', '/api/collections', '/readyz', '/healthz'].map((path) => fetch(yutu.url + path)),
    );
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect([page!.status, layers!.status, ready!.status, alive!.status]).toEqual([200, 503, 503, 200]);
    expect(await page!.text()).toContain('<div id="root">');
    expect((await layers!.json()).code).toBe('starting');
    expect(said()).not.toContain('Yutu is ready');
    // It ends when the doors open, and whoever comes back is heard.
    expect(await stream.text()).toMatch(/^retry: \d+\n: starting\n\n/);
    const again = await fetch(`${yutu.url}/api/events`);
    const { value } = await again.body!.getReader().read();
    expect(Buffer.from(value!).toString()).toMatch(/^retry: 2000\nid: \d+/);
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
});

it('ends at once when it is told to, whoever waits', async () => {
  const { child, exited } = spawnServe(yutu, { DEMO: 'true' });
  let stream: Response | null = null;
  while (!stream) stream = await fetch(`${yutu.url}/api/events`).catch(() => sleep(5).then(() => null));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
  expect(await exited).toBe(0);
  clearTimeout(late);
});
