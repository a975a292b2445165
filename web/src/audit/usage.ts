import type { Organisation, UsageRow } from '../api/types';

export interface Share {
  organisation: Organisation | null; // null = the public
  requests: number;
  features: number;
  bytes: number;
}

/** Use by organisation, the heaviest first. */
export function byOrganisation(rows: UsageRow[]): Share[] {
  const shares = new Map<string, Share>();
  for (const row of rows) {
    const id = row.organisation?.id ?? '';
    const share = shares.get(id) ?? { organisation: row.organisation, requests: 0, features: 0, bytes: 0 };
    share.requests += row.requests;
    share.features += row.features;
    share.bytes += row.bytes;
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
