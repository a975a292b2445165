import { operation, ref } from '../operation.js';
import type { Paths } from '../types.js';

const STREAM = `retry: 2000
id: 1795365468029

id: 1795365468030
event: access
data: {"layers":["parcels"]}

id: 1795365468031
event: request
data: {"id":"5d416703-a0ac-4c53-a984-77b07663fa1b","status":"narrower"}

: beat

`;

/** Server-sent events. */
export const livePaths: Paths = {
  '/events': {
    get: operation({
      id: 'getEvents',
      tag: 'Live',
      en: 'What changes, as server-sent events',
      zh: '实时通知（SSE）',
      about:
        'Stays open; each caller hears only what it may know. `event:` is the kind, `data:` its JSON: `layer` (a new version), `access` (rights may have changed), `request` (one of mine or in my inbox), `session` (signed out). A comment comes every 20 seconds. A node that is starting keeps the stream open without a word and ends it when it is ready: come back then, as browsers do. With `Last-Event-ID` the stream goes on where it broke off, or says `access` with no layers: load everything anew.',
      parameters: [
        {
          name: 'Last-Event-ID',
          in: 'header',
          required: false,
          description: 'The last `id:` that was heard; browsers send it themselves',
          schema: { type: 'string' },
          example: '1795365468029',
        },
      ],
      answers: {
        200: {
          description: 'The stream',
          content: {
            'text/event-stream': {
              schema: { type: 'string' },
              example: STREAM,
              'x-events': {
                layer: ref('LayerEvent'),
                access: ref('AccessEvent'),
                request: ref('RequestEvent'),
                session: ref('SessionEvent'),
              },
            },
          },
        },
      },
      faults: ['too_many_streams'],
    }),
  },
};
