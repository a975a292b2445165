import net from 'node:net';
import type pg from 'pg';

/** Between two attempts: the first may come before the statement does, which then has not begun. */
const AGAIN_MS = 250;
const PATIENCE_MS = 2_000;
/** Code of a CancelRequest (PostgreSQL's protocol, §55.2.8). */
const CANCEL_REQUEST = 80_877_102;

interface Known {
  processID: number | null;
  secretKey: number | null;
  host: string;
  port: number;
}

/**
 * Has the server stop what a connection runs, until it is over: by a CancelRequest on a connection of its own, as the protocol has it. The
 * request has been carried out when the server hangs up, so whoever awaits the result before the connection is used again never
 * meets another statement with it.
 * @param over settles with the statement; its outcome is not looked at
 */
export async function cancelUntil(client: pg.ClientBase, over: Promise<unknown>): Promise<void> {
  let done = false;
  const end = over.then(
    () => {
      done = true;
    },
    () => {
      done = true;
    },
  );
  while (!done) {
    await request(client as unknown as Known);
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref())]);
  }
}

/** Resolves when the server has hung up, or cannot be reached: then the statement's own limit ends it. */
function request({ processID, secretKey, host, port }: Known): Promise<void> {
  if (processID === null || secretKey === null) return Promise.resolve();
  const message = Buffer.alloc(16);
  for (const [i, n] of [16, CANCEL_REQUEST, processID, secretKey].entries()) message.writeInt32BE(n, 4 * i);
  return new Promise((resolve) => {
    const socket = host.startsWith('/') ? net.connect(`${host}/.s.PGSQL.${port}`) : net.connect(port, host);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('connect', () => socket.write(message));
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => resolve());
  });
}
