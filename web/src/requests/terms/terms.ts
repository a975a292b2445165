import type { Precision, Quota } from '../../api/types';

/** What narrows a grant beyond fields, area and term. */
export interface Terms {
  rows?: string | null;
  maxZoom?: number | null;
  precision?: Precision | null;
  quota?: Quota | null;
}

export const PRECISIONS = ['grid', 'cell', 'point'] as const;

/** Depths that mean something to a reader, by zoom level: see `depth` in the words. */
export const DEPTHS = [8, 10, 12, 14, 16] as const;

export const QUOTA_DAILY = ['requestsPerDay', 'featuresPerDay', 'km2PerDay'] as const;
export const QUOTA_TOTAL = ['requests', 'features', 'km2'] as const;
export const QUOTAS = [...QUOTA_DAILY, ...QUOTA_TOTAL] as const;

/** The named depth a zoom level reaches: the deepest one that is not beyond it. */
export const depthOf = (zoom: number): (typeof DEPTHS)[number] => DEPTHS.reduce((best, d) => (d <= zoom ? d : best), DEPTHS[0]);

/** A quota with one amount changed; null when nothing is limited any more. Amounts are whole and at least 1. */
export function withQuota(quota: Quota | null | undefined, name: keyof Quota, amount: number | null): Quota | null {
  const next: Quota = { ...quota };
  if (amount === null || !Number.isFinite(amount) || amount < 1) delete next[name];
  else next[name] = Math.floor(amount);
  return Object.keys(next).length > 0 ? next : null;
}

/** A row filter as it is sent: nothing but spaces is no filter. */
export const rowsOf = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** Puts a field's name where the cursor is, with the spaces CQL2 needs around it. */
export function insertName(text: string, at: number, name: string): { text: string; at: number } {
  const before = text.slice(0, at);
  const after = text.slice(at);
  const word = `${before && !/[\s(]$/.test(before) ? ' ' : ''}${name}${after && !/^[\s)]/.test(after) ? ' ' : ''}`;
  return { text: before + word + after, at: at + word.length };
}

/** Terms as they are sent: those that say nothing left out. */
export function termsInput({ rows, maxZoom, precision, quota }: Terms): Terms {
  return {
    ...(rows ? { rows } : {}),
    ...(maxZoom !== null && maxZoom !== undefined ? { maxZoom } : {}),
    ...(precision ? { precision } : {}),
    ...(quota ? { quota } : {}),
  };
}
