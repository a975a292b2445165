import nodeHttp from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { count, MB, ms, percent, table } from '../format.js';
import { cityTiles, withInstances } from '../instance.js';
import { CONNECTIONS, lacksWrk, shuffled, tried, wrk } from '../load.js';
import { cpuSeconds, memoryOf } from '../programs.js';
import { largest, spread } from '../statistics.js';

const LAYERS = ['parcels', 'townships', 'districts', 'rivers'];
const ENCODINGS = ['br', 'gzip', 'identity'];
const TIMES = 4;
/** Beyond it the generator, not the server, would be measured. */
const MOST_RATE = 4_000;
const PATIENCE_MS = 30_000;
const LULL_MS = 20;

/** Four times the tiles a second that the server can cut, sent whether it answers or not. */
export const overload = {
  title: 'Four times more than it can do',
  lacks: lacksWrk,
  run: (bench) =>
    withInstances('postgis', async (house) => {
      bench.say('loading the demonstration');
      const yutu = await house.start({ TILE_CACHE_MB: '1' });
      const steward = await house.signIn(yutu, 'steward');
      const paths = LAYERS.flatMap((layer) => cityTiles(house, layer, [10, 13]));
      const filled = await tried(steward.get, paths, { 'accept-encoding': 'br', ...steward.headers });
      // more tiles than may wait: who asks for one that is being cut joins, and that is no load
      const requests = shuffled(
        ENCODINGS.flatMap((encoding) =>
          filled.requests.map(({ path }) => ({ path, headers: { ...steward.headers, 'accept-encoding': encoding } })),
        ),
      );
      const seconds = bench.quick ? 4 : 20;
      const pid = yutu.process.pid;
      const warm = { folder: house.folder, seconds: bench.quick ? 3 : 10, pid, connections: CONNECTIONS };
      await wrk(yutu.url, requests, warm);
      const able = await wrk(yutu.url, requests, { folder: house.folder, seconds, pid, connections: CONNECTIONS });
      const calm = await quiet(yutu.url, requests);
      bench.say(`it can do ${count(able.perSecond)}/s; alone a tile takes ${ms(calm.p50)} ms`);
      const storm = await openLoop(yutu, requests, {
        rate: Math.min(MOST_RATE, TIMES * able.perSecond),
        seconds,
        say: bench.say,
      });
      const recovered = await recovery(yutu.url, requests, 2 * calm.p95);
      return resultOf({ able, calm, storm, recovered, seconds, tiles: requests.length, memory: memoryOf(pid) });
    }),
};

/** Sends a request; gives status, milliseconds, and whether a refusal says when to come again. Never rejects. */
function send(url, { path, headers }, agent) {
  const begun = performance.now();
  return new Promise((resolve) => {
    const done = (status, retry = false) => resolve({ status, retry, took: performance.now() - begun });
    const request = nodeHttp.get(new URL(path, url), { headers, agent, timeout: PATIENCE_MS }, (response) => {
      response.resume();
      response.on('end', () => done(response.statusCode, response.headers['retry-after'] !== undefined));
      response.on('error', () => done(0));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => done(0));
  });
}

/** The times of tiles asked for one after the other. */
async function quiet(url, requests) {
  const took = [];
  for (const request of requests.slice(0, 100)) took.push((await send(url, request)).took);
  return spread(took);
}

/** Sends `rate` requests a second whatever comes back, and watches the server's memory. */
async function openLoop(yutu, requests, { rate, seconds, say }) {
  const agent = new nodeHttp.Agent({ keepAlive: true });
  const answers = [];
  const memory = [];
  const cpu = process.cpuUsage();
  const serverCpu = cpuSeconds(yutu.process.pid);
  const begun = performance.now();
  let sent = 0;
  for (let now = begun; now < begun + 1000 * seconds; now = performance.now()) {
    for (const due = ((now - begun) / 1000) * rate; sent < due; sent++)
      answers.push(send(yutu.url, requests[sent % requests.length], agent));
    memory.push(memoryOf(yutu.process.pid).rss);
    await sleep(5);
  }
  const elapsed = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  say(`${sent} requests sent in ${elapsed.toFixed(0)} s`);
  const all = await Promise.all(answers);
  const drained = (performance.now() - begun) / 1000;
  agent.destroy();
  return {
    rate: sent / elapsed,
    drained,
    sent,
    accepted: all.filter(({ status }) => status === 200 || status === 204),
    refused: all.filter(({ status }) => status === 503),
    other: all.filter(({ status }) => ![200, 204, 503].includes(status)).length,
    untold: all.filter(({ status, retry }) => status === 503 && !retry).length,
    memory: { first: memory[0], most: largest(memory) },
    cores: { generator: (user + system) / 1e6 / elapsed, server: (cpuSeconds(yutu.process.pid) - serverCpu) / elapsed },
  };
}

/** Milliseconds until a tile takes no longer than it should; measured from the last answer of the storm. */
async function recovery(url, requests, within) {
  const begun = performance.now();
  for (let i = 0; performance.now() < begun + PATIENCE_MS; i++) {
    const { status, took } = await send(url, requests[i % requests.length]);
    if ((status === 200 || status === 204) && took <= within) return performance.now() - begun;
    await sleep(LULL_MS);
  }
  return Number.POSITIVE_INFINITY;
}

function resultOf({ able, calm, storm, recovered, seconds, tiles, memory }) {
  const { accepted, refused, other, untold, sent } = storm;
  if (accepted.length === 0) throw new Error(`nothing was answered under load: ${refused.length} refused, ${other} lost`);
  const took = spread(accepted.map((answer) => answer.took));
  const no = refused.length > 0 ? spread(refused.map((answer) => answer.took)) : null;
  // what was answered after all could be done, whatever wrk got
  const reached = storm.rate / Math.max(able.perSecond, accepted.length / storm.drained);
  const share = accepted.length / sent;
  return {
    verdicts: [
      [
        `${reached.toFixed(1)} × overload`,
        'accepted tiles stay bounded: p99 ≤ 3 s, nothing lost',
        `p99 ${ms(took.p99)} ms, ${count(other)} lost`,
        reached < 2 ? null : took.p99 <= 3000 && other === 0,
      ],
      [
        `${reached.toFixed(1)} × overload`,
        'the rest is refused with 503 and Retry-After',
        `${percent(refused.length / sent)} refused, ${count(untold)} of them without Retry-After`,
        reached < 2 || refused.length === 0 ? null : untold === 0,
      ],
      ['after the overload', 'recovers within 1 s', `${ms(recovered)} ms`, reached < 2 ? null : recovered <= 1000],
    ],
    body: [
      `${count(tiles)} different tiles of z10–z13 with the smallest tile cache. Capacity is what wrk gets with ${CONNECTIONS} connections; then ${TIMES} times as many
requests a second (${count(MOST_RATE)} at most, the generator is one thread) are sent for ${seconds} s whether they are answered or not. "Recovers" is the time from the last answer of the overload until a tile
comes within twice the p95 it takes alone. The overload is told of what was sent to the greater of capacity and what was accepted; below 2 × it
counts as not measured.`,
      table(
        ['', 'figure'],
        [
          ['capacity', `${count(able.perSecond)}/s`],
          ['sent', `${count(storm.rate)}/s, ${count(sent)} in all`],
          ['all were answered after', `${storm.drained.toFixed(1)} s`],
          ['accepted', `${percent(share)}, ${count(accepted.length / storm.drained)}/s`],
          ['accepted, p50 · p95 · p99 · max', `${[took.p50, took.p95, took.p99, took.max].map(ms).join(' · ')} ms`],
          ['a tile alone, p50 · p95', `${[calm.p50, calm.p95].map(ms).join(' · ')} ms`],
          ['503, p50 · p99', no ? `${[no.p50, no.p99].map(ms).join(' · ')} ms` : 'none'],
          ['lost or answered otherwise', count(other)],
          [
            'memory of the server: before · most in the overload · most ever',
            [storm.memory.first, storm.memory.most, memory.peak].map((b) => `${MB(b)} MB`).join(' · '),
          ],
          ['cores used: server · load generator', `${storm.cores.server.toFixed(2)} · ${storm.cores.generator.toFixed(2)}`],
        ],
      ),
    ].join('\n\n'),
  };
}
