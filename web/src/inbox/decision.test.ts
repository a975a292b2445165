import { describe, expect, it } from 'vitest';
import type { ShareRequest } from '../api/types';
import { asAsked, freshAnswer, given, lacks, setField, toDecision, toggleAction, toggleDivision } from './decision';

const now = '2026-12-03';
const request = {
  actions: ['view', 'query', 'api'],
  fields: [
    { name: 'code', form: 'value' },
    { name: 'owner', form: 'value' },
  ],
  area: { divisions: ['500102', '500115', '500113'], geometry: { type: 'MultiPolygon', coordinates: [] }, name: null },
  from: '2026-12-07',
  until: '2027-06-30',
  checks: [{ ok: true }, { ok: false }],
  suggestion: {
    actions: ['view', 'query', 'api'],
    fields: [
      { name: 'code', form: 'value' },
      { name: 'owner', form: 'code' },
    ],
    area: { divisions: ['500102', '500115'] },
    until: '2027-06-07',
  },
} as unknown as ShareRequest;

describe('the steward’s answer', () => {
  it('begins with what policy suggests', () => {
    expect(freshAnswer(request)).toMatchObject({ outcome: 'narrower', grant: request.suggestion });
    expect(freshAnswer({ ...request, checks: [{ ok: true }] as ShareRequest['checks'] }).outcome).toBe('granted');
    expect(freshAnswer({ ...request, checks: undefined }).outcome).toBeNull();
  });
  it('becomes one in part when something is changed', () => {
    const full = { ...freshAnswer(request), outcome: 'granted' as const };
    expect(setField(full, 'owner', null)).toMatchObject({
      outcome: 'narrower',
      grant: { fields: [{ name: 'code', form: 'value' }] },
    });
    expect(toggleDivision(full, request, '500115').grant.area).toEqual({ divisions: ['500102'] });
    expect(toggleAction(full, request, 'api').grant.actions).toEqual(['view', 'query']);
  });
  it('gives no more than was asked', () => {
    const a = freshAnswer(request);
    expect(toggleDivision(a, request, '500101')).toBe(a);
    expect(toggleAction(a, request, 'download').grant.actions).toEqual(['view', 'query', 'api']);
    const line = { ...request, area: { ...request.area!, divisions: null } };
    expect(toggleDivision(a, line, '500102')).toBe(a);
  });
  it('may give districts of a city asked for as a whole', () => {
    const city = { ...request, area: null, suggestion: undefined };
    expect(toggleDivision(freshAnswer(city), city, '500101').grant.area).toEqual({ divisions: ['500101'] });
  });
  it('names what it lacks', () => {
    const a = freshAnswer(request);
    expect(lacks({ ...a, outcome: null }, request, now)).toEqual(['outcome']);
    expect(lacks(a, request, now)).toEqual(['reason']);
    expect(lacks({ ...a, outcome: 'granted' }, request, now)).toEqual(['reason']);
    expect(lacks({ ...a, outcome: 'granted' }, { checks: [] }, now)).toEqual([]);
    expect(lacks({ ...a, outcome: 'refused' }, request, now)).toEqual(['reasonCode', 'reason']);
    expect(
      lacks(
        { ...a, reason: '线位未批', grant: { ...a.grant, area: { divisions: [] }, fields: [], until: '2026-12-01' } },
        request,
        now,
      ),
    ).toEqual(['area', 'fields', 'until']);
  });
  it('sends only what its outcome needs', () => {
    const a = { ...freshAnswer(request), reason: ' 线位未批 ', reasonCode: 'B2' };
    expect(toDecision(a)).toEqual({ outcome: 'narrower', reason: '线位未批', grant: request.suggestion });
    expect(toDecision({ ...a, outcome: 'refused' })).toEqual({ outcome: 'refused', reasonCode: 'B2', reason: '线位未批' });
    expect(toDecision({ ...a, outcome: 'granted', reason: '' })).toEqual({ outcome: 'granted' });
  });
  it('knows what is given', () => {
    const a = freshAnswer(request);
    expect(given({ ...a, outcome: 'granted' }, request)).toEqual(asAsked(request));
    expect(given({ ...a, outcome: 'refused' }, request)).toBeNull();
  });
});
