import type { Decisions } from '../access/decisions.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Bus } from '../db/bus.js';
import type { Database } from '../db/database.js';
import type { Callers } from '../identity/callers.js';

/** What this room needs of the floors below. */
export interface RequestRooms {
  db: Database;
  bus: Bus;
  catalogue: Catalogue;
  decisions: Decisions;
  timezone: string;
  /** Within so many hours an emergency is confirmed by a second person, or it ends. */
  emergencyConfirmHours: number;
}

/** And to bind a preview to the session that opens it. */
export type PreviewRooms = RequestRooms & { callers: Pick<Callers, 'sessionOf'> };
