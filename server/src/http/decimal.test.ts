import { expect, it } from 'vitest';
import { decimal } from './decimal.js';

it.each([
  ['106.55', 106.55],
  [' -1e3', -1000],
  ['.5', 0.5],
  ['5.', 5],
  ['0x10', Number.NaN],
  ['0b1', Number.NaN],
  ['', Number.NaN],
  [' ', Number.NaN],
  ['1e999', Number.NaN],
  ['Infinity', Number.NaN],
  ['1_000', Number.NaN],
  ['１２', Number.NaN],
])('%j is %d', (text, value) => {
  expect(decimal(text)).toBe(value);
});
