import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { undoing } from './cleanup.js';

const TICKS = 100;
const POLL_MS = 200;

/** A reason why a program cannot be used, or null. */
export function lacks(command, remedy, args = ['--version']) {
  return spawnSync(command, args).error ? `${command} is not installed: ${remedy}` : null;
}

/** Processor time a process has used, user and system, its threads included, in seconds. NaN when it is gone. */
export function cpuSeconds(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return Number.NaN;
  }
}

/** Memory a process holds, and the most it ever held, in bytes. */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const kB = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { rss: 1024 * kB('VmRSS'), peak: 1024 * kB('VmHWM') };
}

/**
 * Runs a program to its end. `cpu` is its processor time to the last poll.
 * @param heard gets what it says on stderr
 * @throws Error when it fails
 */
export async function run(command, args, options = {}, heard = () => {}) {
  const started = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let stdout = '';
  let stderr = '';
  let cpu = 0;
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
    heard(String(chunk).trimEnd());
  });
  const poll = setInterval(() => {
    cpu = cpuSeconds(child.pid) || cpu;
  }, POLL_MS);
  const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const code = await undoing(
    () => child.exitCode === null && child.kill('SIGKILL'),
    () => ended,
  ).finally(() => clearInterval(poll));
  if (code !== 0) throw new Error(`${command} failed (exit ${code}): ${(stderr || stdout).slice(-1000)}`);
  return { stdout, stderr, cpu, seconds: (performance.now() - started) / 1000 };
}
