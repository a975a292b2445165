import { describe, expect, it } from 'vitest';
import type { UsageRow } from '../api/types';
import { byName, byOrganisation, sayBytes, sayKm2 } from './usage';

const row = (id: string | null, requests: number): UsageRow => ({
  day: '2026-11-20',
  organisation: id ? { id, kind: 'department', parent: null, titleZh: id, titleEn: id, division: null } : null,
  actor: null,
  surface: 'tiles',
  via: 'session',
  grant: null,
  requests,
  features: requests * 2,
  bytes: requests * 10,
  km2: requests / 2,
});

describe('who has seen my data', () => {
  it('adds up by organisation, the public as one', () => {
    expect(
      byOrganisation([row('a', 1), row(null, 5), row('a', 2), row(null, 1)]).map((s) => [
        s.organisation?.id ?? null,
        s.requests,
        s.features,
      ]),
    ).toEqual([
      [null, 6, 12],
      ['a', 3, 6],
    ]);
    expect(byOrganisation([])).toEqual([]);
  });
  it('adds up by day, the newest first, and by way, the heaviest first', () => {
    const rows = [
      row('a', 1),
      { ...row('b', 4), day: '2026-11-21', surface: 'items' as const },
      { ...row('a', 2), day: '2026-11-22' },
    ];
    expect(byName(rows, 'day').map((s) => [s.name, s.requests, s.km2])).toEqual([
      ['2026-11-22', 2, 1],
      ['2026-11-21', 4, 2],
      ['2026-11-20', 1, 0.5],
    ]);
    expect(byName(rows, 'surface').map((s) => [s.name, s.features])).toEqual([
      ['items', 8],
      ['tiles', 6],
    ]);
  });
  it('says area', () => {
    expect([0, 0.04, 3.14, 1234.5].map(sayKm2)).toEqual(['0', '0.0', '3.1', '1,235']);
  });
  it('says traffic in one unit', () => {
    expect([0, 999, 1200, 1_500_000, 250_000_000].map(sayBytes)).toEqual(['0 B', '999 B', '1.2 kB', '1.5 MB', '250 MB']);
  });
});
