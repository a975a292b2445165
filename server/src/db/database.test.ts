import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ident, isUuid, literal } from './database.js';

/** Reads what PostgreSQL's lexer would read: an identifier, a literal, or an E-literal, and nothing after it. */
function lex(sql: string): string | null {
  const text = sql.trim();
  const name = /^"((?:[^"]|"")*)"$/.exec(text);
  if (name) return name[1]!.replaceAll('""', '"');
  const escaped = /^E'((?:[^'\\]|''|\\\\)*)'$/.exec(text);
  if (escaped) return escaped[1]!.replaceAll("''", "'").replaceAll('\\\\', '\\');
  const plain = /^'((?:[^'\\]|'')*)'$/.exec(text);
  return plain ? plain[1]!.replaceAll("''", "'") : null;
}

describe('quoting', () => {
  const text = fc
    .oneof(fc.string(), fc.string({ unit: fc.constantFrom("'", '"', '\\', ';', '-', 'E', ' ', '$') }))
    .filter((s) => !s.includes('\0'));
  it('lets no name and no value out of its quotes', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(lex(ident(value))).toBe(value);
        expect(lex(literal(value))).toBe(value);
      }),
    );
  });

  it('refuses NUL, which would end the statement', () => {
    expect(() => ident('a\0b')).toThrow();
    expect(() => literal('a\0b')).toThrow();
  });
});

it.each<[string, boolean]>([
  ['2e8b41ce-ea3d-4f41-8123-d3f245c5de5e', true],
  ['2E8B41CE-EA3D-4F41-8123-D3F245C5DE5E', true],
  ['------------------------------------', false],
  ['2e8b41ceea3d4f418123d3f245c5de5e----', false],
  ['2e8b41ce-ea3d-4f41-8123-d3f245c5de5e\n', false],
  ['', false],
])('%j may be compared with a uuid: %s', (value, uuid) => {
  expect(isUuid(value)).toBe(uuid);
});
