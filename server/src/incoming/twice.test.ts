import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameGivenTwice } from './twice.js';

it.each<[string, string | null]>([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":1,"\\u0061":2}', 'a'],
  ['{"b":{"a":1,"a":1}}', 'a'],
  ['[{"a":1},{"x":[{"c":0,"d":{"c":0},"c":1}]}]', 'c'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['{"":1,"":2}', ''],
  ['{"a":"a","b":"a","c":["a","a"]}', null],
  ['[{"a":1},{"a":1}]', null],
  ['{"a":{"a":{"a":1}}}', null],
  ['{"a":"\\"a\\":1,\\"a\\":2"}', null],
  ['{"a":1,"A":2}', null],
  ['', null],
  ['{"a":', null],
  [']}"a":1', null],
])('%s: %s', (text, name) => {
  expect(nameGivenTwice(text)).toBe(name);
});

it('finds none in what was written from one value', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => nameGivenTwice(JSON.stringify(value)) === null));
});
