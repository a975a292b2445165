import type { Deed } from '../audit/chain.js';
import type { Sets } from './drawn.js';
import { higher, type Level, type Limits, levelAt, shareOf } from './policy.js';

/** How an organisation stands with a layer. */
export interface Standing {
  organisation: string;
  layer: string;
  level: Level;
  rows: number;
  km2: number;
  share: number;
  reachedAt: string | null;
  liftedAt: string | null;
  liftedBy: string | null;
  liftedRows: number;
  liftedKm2: number;
}

/** How one stands who has drawn nothing. */
export const nobody = ({ organisation, layer }: { organisation: string; layer: string }): Standing => ({
  organisation,
  layer,
  level: 'none',
  rows: 0,
  km2: 0,
  share: 0,
  reachedAt: null,
  liftedAt: null,
  liftedBy: null,
  liftedRows: 0,
  liftedKm2: 0,
});

/** Where an organisation stands with these sets. A stop stays; what had been drawn at the last lift does not count within the window. */
export function standAt(before: Standing, window: Sets, limits: Limits, now: Date): Standing {
  const forgiven = before.liftedAt !== null && now.getTime() - Date.parse(before.liftedAt) < limits.days * 86_400_000;
  const [rows, km2] = [window.ids.size, window.km2];
  const share = shareOf(limits, rows - (forgiven ? before.liftedRows : 0), km2 - (forgiven ? before.liftedKm2 : 0));
  const level = before.level === 'stop' ? 'stop' : levelAt(limits, share);
  const reachedAt = level === 'none' ? null : higher(level, before.level) ? now.toISOString() : before.reachedAt;
  return { ...before, rows, km2, share, level, reachedAt };
}

/** The log's row of a level that was reached. */
export function deedOf({ organisation, layer, level, rows, km2, share }: Standing): Deed {
  return {
    actor: null,
    organisation: null,
    action: `extraction_${level}`,
    layer,
    subject: organisation,
    detail: { grantee: organisation, rows, km2: Math.round(km2), share: Math.round(share * 1000) / 1000 },
  };
}
