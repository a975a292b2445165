/** SQL's three values; only `true` lets a row pass. */
export type Truth = boolean | null;
export type Predicate<Row> = (row: Row) => Truth;

/** A value while a filter is evaluated. Instants are microseconds since 1970 in UTC; bigint only past 2^53. */
export type Operand = string | number | bigint | boolean | null;

/**
 * Orders texts by Unicode code point, as PostgreSQL's "C" collation does. UTF-16 order differs from it where a surrogate pair meets
 * U+E000–U+FFFF.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Moves surrogates above the rest of the basic plane. */
function rank(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Orders numbers as PostgreSQL does: NaN equals itself and is the greatest. Booleans: false < true. */
export function compareNumbers(a: number | bigint | boolean, b: number | bigint | boolean): number {
  if (a < b) return -1;
  if (a > b) return 1;
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number may be equal
  if (a == b) return 0;
  const aNaN = Number.isNaN(a);
  return aNaN === Number.isNaN(b) ? 0 : aNaN ? 1 : -1;
}

/** Without diacritics: canonical decomposition less its combining marks. */
export function foldAccents(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC');
}

const ANY = -1;
const ONE = -2;

/**
 * Compiles a LIKE pattern: `%` any run, `_` one code point, `\` takes the next character literally. Linear-ish by the two-pointer
 * method: no pattern makes it explode.
 */
export function likeMatcher(pattern: string): (text: string) => boolean {
  const parts: number[] = [];
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i]!;
    if (char === '%') {
      if (parts.at(-1) !== ANY) parts.push(ANY);
    } else if (char === '_') parts.push(ONE);
    else if (char === '\\' && i + 1 < chars.length) parts.push(chars[++i]!.codePointAt(0)!);
    else parts.push(char.codePointAt(0)!);
  }
  return (text) => matches(parts, text);
}

function matches(parts: readonly number[], text: string): boolean {
  let at = 0;
  let part = 0;
  let retryAt = -1;
  let retryPart = -1;
  while (at < text.length) {
    const code = text.codePointAt(at)!;
    const wanted = parts[part];
    if (wanted === ANY) {
      retryPart = ++part;
      retryAt = at;
    } else if (wanted === ONE || wanted === code) {
      part++;
      at += code > 0xffff ? 2 : 1;
    } else if (retryPart >= 0) {
      part = retryPart;
      retryAt += text.codePointAt(retryAt)! > 0xffff ? 2 : 1;
      at = retryAt;
    } else return false;
  }
  while (parts[part] === ANY) part++;
  return part === parts.length;
}
