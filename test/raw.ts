import net from 'node:net';
import type { Place } from './harness.js';

/** What came back on a connection until it was closed or was silent: what no HTTP client would send can be sent, byte for byte. */
export interface Heard {
  /** Status of every answer, in order. */
  statuses: number[];
  text: string;
  /** Whether the server hung up, and after how many ms. */
  closed: boolean;
  ms: number;
}

/**
 * Writes texts to a new connection, one after the other.
 * @param pauseMs before each but the first; an answer of which nothing comes for `silenceMs` is whole
 */
export function sendRaw(
  { port }: Pick<Place, 'port'>,
  texts: string | readonly string[],
  { pauseMs = 0, silenceMs = 400 }: { pauseMs?: number; silenceMs?: number } = {},
): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    let text = '';
    let silence: NodeJS.Timeout;
    const socket = net.connect(port, '127.0.0.1');
    const done = (closed: boolean) => {
      clearTimeout(silence);
      socket.destroy();
      // A status line follows upon the headers or body before it.
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((m) => Number(m[1]));
      resolve({ statuses, text, closed, ms: Date.now() - started });
    };
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => done(false), silenceMs);
    };
    const [first = '', ...more] = typeof texts === 'string' ? [texts] : texts;
    socket.on('connect', () => {
      socket.write(first);
      listen();
      more.forEach((part, i) => {
        setTimeout(() => !socket.destroyed && socket.write(part), (i + 1) * pauseMs);
      });
    });
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      listen();
    });
    socket.on('close', () => done(true));
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNREFUSED' ? reject(error) : undefined));
  });
}
