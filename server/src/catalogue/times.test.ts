import { isDay } from '@yutu/contract';
import { describe, expect, it } from 'vitest';
import { isTime, isZoneless, readDay, readInstant, readLocal } from './times.js';

const there = (text: string) => readInstant(text, 'Asia/Shanghai');

describe('an instant', () => {
  it.each([
    ['2024-01-01T08:00:00Z', '2024-01-01T08:00:00.000Z'],
    ['2024-01-01t08:00:00z', '2024-01-01T08:00:00.000Z'],
    ['2024-01-01T08:00:00+08:00', '2024-01-01T00:00:00.000Z'],
    ['2024-01-01 08:00:00+0530', '2024-01-01T02:30:00.000Z'],
    ['2024-01-01 08:00:00 -08', '2024-01-01T16:00:00.000Z'],
    ['2024-01-01T08:00:00.5-00:00', '2024-01-01T08:00:00.500Z'],
    ['2024-01-01T08:00:00.123456789Z', '2024-01-01T08:00:00.123456Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2024-01-01T24:00:00Z', '2024-01-02T00:00:00.000Z'],
    // Without a zone it is the instance's, with summer time where there was any, and its local time before there were zones.
    ['2024-01-01T08:00:00', '2024-01-01T00:00:00.000Z'],
    ['1988-07-01 08:00', '1988-06-30T23:00:00.000Z'],
    ['1900-01-01T08:05:43', '1900-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, instant) => expect(there(text)).toBe(instant));

  it.each([
    ...[
      '2024-02-30T00:00:00Z',
      '2024-01-01',
      '2024-01-01T25:00:00Z',
      '2024-01-01T24:00:01Z',
      '2024-01-01T08:60:00Z',
      '20240101T080000Z',
    ],
    ...[
      '2024-01-01T08:00:00+24:00',
      '2024-01-01T08:00:00 GMT',
      '2024-01-01T',
      '12024-01-01T00:00:00Z',
      '+010000-01-01T00:00:00Z',
    ],
    ...[
      '0000-01-01T00:00:00Z',
      '0000-12-31T23:00:00-12:00',
      '0001-01-01T00:00:00+14:00',
      '9999-12-31T23:59:59-12:00',
      '0001-01-01T00:00:00',
    ],
  ])('%s is none', (text) => expect(there(text)).toBeNull());

  it('is of the first and the last year, too', () => {
    expect(there('0001-01-01T00:00:00Z')).toBe('0001-01-01T00:00:00.000Z');
    expect(there('9999-12-31T23:59:59')).toBe('9999-12-31T15:59:59.000Z');
    expect(readInstant('0099-03-01T00:00:00', 'UTC')).toBe('0099-03-01T00:00:00.000Z');
  });

  it('does not depend on the zone of the process', () => {
    const zone = process.env.TZ;
    for (const other of ['UTC', 'America/New_York']) {
      process.env.TZ = other;
      expect([other, there('2024-01-01T08:00:00')]).toEqual([other, '2024-01-01T00:00:00.000Z']);
    }
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it('where clocks change is shifted or the later one', () => {
    expect(readInstant('2026-03-29T02:30:00', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
    expect(readInstant('2026-10-25T12:00:00', 'Europe/Berlin')).toBe('2026-10-25T11:00:00.000Z');
  });
});

it('a day is itself, or the day of an instant in the zone', () => {
  expect(readDay('2024-01-01', 'Asia/Shanghai')).toBe('2024-01-01');
  expect(readDay('2023-12-31T23:30:00Z', 'Asia/Shanghai')).toBe('2024-01-01');
  expect(readDay('2023-12-31T23:30:00Z', 'UTC')).toBe('2023-12-31');
  expect(readDay('2023-12-31 23:30:00', 'Asia/Shanghai')).toBe('2023-12-31');
  expect(readDay('9999-12-31T23:59:59Z', 'Asia/Shanghai')).toBe('9999-12-31');
  expect(readDay('2024-02-30', 'Asia/Shanghai')).toBeNull();
  expect(readLocal('2023-12-31T23:30:00.123456Z', 'Asia/Shanghai')).toBe('2024-01-01T07:30:00.123456Z');
  expect([isDay('0000-01-01'), isDay('0001-01-01'), isDay('2024-1-1'), isDay('10000-01-01')]).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect([
    isTime('2024-01-01T00:00Z'),
    isTime('2024-01-01'),
    isZoneless('2024-01-01 00:00'),
    isZoneless('2024-01-01 00:00Z'),
  ]).toEqual([true, false, true, false]);
});
