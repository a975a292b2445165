import { accountDeeds } from './deeds-accounts.js';
import { keyDeeds } from './deeds-keys.js';
import { sharingDeeds } from './deeds-sharing.js';
import type { Rules } from './rules.js';
import type { User } from './sight.js';
import type { World } from './world.js';

/** Somebody in the actor's hands at a moment of the world. */
export interface Turn {
  rules: Rules;
  world: World;
  user: User;
}
/** Something that can be tried; null: refused. */
export interface Deed {
  name: string;
  next: () => World | null;
}
export type Deeds = Record<string, (turn: Turn) => Deed[]>;

/** What can be done, by the operation of the API that does it. */
export const deeds: Deeds = { ...accountDeeds, ...keyDeeds, ...sharingDeeds };
