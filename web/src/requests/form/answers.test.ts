import { describe, expect, it } from 'vitest';
import type { Collection, Field } from '../../api/types';
import {
  freshLayer,
  freshShared,
  type LayerAnswers,
  lastDay,
  missing,
  overTerm,
  placeOf,
  setForm,
  toggleField,
  toInput,
} from './answers';

const field = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  titleZh: name,
  titleEn: name,
  type: 'text',
  unit: null,
  codes: null,
  sensitivity: 'public',
  class: 'conditional',
  form: null,
  offered: ['value'],
  ...more,
});
const owner = field('owner', { sensitivity: 'personal', offered: ['code', 'value'] });
const secret = field('id_number', { sensitivity: 'personal', class: 'withheld', offered: [] });
const layer = {
  id: 'parcels',
  yutu: {
    sharing: { class: 'conditional' },
    fields: [field('code'), owner, secret],
    policy: { actions: ['view', 'query', 'api'], maxMonths: 6, answerDays: 10 },
  },
} as unknown as Collection;
const now = '2026-11-22';
const filled = () => ({
  shared: { ...freshShared([layer], now), matter: 'M1', purpose: '用地预审' },
  own: { ...freshLayer(layer), area: { kind: 'divisions', codes: ['500102'] } } as LayerAnswers,
});

describe('the request form', () => {
  it('begins with the plain fields, reading only, for the policy’s term at most', () => {
    expect(freshLayer(layer)).toMatchObject({ fields: [{ name: 'code', form: 'value' }], actions: ['view', 'query'] });
    expect(freshShared([layer], now)).toMatchObject({ from: now, until: '2027-05-21' });
  });
  it('names what is missing in the order of the form', () => {
    expect(missing(layer, freshShared([layer], now), freshLayer(layer), now)).toEqual(['purpose', 'area']);
    const { shared, own } = filled();
    expect(missing(layer, shared, own, now)).toEqual([]);
    expect(missing(layer, { ...shared, until: '2026-11-01' }, { ...own, actions: [], fields: [] }, now)).toEqual([
      'fields',
      'actions',
      'until',
    ]);
  });
  it('asks nothing for an unconditional layer', () => {
    const open = { ...layer, yutu: { ...layer.yutu, sharing: { class: 'unconditional' } } } as Collection;
    expect(missing(open, freshShared([open], now), freshLayer(open), now)).toEqual([]);
  });
  it('gives a personal field as a code first and wants a reason for its value', () => {
    const { shared, own } = filled();
    const coded = toggleField(own.fields, owner);
    expect(coded.at(-1)).toEqual({ name: 'owner', form: 'code' });
    expect(missing(layer, shared, { ...own, fields: coded }, now)).toEqual([]);
    const valued = setForm(coded, 'owner', 'value');
    expect(missing(layer, shared, { ...own, fields: valued }, now)).toEqual(['necessity']);
    expect(missing(layer, shared, { ...own, fields: valued, necessity: '须逐户联系' }, now)).toEqual([]);
  });
  it('never takes a withheld field', () => {
    expect(toggleField([], secret)).toEqual([]);
  });
  it('says how far the term goes over the policy', () => {
    expect(lastDay('2027-01-01', 6)).toBe('2027-06-30');
    expect(overTerm({ from: '2027-01-01', until: '2027-06-30' }, layer)).toBe(0);
    expect(overTerm({ from: '2027-01-01', until: '2027-07-02' }, layer)).toBe(2);
  });
  it('sends what is answered and nothing else', () => {
    const { shared, own } = filled();
    expect(toInput('parcels', { ...shared, matter: null, until: '' }, { ...own, area: { kind: 'redline', line: null } })).toEqual(
      {
        layer: 'parcels',
        purpose: '用地预审',
        actions: ['view', 'query'],
        fields: [{ name: 'code', form: 'value' }],
        from: now,
        necessity: '',
      },
    );
    expect(toInput('parcels', shared, { ...own, area: { kind: 'everywhere' } }).area).toBeNull();
  });
  it('finds the field a problem speaks of', () => {
    expect(placeOf('fields[0].form')).toBe('fields');
    expect(placeOf('/area/divisions')).toBe('area');
    expect(placeOf('layer')).toBeNull();
    expect(placeOf(undefined)).toBeNull();
  });
});
