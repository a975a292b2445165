import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { postgis } from '@electric-sql/pglite-postgis';
import { valueParsers } from './values.js';

/**
 * The embedded engine computes in the thread it lives in: this one. Messages in: {id, op, sql, params};
 * out: {id, rows} | {id, blob} | {id, error} | {channel, payload}.
 */
export type EngineRequest =
  | { id: number; op: 'query'; sql: string; params: readonly unknown[] }
  | { id: number; op: 'copy'; sql: string }
  | { id: number; op: 'listen'; channel: string }
  | { id: number; op: 'close' };

export interface EngineReply {
  id?: number;
  rows?: unknown[];
  blob?: ArrayBuffer;
  error?: { message: string; code?: string };
  channel?: string;
  payload?: string;
  ready?: boolean;
}

const port = parentPort!;
const { dataDir } = workerData as { dataDir: string };

const db = new PGlite({ dataDir, extensions: { postgis }, parsers: valueParsers, relaxedDurability: false });
await db.waitReady;
port.postMessage({ ready: true } satisfies EngineReply);

async function serve(request: EngineRequest): Promise<EngineReply> {
  switch (request.op) {
    case 'query': {
      // Several statements in one text (migrations) only pass without parameters.
      if (request.params.length === 0) {
        const results = await db.exec(request.sql);
        return { rows: results.at(-1)?.rows ?? [] };
      }
      return { rows: (await db.query(request.sql, request.params as unknown[])).rows };
    }
    case 'copy': {
      const { blob } = await db.query(request.sql);
      return { blob: blob ? await blob.arrayBuffer() : new ArrayBuffer(0) };
    }
    case 'listen':
      await db.listen(request.channel, (payload) =>
        port.postMessage({ channel: request.channel, payload } satisfies EngineReply),
      );
      return {};
    case 'close':
      await db.close();
      return {};
  }
}

port.on('message', async (request: EngineRequest) => {
  let reply: EngineReply;
  try {
    reply = await serve(request);
  } catch (error) {
    const { message, code } = error as { message: string; code?: string };
    reply = { error: code === undefined ? { message } : { message, code } };
  }
  reply.id = request.id;
  port.postMessage(reply, reply.blob ? [reply.blob] : []);
});
