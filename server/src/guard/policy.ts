import type { InstanceSettings } from '../catalogue/catalogue.js';
import { extractionOf } from '../catalogue/counting.js';
import type { Layer } from '../catalogue/layers.js';

export type Level = 'none' | 'alarm' | 'slow' | 'stop';
const order: readonly Level[] = ['none', 'alarm', 'slow', 'stop'];
export const higher = (a: Level, b: Level): boolean => order.indexOf(a) > order.indexOf(b);

/** How much of a layer one organisation may draw in `days`, and at which share of that something happens. */
export interface Limits {
  rows: number;
  km2: number;
  days: number;
  alarm: number | null;
  slow: number | null;
  stop: number | null;
}

/** A layer so small is drawn whole by looking at it: a limit given as a share is never less. */
const LEAST_ROWS = 1_000;

export function limitsOf(layer: Layer, instance: Pick<InstanceSettings, 'extraction'>): Limits | null {
  const policy = extractionOf(layer, instance);
  if (!policy) return null;
  const share =
    policy.share === null ? Number.POSITIVE_INFINITY : Math.max(LEAST_ROWS, Math.ceil(policy.share * layer.featureCount));
  const { days, alarm, slow, stop } = policy;
  return { rows: policy.rows ?? share, km2: policy.km2 ?? Number.POSITIVE_INFINITY, days, alarm, slow, stop };
}

/** The larger share of the limit that rows and area make. */
export const shareOf = (limits: Limits, rows: number, km2: number): number => Math.max(rows / limits.rows, km2 / limits.km2, 0);

/** The share above this one at which something happens; Infinity: none. */
export const nextShare = ({ alarm, slow, stop }: Limits, share: number): number =>
  Math.min(...[alarm, slow, stop].map((at) => (at !== null && at > share ? at : Number.POSITIVE_INFINITY)));

/** What follows from a share. */
export function levelAt({ alarm, slow, stop }: Limits, share: number): Level {
  if (stop !== null && share >= stop) return 'stop';
  if (slow !== null && share >= slow) return 'slow';
  return alarm !== null && share >= alarm ? 'alarm' : 'none';
}
