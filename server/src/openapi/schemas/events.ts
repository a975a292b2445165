import { count, uuid, z } from '@yutu/contract';

export const layerEvent = z
  .object({ layer: z.string(), version: count })
  .meta({ description: '`event: layer`. A new version: load its tiles and counts anew.' })
  .openapi('LayerEvent');
export const accessEvent = z
  .object({ layers: z.array(z.string()).meta({ description: 'Empty: all of them' }) })
  .meta({ description: '`event: access`. The caller’s rights may have changed: load these collections anew.' })
  .openapi('AccessEvent');
export const requestEvent = z
  .object({ id: uuid, status: z.string() })
  .meta({ description: '`event: request`. A request of the caller’s organisation, or one in its inbox, has changed.' })
  .openapi('RequestEvent');
export const sessionEvent = z
  .object({ ended: z.literal(true) })
  .meta({ description: '`event: session`. The session has ended; so does the stream.' })
  .openapi('SessionEvent');
