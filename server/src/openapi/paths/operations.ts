import { operation } from '../operation.js';
import type { Paths, Response } from '../types.js';

const text = (description: string, example: string): Response => ({
  description,
  content: { 'text/plain': { schema: { type: 'string' }, example } },
});

/** What every request may be refused for before anybody looks at it; methods are the server's to know elsewhere. */
const DOOR_FAULTS = ['request_malformed', 'method_not_allowed'] as const;

/** These stand at the root, beside `/api`. Other methods than GET and HEAD are refused at the door. */
export const operationsPaths: Paths = {
  '/healthz': {
    get: operation({
      id: 'getHealth',
      tag: 'Operations',
      en: 'Whether the process lives',
      zh: '进程是否存活',
      callers: 'unasked',
      answers: { 200: text('It does', 'ok\n') },
      faults: DOOR_FAULTS,
    }),
  },
  '/readyz': {
    get: operation({
      id: 'getReadiness',
      tag: 'Operations',
      en: 'Whether everything is loaded and the database answers',
      zh: '是否就绪',
      callers: 'unasked',
      answers: { 200: text('Ready', 'ready\n'), 503: text('Starting, or the database does not answer', 'not ready\n') },
      faults: DOOR_FAULTS,
    }),
  },
  '/metrics': {
    get: operation({
      id: 'getMetrics',
      tag: 'Operations',
      en: 'Figures for Prometheus, without names of layers or people',
      zh: '运行指标',
      callers: 'unasked',
      answers: { 200: text('Prometheus text format', '# TYPE yutu_live_viewers gauge\nyutu_live_viewers 3\n') },
      faults: DOOR_FAULTS,
    }),
  },
};
