import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKept, LongNumber, readJson, writeJson } from './json.js';
import { nameGivenTwice } from './twice.js';

const long = (text: string) => new LongNumber(text);

describe('JSON', () => {
  it.each([
    ['500103199001011237', long('500103199001011237')],
    ['-9007199254740993', long('-9007199254740993')],
    ['9007199254740992', 9007199254740992],
    ['0.1234567890123456789', long('0.1234567890123456789')],
    ['0.30000000000000004', 0.30000000000000004],
    ['106.5500000000000000000', 106.55],
    ['1e400', long('1e400')],
    ['1e-400', long('1e-400')],
    ['0e-400', 0],
    ['1e23', 1e23],
    ['5.00103199001011237E+17', long('5.00103199001011237E+17')],
    ['[1,{"a":[500103199001011237]}]', [1, { a: [long('500103199001011237')] }]],
    [
      '{"500103199001011237":"500103199001011238 \\" 500103199001011239"}',
      { '500103199001011237': '500103199001011238 " 500103199001011239' },
    ],
  ])('%s keeps its digits', (text, value) => {
    expect(readJson(text)).toEqual(value);
  });

  it('names a member __proto__ as any other', () => {
    const read = readJson('{"__proto__":500103199001011237}') as object;
    expect(Object.entries(read)).toEqual([['__proto__', long('500103199001011237')]]);
    expect(writeJson(read)).toBe('{"__proto__":500103199001011237}');
  });

  it.each([
    '{500103199001011237:1}',
    '[0500103199001011237]',
    '500103199001011237x',
    '[5001031990010112.]',
    '-',
    '[5001031990010112371 2]',
    '"500103199001011237',
  ])('%s is none', (text) => expect(() => readJson(text)).toThrow(SyntaxError));

  it('is read as JSON.parse does, and written as it was read', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.stringify(readJson(text))).toBe(JSON.stringify(JSON.parse(text)));
        expect(writeJson(readJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
    const whole = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
    fc.assert(
      fc.property(whole, fc.string(), (n, s) => {
        const text = `{"n":[${n}],"s":${JSON.stringify(s)}}`;
        expect(writeJson(readJson(text))).toBe(text);
      }),
    );
  });

  it('of any double keeps what was printed of it', () => {
    // a double, and printed …370
    expect([isKept('32867719702191368'), isKept('32867719702191370'), isKept('32867719702191368.0')]).toEqual([
      false,
      true,
      false,
    ]);
    // 1417430623869373.25 is printed as ….2 and, to 17 digits, as ….3
    expect([isKept('-1417430623869373.2'), isKept('-1417430623869373.3'), isKept('-1417430623869373.4')]).toEqual([
      true,
      true,
      false,
    ]);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
        const whole = Number.isInteger(n) && !Number.isSafeInteger(n);
        return isKept(String(n)) && (whole || isKept(n.toPrecision(17)));
      }),
    );
  });

  it('may be nested deeper than the machine can walk', () => {
    const depth = 200_000;
    expect(() => readJson(`${'['.repeat(depth)}500103199001011237${']'.repeat(depth)}`)).not.toThrow();
  });

  it.each(['', '\\'])('a string that never ends is refused at once, however many quotes it holds (%j)', (last) => {
    const open = `[12345678901234567, "${'\\"'.repeat(1_000_000)}${last}`;
    const begun = performance.now();
    expect(() => readJson(open)).toThrow(SyntaxError);
    nameGivenTwice(open);
    // searched anew from each quote it took hours
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
