import { describe, expect, it } from 'vitest';
import { valueParsers } from './values.js';

const read = (oid: number, text: string) => valueParsers[oid]!(text);
const [BIGINT, NUMERIC, DATE, TIMESTAMP, TIMESTAMPTZ, JSON_, JSONB] = [20, 1700, 1082, 1114, 1184, 114, 3802];

describe('values of the database', () => {
  it('count in numbers', () => {
    expect(read(BIGINT, '9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(read(BIGINT, '-1')).toBe(-1);
    expect(read(NUMERIC, '12.50')).toBe(12.5);
  });

  it('leave days as they are: they have no zone', () => {
    expect(read(DATE, '2026-10-01')).toBe('2026-10-01');
    expect(read(TIMESTAMP, '2026-10-01 08:30:00')).toBe('2026-10-01T08:30:00');
  });

  it.each([
    ['2026-10-01 08:30:00+08', '2026-10-01T00:30:00.000Z'],
    ['2026-10-01 08:30:00.123456+08', '2026-10-01T00:30:00.123Z'],
    ['2026-10-01 00:30:00+00', '2026-10-01T00:30:00.000Z'],
    ['2026-10-01 06:00:00+05:30', '2026-10-01T00:30:00.000Z'],
    ['0001-01-01 08:05:43+08:05:43', '0001-01-01T00:00:00.000Z'],
    ['1899-12-31 18:34:52-05:25:08', '1900-01-01T00:00:00.000Z'],
    ['2026-09-30 20:00:00-04', '2026-10-01T00:00:00.000Z'],
  ])('bring the instant %s to UTC whatever zone the session has', (text, instant) => {
    expect(read(TIMESTAMPTZ, text)).toBe(instant);
  });

  it('let through what is no instant', () => {
    expect(read(TIMESTAMPTZ, 'infinity')).toBe('infinity');
  });

  it('open JSON', () => {
    expect(read(JSON_, '{"a":[1,null,"二"]}')).toEqual({ a: [1, null, '二'] });
    expect(read(JSONB, 'null')).toBeNull();
  });
});
