import type { Decisions } from '../access/decisions.js';
import type { Ledger } from '../audit/ledger.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Layer } from '../catalogue/layers.js';
import type { Database } from '../db/database.js';
import type { Guard } from '../guard/guard.js';
import type { Callers } from '../identity/callers.js';
import type { SignedAddresses } from '../identity/signed.js';
import type { Counts } from './counts.js';
import type { ZoomCounts } from './tileset.js';

/** What this room needs of the floors below. */
export interface FeatureRooms {
  db: Database;
  catalogue: Catalogue;
  decisions: Decisions;
  callers: Pick<Callers, 'of' | 'spend' | 'within'>;
  signatures: Pick<SignedAddresses, 'of' | 'seal'>;
  ledger: Ledger;
  guard: Guard;
  /** Remembers counts and extents; asked by a `Reading` only. */
  counts: Counts;
  timezone: string;
  /** How many features of the layer each zoom shows, once its snapshot is there. */
  zoomCounts: (layer: Layer) => Promise<readonly ZoomCounts[] | null>;
  /** Origin of absolute hrefs for a request. */
  origin: (req: import('node:http').IncomingMessage) => string;
}
