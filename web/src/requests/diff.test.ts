import { describe, expect, it } from 'vitest';
import type { Grant, ShareRequest } from '../api/types';
import { difference, leftOutDivisions } from './diff';
import { groupOf, standing } from './status';

const asked = {
  actions: ['view' as const, 'query' as const, 'api' as const],
  fields: [
    { name: 'code', form: 'value' as const },
    { name: 'owner', form: 'value' as const },
    { name: 'use', form: 'value' as const },
  ],
  area: { divisions: ['500102', '500115', '500113'], areaKm2: 5747 },
  until: '2027-06-30',
};

describe('asked beside given', () => {
  it('is the same when it is', () => {
    expect(difference(asked, asked)).toMatchObject({
      count: 0,
      area: { same: true },
      fields: { same: true },
      actions: { same: true },
      term: { same: true },
    });
  });
  it('names each narrowing', () => {
    const d = difference(asked, {
      actions: ['view', 'query'],
      fields: [
        { name: 'code', form: 'value' },
        { name: 'owner', form: 'code' },
      ],
      area: { divisions: ['500102', '500115'], areaKm2: 4081 },
      until: '2027-06-07',
    });
    expect(d).toEqual({
      area: { same: false, leftOut: ['500113'] },
      fields: { same: false, dropped: ['use'], coded: ['owner'] },
      actions: { same: false, dropped: ['api'] },
      term: { same: false },
      count: 4,
    });
  });
  it('compares polygons by their size and everywhere with nothing else', () => {
    const shape = (areaKm2: number) => ({ ...asked, area: { divisions: null, areaKm2 } });
    expect(difference(shape(12.3), shape(12.3004)).area.same).toBe(true);
    expect(difference(shape(12.3), shape(9)).area.same).toBe(false);
    expect(difference({ ...asked, area: null }, asked).area.same).toBe(false);
    expect(difference({ ...asked, area: null }, { ...asked, area: null }).area.same).toBe(true);
  });
  it('believes the decision about what was left out', () => {
    const request = { ...asked, decision: { leftOut: { divisions: ['500113'] } }, grant: null } as unknown as ShareRequest;
    expect(leftOutDivisions(request)).toEqual(['500113']);
    expect(leftOutDivisions({ ...asked, decision: null, grant: null } as unknown as ShareRequest)).toEqual([]);
  });
});

describe('where a request stands', () => {
  const clock = { due: '2026-12-04', days: 10, used: 12, left: -2, paused: false };
  const grant = (status: Grant['status']) => ({ status }) as Grant;
  it('is late when the answer is', () => {
    expect(standing({ status: 'submitted', clock, grant: null })).toBe('late');
    expect(standing({ status: 'submitted', clock: { ...clock, paused: true }, grant: null })).toBe('waiting');
  });
  it('ends with its grant', () => {
    expect(standing({ status: 'narrower', clock, grant: grant('active') })).toBe('narrower');
    expect(standing({ status: 'narrower', clock, grant: grant('revoked') })).toBe('revoked');
    expect(groupOf({ status: 'granted', clock, grant: grant('expired') })).toBe('ended');
    expect(groupOf({ status: 'correction', clock, grant: null })).toBe('yours');
  });
});
