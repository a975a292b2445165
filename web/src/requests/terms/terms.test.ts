import { describe, expect, it } from 'vitest';
import { depthOf, insertName, rowsOf, termsInput, withQuota } from './terms';

describe('terms of a grant', () => {
  it('name the depth a zoom level reaches', () => {
    expect([0, 8, 9, 10, 13, 16, 22].map(depthOf)).toEqual([8, 8, 8, 10, 12, 16, 16]);
  });

  it('keep only amounts that limit something', () => {
    expect(withQuota(null, 'requestsPerDay', 500)).toEqual({ requestsPerDay: 500 });
    expect(withQuota({ requestsPerDay: 500 }, 'features', 12.7)).toEqual({ requestsPerDay: 500, features: 12 });
    expect(withQuota({ requestsPerDay: 500 }, 'requestsPerDay', null)).toBeNull();
    expect(withQuota({ km2: 5, features: 3 }, 'km2', 0)).toEqual({ features: 3 });
    expect(withQuota(null, 'km2', Number.NaN)).toBeNull();
  });

  it('send no filter for spaces', () => {
    expect(rowsOf('  \n')).toBeNull();
    expect(rowsOf(" kind = 'primary' ")).toBe("kind = 'primary'");
  });

  it('put a name into a filter with the spaces it needs', () => {
    expect(insertName('', 0, 'kind')).toEqual({ text: 'kind', at: 4 });
    expect(insertName('a = 1 AND', 9, 'kind')).toEqual({ text: 'a = 1 AND kind', at: 14 });
    expect(insertName('NOT (', 5, 'kind')).toEqual({ text: 'NOT (kind', at: 9 });
    expect(insertName('AND b = 2', 0, 'kind')).toEqual({ text: 'kind AND b = 2', at: 5 });
  });

  it('leave out what says nothing', () => {
    expect(termsInput({ rows: null, maxZoom: 0, precision: null, quota: null })).toEqual({ maxZoom: 0 });
    expect(termsInput({ rows: 'a = 1', precision: { kind: 'grid', metres: 100 } })).toEqual({
      rows: 'a = 1',
      precision: { kind: 'grid', metres: 100 },
    });
  });
});
