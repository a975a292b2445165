import { randomUUID } from 'node:crypto';

/** A number of a JSON text that has more digits than a double keeps: its text. */
export class LongNumber {
  constructor(readonly text: string) {}

  /** The nearest double; infinite where there is none. */
  get nearest(): number {
    return Number(this.text);
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return MARK + this.text;
  }
}

/** Stands before the digits of a long number where JSON has a string: nobody outside this process can write it. */
const MARK = `${randomUUID()}#`;
const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g');

/** Sixteen digits, or an exponent: all others are kept. Texts with such strings are looked at in vain, no more. */
const MAYBE = /\d[\d.]{15}|\d[eE][-+\d]/;
/** Strings, to pass over them, and numbers that may be long. A string that does not end is one to the end: or each of its quotes began the search anew. */
const TOKENS = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)|-?\d[\d.]{15,}[-+.\deE]*|-?\d[\d.]*[eE][-+.\deE]*/g;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

const WHOLE = /^-?\d+(?:\.0*)?$/;

/** A fraction as JavaScript prints its double. Whole numbers may be printed with other digits than they have. */
const isPrinted = (number: string): boolean => number.includes('.') && String(Number(number)) === number;

/** Significant digits and nothing else: 0.0150e7 is 15. */
const digitsOf = (number: string): string =>
  number
    .replace(/[eE].*$/, '')
    .replace(/[-+.]/g, '')
    .replace(/^0+|0+$/g, '');

/** Whether a double, written with as many digits as the text has, reads the same. */
export function isKept(number: string): boolean {
  const value = Number(number);
  if (!Number.isFinite(value)) return false;
  const digits = digitsOf(number);
  if (value === 0) return digits === '';
  if (digits.length <= 15) return true;
  // Half-way between two texts of as many digits, `String` may take the other one than `toPrecision`.
  if (digitsOf(String(value)) === digits) return true;
  // Past 2^53 JavaScript writes the fewest digits that read the same, which need not be those of the number.
  if (WHOLE.test(number)) return false;
  return digits.length <= 100 && digitsOf(value.toPrecision(digits.length)) === digits;
}

/**
 * As `JSON.parse`, but numbers that a double does not keep are {@link LongNumber}s. However deep it is nested.
 * @throws SyntaxError
 */
export function readJson(text: string): unknown {
  if (!MAYBE.test(text)) return JSON.parse(text);
  let long = false;
  const marked = text.replace(TOKENS, (token) => {
    // Most long numbers are doubles as somebody printed them.
    if (token[0] === '"' || isPrinted(token) || !NUMBER.test(token) || isKept(token)) return token;
    long = true;
    return `"${MARK}${token}"`;
  });
  const value: unknown = JSON.parse(marked);
  return long ? unmark(value) : value;
}

function unmark(value: unknown): unknown {
  const root = { value };
  const left: object[] = [root];
  for (let at = left.pop(); at !== undefined; at = left.pop())
    for (const [name, member] of Object.entries(at)) {
      if (name.startsWith(MARK)) throw new SyntaxError('a number where a name should be');
      if (typeof member === 'object' && member !== null) left.push(member);
      else if (typeof member === 'string' && member.startsWith(MARK))
        // Not by assignment: it may be called `__proto__`.
        Object.defineProperty(at, name, { ...PLAIN, value: new LongNumber(member.slice(MARK.length)) });
    }
  return root.value;
}

const PLAIN = { enumerable: true, configurable: true, writable: true };

/** As `JSON.stringify`, with long numbers as they were read. */
export const writeJson = (value: unknown): string => (JSON.stringify(value) ?? 'null').replace(MARKED, '$1');
