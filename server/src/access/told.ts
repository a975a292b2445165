import type { Catalogue } from '../catalogue/catalogue.js';
import { type Caller, hasRole } from '../identity/caller.js';
import type { Decisions } from './decisions.js';

export interface LayerRooms {
  catalogue: Pick<Catalogue, 'layers'>;
  decisions: Pick<Decisions, 'of'>;
}

/**
 * Whether a list that is not about layers may name this one to a caller: to whoever may discover it now, and to those who oversee all
 * (auditor, security). Who is party to an entry in person is told of it besides; that its list knows.
 */
export function isTold({ catalogue, decisions }: LayerRooms, caller: Caller, id: string): boolean {
  const layer = catalogue.layers.get(id);
  return hasRole(caller, 'auditor', 'security') || (layer !== undefined && decisions.of(caller, layer).discover);
}

/** Ids of all layers that lists may name to a caller, for conditions in SQL. */
export const layersTold = (rooms: LayerRooms, caller: Caller): string[] =>
  [...rooms.catalogue.layers.keys()].filter((id) => isTold(rooms, caller, id));
