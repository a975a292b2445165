import { describe, expect, it } from 'vitest';
import type { Collection, Grant, Organisation } from '../api/types';
import { glance, seatKeys, seatsOf, tileAddress } from './compare';

const organisations = [
  { id: 'planning', kind: 'department', division: null },
  { id: 'health', kind: 'department', division: null },
  { id: 'housing', kind: 'department', division: null },
  { id: 'water', kind: 'department', division: null },
  { id: 'd1', kind: 'district', division: '500101' },
  { id: 'd3', kind: 'district', division: '500103' },
] as Organisation[];
const grant = (id: string, status: Grant['status'], divisions: string[] | null = null) =>
  ({ status, subject: { kind: 'organisation', id }, area: divisions && { divisions } }) as Grant;

describe('four maps', () => {
  it('seat whom the grants speak of', () => {
    const seats = seatsOf([grant('water', 'revoked'), grant('housing', 'active', ['500103'])], organisations, 'planning');
    expect(seatKeys(seats)).toEqual(['public', 'organisation:housing', 'organisation:d3', 'organisation:water']);
  });

  it('seat a department whose grant has an area first, and its district', () => {
    const grants = [grant('health', 'active'), grant('housing', 'active', ['500103'])];
    expect(seatKeys(seatsOf(grants, organisations, 'planning')).slice(1, 3)).toEqual(['organisation:housing', 'organisation:d3']);
    const asked = seatsOf(grants, organisations, 'planning', { department: 'organisation:health' });
    expect(seatKeys(asked).slice(1, 3)).toEqual(['organisation:health', 'organisation:d1']);
  });

  it('do not call revoked who was given another grant since', () => {
    const seats = seatsOf([grant('housing', 'revoked'), grant('housing', 'active')], organisations, 'planning');
    expect(seatKeys(seats)).toEqual(['public', 'organisation:housing', 'organisation:d1', 'organisation:water']);
  });

  it('seat others when the address says so, and nobody for nonsense', () => {
    const seats = seatsOf([], organisations, 'planning', { public: 'person:planner', district: 'nonsense' });
    expect(seatKeys(seats)).toEqual(['person:planner', 'organisation:health', 'organisation:d1', 'organisation:water']);
  });

  it('tell at a glance', () => {
    const seen = (access: object, forms: (string | null)[] = ['value']) =>
      ({
        yutu: { access: { actions: ['view'], area: null, rows: null, ...access }, fields: forms.map((form) => ({ form })) },
      }) as Collection;
    expect(glance(null)).toBe('blind');
    expect(glance(seen({ actions: ['discover'] }))).toBe('blind');
    expect(glance(seen({}))).toBe('sees');
    expect(glance(seen({}, ['value', 'masked']))).toBe('part');
    expect(glance(seen({ maxZoom: 12 }))).toBe('part');
  });

  it('name the tile under a place', () => {
    expect(tileAddress('http://y', 'parcels', 'tok', [106.55, 29.56], 12)).toBe(
      'http://y/api/collections/parcels/tiles/WebMercatorQuad/12/1695/3260?preview=tok',
    );
    expect(tileAddress('', 'a', 't', [180, -90], 0)).toBe('/api/collections/a/tiles/WebMercatorQuad/0/0/0?preview=t');
  });
});
