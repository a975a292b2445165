import nodeHttp from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * A crowd of one client, on a thread of its own: so many connections, each asking anew when it was answered, until it is told to stop. It
 * answers with how many answers of each status came.
 * `workerData`: { url, connections, requests: [{ method, path, headers, body, hangUpMs, hold }] }
 */
const { url, connections, requests } = workerData;
const agent = new nodeHttp.Agent({ keepAlive: true, maxSockets: connections });
const PAUSE_MS = 5;
const statuses = {};
let next = 0;
let stopped = false;

function ask({ method = 'GET', path, headers, body, hangUpMs, hold }) {
  return new Promise((resolve) => {
    const done = (status) => {
      statuses[status] = (statuses[status] ?? 0) + 1;
      resolve();
    };
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const request = nodeHttp.request(new URL(path, url), { method, headers: { ...headers, ...length }, agent }, (response) => {
      response.resume();
      // an event stream ends when the crowd does, or when it was refused
      if (!hold || response.statusCode !== 200) response.on('end', () => done(response.statusCode));
      response.on('error', () => done(0));
      response.on('close', () => resolve());
    });
    request.on('error', () => done(0));
    if (hangUpMs) setTimeout(() => request.destroy(), hangUpMs).unref();
    request.end(body);
  });
}

async function one() {
  while (!stopped) {
    await ask(requests[next++ % requests.length]);
    await sleep(PAUSE_MS);
  }
}

for (let i = 0; i < connections; i++) void one();
parentPort.once('message', () => {
  stopped = true;
  parentPort.postMessage(statuses);
  agent.destroy();
  setTimeout(() => process.exit(0), 50);
});
