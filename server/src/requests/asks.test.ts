import type { FieldAsk } from '@yutu/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleLayer } from '../catalogue/testing.js';
import { addMonths, checkFields, openOffer } from './asks.js';

describe('asked fields', () => {
  const layer = exampleLayer();
  const check =
    (...fields: FieldAsk[]) =>
    () =>
      checkFields(layer, fields, 'grant.fields');
  it('must be the layer’s, in a form it offers', () => {
    expect(check({ name: 'code', form: 'value' }, { name: 'holder', form: 'code' })).not.toThrow();
    expect(check()).not.toThrow();
  });
  it.each<[string, FieldAsk[], RegExp]>([
    ['one it has not', [{ name: 'owner', form: 'value' }], /no field "owner"/],
    ['one of JavaScript’s own', [{ name: 'constructor', form: 'value' }], /no field/],
    [
      'one twice',
      [
        { name: 'code', form: 'value' },
        { name: 'code', form: 'value' },
      ],
      /stands twice/,
    ],
    [
      'one in two forms',
      [
        { name: 'holder', form: 'value' },
        { name: 'holder', form: 'code' },
      ],
      /stands twice/,
    ],
    ['a code where there is none', [{ name: 'code', form: 'code' }], /not offered in this form/],
    ['one that is never shared', [{ name: 'phone', form: 'value' }], /never shared/],
  ])('may not be %s', (_what, fields, why) => {
    expect(check(...fields)).toThrow(
      expect.objectContaining({ code: 'parameter_invalid', more: expect.objectContaining({ parameter: 'grant.fields' }) }),
    );
    expect(check(...fields)).toThrow(why);
  });
});

describe('months later', () => {
  it.each([
    ['2026-11-22', 3, '2027-02-22'],
    ['2026-11-30', 3, '2027-02-28'],
    ['2027-11-30', 3, '2028-02-29'],
    ['2026-01-31', 1, '2026-02-28'],
    ['2026-12-31', 12, '2027-12-31'],
    ['2028-02-29', 12, '2029-02-28'],
    ['2026-05-31', 0, '2026-05-31'],
  ])('%s and %i is %s', (day, months, later) => {
    expect(addMonths(day, months)).toBe(later);
  });

  it('is never in a month after the one meant', () => {
    const day = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(day, fc.nat(120), (date, months) => {
        const text = date.toISOString().slice(0, 10);
        const [y, m] = addMonths(text, months).split('-').map(Number) as [number, number];
        const [y0, m0] = text.split('-').map(Number) as [number, number];
        expect(y * 12 + m - (y0 * 12 + m0)).toBe(months);
      }),
    );
  });
});

describe('what an unconditional layer gives on asking', () => {
  const field = (name: string, wish: object = {}) => ({ name, titleZh: name, titleEn: name, type: 'text', ...wish });
  const layer = exampleLayer({
    sharingClass: 'unconditional',
    fields: [
      field('name'),
      field('teacher', { sensitivity: 'personal', forms: ['value', 'code'] }),
      field('phone', { sensitivity: 'personal', forms: ['value'] }),
      field('never', { forms: [] }),
      field('budget', { class: 'conditional' }),
      field('plan', { class: 'withheld' }),
    ] as never,
    policy: { ...exampleLayer().policy, actions: ['discover', 'view', 'query', 'edit'], maxMonths: 6 },
  });
  it('are fields without a condition of their own, personal ones as codes, for as long as its policy says', () => {
    expect(openOffer(layer, '2026-11-30')).toEqual({
      actions: ['view', 'query'],
      fields: [
        { name: 'name', form: 'value' },
        { name: 'teacher', form: 'code' },
      ],
      until: '2027-05-30',
    });
  });
});
