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

const yutu = new URL('./yutu.js', import.meta.url);
process.argv = [process.argv[0], fileURLToPath(yutu), 'serve', ...process.argv.slice(2)];
await import(yutu.href);
