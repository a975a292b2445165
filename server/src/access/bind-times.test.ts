import { compileFilter, parseCql2Text } from '@yutu/tiles';
import { describe, expect, it } from 'vitest';
import { bindTimes } from './bind-times.js';

const columns = [
  { name: 't', type: 'timestamp' },
  { name: 'd', type: 'date' },
  { name: 'name', type: 'text' },
] as const;
const fields = new Map(columns.map((c) => [c.name as string, c.type]));
const bound = (text: string) => bindTimes(parseCql2Text(text), fields, 'Asia/Shanghai');
/** Of a row at 2024-01-01T00:00Z, which is 8:00 on that day there; its day is 2024-01-01. */
const holds = (text: string) => compileFilter(bound(text), columns)(['2024-01-01T00:00:00.000Z', '2024-01-01', '2024-01-01']);

describe('a filter', () => {
  it.each([
    ["t = '2024-01-01T08:00:00'", true],
    ["t = '2024-01-01 08:00:00'", true],
    ["t = '2024-01-01T00:00:00Z'", true],
    ["t = '2024-01-01T08:00:00+08:00'", true],
    ["t = '2024-01-01T00:00:00'", false],
    ["t < '2024-01-01T08:00:01' AND NOT t < '2024-01-01T08:00:00'", true],
    ["t > DATE('2024-01-01')", true],
    ["t < DATE('2024-01-02') AND t > '2024-01-01'", true],
    ["t BETWEEN '2024-01-01' AND '2024-01-01T08:00:00'", true],
    ["t IN ('2023-01-01', '2024-01-01T08:00:00')", true],
    ["d = DATE('2024-01-01') AND d = '2024-01-01'", true],
    ["d <= TIMESTAMP('2023-12-31T16:00:00Z') AND d >= TIMESTAMP('2023-12-31T16:00:00Z')", true],
    ["d = '2024-01-01T00:00:00'", true],
    ["d > TIMESTAMP('2023-12-31T15:59:59Z')", true],
    ["name = '2024-01-01' AND name LIKE '2024%'", true],
  ])('%s is %s', (text, truth) => expect(holds(text)).toBe(truth));

  it('leaves what is no time as it is', () => {
    for (const text of ["name = '2024-01-01T08:00:00'", "name = '0000-01-01'", 't IS NULL', 'd = t'])
      expect(bound(text)).toEqual(parseCql2Text(text));
  });

  it.each(["t = '0000-01-01'", "t > '9999-12-31T23:59:59-12:00'", "d = '0001-01-01T00:00:00+14:00'", "t < 'soon'"])(
    '%s is refused',
    (text) => expect(() => bound(text)).toThrow(/not a date or timestamp/),
  );
  it.each(["TIMESTAMP('0000-06-01T00:00:00Z')", "DATE('0000-01-01')"])('%s is no literal', (text) =>
    expect(() => bound(`t = ${text}`)).toThrow(/not a/),
  );
});
