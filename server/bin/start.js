/** `npm start`: from a bare clone to a running Yutu. Arguments go to `yutu serve`. */
import { fileURLToPath } from 'node:url';
import { prepare, Unprepared } from './prepare.js';

try {
  await prepare((line) => console.log(line));
} catch (error) {
  if (!(error instanceof Unprepared)) throw error;
  console.error(error.message);
  process.exit(1);
}

// npm passes a SIGTERM on to its shell, which ends without passing it on to us: so end when the shell is gone
if (process.env.npm_lifecycle_event === 'start' && process.platform !== 'win32') {
  const shell = process.ppid;
  setInterval(() => process.ppid !== shell && process.kill(process.pid, 'SIGTERM'), 500).unref();
}

const yutu = new URL('./yutu.js', import.meta.url);
process.argv = [process.argv[0], fileURLToPath(yutu), 'serve', ...process.argv.slice(2)];
await import(yutu.href);
