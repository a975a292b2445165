import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnType } from '../catalogue/definition.js';
import { type ColumnValue, coerce } from './coerce.js';

type Case = [unknown, ColumnValue | undefined];
const REFUSED = undefined;
const ZONE = 'Asia/Shanghai';
const cases: Record<(typeof columnType.options)[number], Case[]> = {
  text: [
    ['万州', '万州'],
    ['', ''],
    [7, '7'],
    [true, 'true'],
    [{ a: 1 }, '{"a":1}'],
    ['a\0b', REFUSED],
  ],
  integer: [
    [7, 7],
    ['-7', -7],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2 ** 31, REFUSED],
    [1.5, REFUSED],
    ['1.0', REFUSED],
    ['0x10', REFUSED],
    ['', REFUSED],
    [true, REFUSED],
    [Number.NaN, REFUSED],
  ],
  bigint: [
    [2 ** 40, 2 ** 40],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740992', REFUSED],
    [1e300, REFUSED],
  ],
  double: [
    [1.5, 1.5],
    ['1.5', 1.5],
    ['-1e-3', -0.001],
    ['1,5', REFUSED],
    ['', REFUSED],
    [' ', REFUSED],
    ['Infinity', REFUSED],
    [[], REFUSED],
  ],
  boolean: [
    [true, true],
    ['false', false],
    [1, REFUSED],
    ['yes', REFUSED],
  ],
  date: [
    ['2026-02-28', '2026-02-28'],
    ['2026-02-28T10:00:00Z', '2026-02-28'],
    ['2026-02-28T23:30:00Z', '2026-03-01'],
    ['2026-02-28T23:30:00', '2026-02-28'],
    ['0000-01-01', REFUSED],
    ['2026-02-28Tsoon', REFUSED],
    ['2026-02-30', REFUSED],
    ['2026-2-3', REFUSED],
    ['2026-02-28x', REFUSED],
    [20260228, REFUSED],
  ],
  timestamp: [
    ['2026-02-28T10:00:00+08:00', '2026-02-28T02:00:00.000Z'],
    ['2026-02-28', '2026-02-27T16:00:00.000Z'],
    ['2026-02-28T10:00:00', '2026-02-28T02:00:00.000Z'],
    ['2026-02-28 10:00', '2026-02-28T02:00:00.000Z'],
    ['2026-02-28t10:00:00.1234567z', '2026-02-28T10:00:00.123Z'],
    ['0000-06-01T00:00:00Z', REFUSED],
    ['0001-01-01T00:00:00+14:00', REFUSED],
    ['9999-12-31T23:59:59-12:00', REFUSED],
    ['2026-02-28 10:00 GMT+3', REFUSED],
    ['2026-02-30T10:00:00Z', REFUSED],
    ['2026-02-28T25:00:00Z', REFUSED],
    ['soon', REFUSED],
  ],
};

describe.each(Object.entries(cases))('as %s', (type, list) => {
  it.each(list)('%j is %j', (given, value) => {
    expect(coerce(given, type as 'text', ZONE)).toEqual(value);
  });
  it('nothing is nothing', () => {
    expect([coerce(null, type as 'text', ZONE), coerce(undefined, type as 'text', ZONE)]).toEqual([null, null]);
  });
});

it('what was taken once is taken as the same again, and nothing is rounded', () => {
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(...columnType.options), (given, type) => {
      const value = coerce(given, type, ZONE);
      if (value === undefined) return;
      expect(coerce(value, type, ZONE)).toEqual(value);
      if (typeof given === 'number' && typeof value === 'number') expect(value).toBe(given);
    }),
  );
});
