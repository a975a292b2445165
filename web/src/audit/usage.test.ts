import { describe, expect, it } from 'vitest';
import type { UsageRow } from '../api/types';
import { byOrganisation, sayBytes } from './usage';

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
  it('says traffic in one unit', () => {
    expect([0, 999, 1200, 1_500_000, 250_000_000].map(sayBytes)).toEqual(['0 B', '999 B', '1.2 kB', '1.5 MB', '250 MB']);
  });
});
