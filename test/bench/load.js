import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuSeconds, lacks, run } from './programs.js';
import { seeded } from './statistics.js';

/** Load by wrk: one thread, which sends ready-made requests in turn over so many connections. */

export const CONNECTIONS = 64;
export const lacksWrk = () => lacks('wrk', 'apt-get install wrk', ['-v']);

/** The same requests in an order of chance, always the same. */
export function shuffled(requests) {
  const random = seeded(requests.length);
  return requests
    .map((request) => [random(), request])
    .sort(([a], [b]) => a - b)
    .map(([, request]) => request);
}

/**
 * Keeps the requests that are answered as they should be, each sent once; empty tiles (204) are left out.
 * @param send path, headers → { status, headers, text }
 * @returns requests as [path, headers], and the mean bytes of their bodies as sent
 */
export async function tried(send, paths, headers, { status = 200, limit = Number.POSITIVE_INFINITY } = {}) {
  const requests = [];
  let bytes = 0;
  for (const path of paths) {
    const answer = await send(path, headers);
    if (answer.status === 204) continue;
    if (answer.status !== status) throw new Error(`${path} answered ${answer.status}: ${answer.text.slice(0, 200)}`);
    bytes += Number(answer.headers['content-length'] ?? answer.bytes.length);
    requests.push({ path, headers, etag: answer.headers.etag });
    if (requests.length === limit) break;
  }
  if (requests.length === 0) throw new Error(`none of ${paths.length} tiles holds anything`);
  return { requests, bytes: bytes / requests.length };
}

/**
 * Sends requests ({ path, headers }) for so many seconds.
 * @param pid the server's process, whose processor time (its threads included) is read from /proc; null: not known
 * @param from where in the list to begin: a short run that began anew each time would find its own tiles in the cache
 * @returns rates, times in ms, and the cores that the server and wrk itself used
 * @throws Error when answers were lost or refused, or there were none
 */
export async function wrk(url, requests, { folder, seconds, pid, connections = CONNECTIONS, from = 0 }) {
  const script = join(folder, 'wrk.lua');
  writeFileSync(script, scriptOf(requests, from % requests.length));
  const before = pid === null ? Number.NaN : cpuSeconds(pid);
  const { stdout, cpu } = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script, url]);
  const used = pid === null ? Number.NaN : cpuSeconds(pid) - before;
  const found = /RESULT (\d+) (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+) ([\d.]+)/.exec(stdout);
  if (!found) throw new Error(`wrk said nothing of use:\n${stdout}`);
  const [answers, micros, lost, refused, p50, p95, p99] = found.slice(1).map(Number);
  if (answers === 0 || lost > 0 || refused > 0)
    throw new Error(`${answers} answers, ${lost} lost, ${refused} refused\n${stdout}`);
  if (pid !== null && !(used > 0)) throw new Error('the server used no processor time');
  const elapsed = micros / 1e6;
  return {
    answers,
    perSecond: answers / elapsed,
    perCore: answers / used,
    cores: used / elapsed,
    generator: cpu / elapsed,
    ...{ p50, p95, p99 },
  };
}

function scriptOf(requests, from) {
  const quoted = JSON.stringify;
  const lines = requests.map(({ path, headers }) => {
    const pairs = Object.entries(headers).map(([name, value]) => `[${quoted(name)}]=${quoted(value)}`);
    return `  wrk.format("GET", ${quoted(path)}, {${pairs.join(',')}}),`;
  });
  return `local requests
local next = ${from}
init = function(args)
  requests = {
${lines.join('\n')}
  }
end
request = function()
  next = next % #requests + 1
  return requests[next]
end
done = function(summary, latency)
  local e = summary.errors
  print(string.format("RESULT %d %d %d %d %.3f %.3f %.3f", summary.requests, summary.duration, e.connect + e.read + e.write + e.timeout,
    e.status, latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
`;
}
