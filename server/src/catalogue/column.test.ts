import fc from 'fast-check';
import { expect, it } from 'vitest';
import { columnOf } from './column.js';

it('a field’s column is called like it where the database can have that', () => {
  for (const name of ['code', '名称', '面积(亩)', '2020年人口', 'FID', '很'.repeat(21)]) expect(columnOf(name)).toBe(`"${name}"`);
  expect(columnOf('a"b')).toBe('"a""b"');
  const made = ['fid', 'geom', 'xmin', 'ctid', 'tableoid', '#bits', '', '很'.repeat(22), 'f_00112233445566778899'];
  for (const name of made) expect(columnOf(name)).toMatch(/^"f_[0-9a-f]{20}"$/);
});

it('different fields have different columns, none of more than 63 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 90 }), fc.string({ unit: 'grapheme', maxLength: 90 }), (a, b) => {
      fc.pre(!`${a}${b}`.includes('\0'));
      expect(columnOf(a) === columnOf(b)).toBe(a === b);
      expect(Buffer.byteLength(columnOf(a).slice(1, -1).replaceAll('""', '"'))).toBeLessThanOrEqual(63);
    }),
  );
});
