import type { Organisation, UsageRow } from '../api/types';

export interface Sums {
  requests: number;
  features: number;
  bytes: number;
  km2: number;
}

export interface Share extends Sums {
  organisation: Organisation | null; // null = the public
}

/** The shapes bars can have: by whom, on which day, in which way. */
export type By = 'organisation' | 'day' | 'surface';

/** Use by day (the newest first) or by surface (the heaviest first). */
export function byName(rows: UsageRow[], by: 'day' | 'surface'): (Sums & { name: string })[] {
  const sums = new Map<string, Sums & { name: string }>();
  for (const row of rows) {
    const sum = sums.get(row[by]) ?? { name: row[by], requests: 0, features: 0, bytes: 0, km2: 0 };
    sum.requests += row.requests;
    sum.features += row.features;
    sum.bytes += row.bytes;
    sum.km2 += row.km2;
    sums.set(row[by], sum);
  }
  return [...sums.values()].sort((a, b) => (by === 'day' ? b.name.localeCompare(a.name) : b.requests - a.requests));
}

/** Use by organisation, the heaviest first. */
export function byOrganisation(rows: UsageRow[]): Share[] {
  const shares = new Map<string, Share>();
  for (const row of rows) {
    const id = row.organisation?.id ?? '';
    const share = shares.get(id) ?? { organisation: row.organisation, requests: 0, features: 0, bytes: 0, km2: 0 };
    share.requests += row.requests;
    share.features += row.features;
    share.bytes += row.bytes;
    share.km2 += row.km2;
    shares.set(id, share);
  }
  return [...shares.values()].sort((a, b) => b.requests - a.requests || b.bytes - a.bytes);
}

/** 1.2 MB: in thousands, as disks and networks count. */
export function sayBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Area as it is read: metres do not matter here. */
export const sayKm2 = (km2: number): string =>
  km2 === 0 ? '0' : km2 < 10 ? km2.toFixed(1) : Math.round(km2).toLocaleString('en-US');
