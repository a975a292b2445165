import { describe, expect, it } from 'vitest';
import type { Statistics, Symbology } from '../api/types';
import { countedBy, countOf } from './counts';

const label = { color: 'cat-1', labelZh: '', labelEn: '' };
const categories: Symbology = {
  role: 'thematic',
  type: 'categories',
  field: 'kind',
  classes: [{ value: '1', ...label }, { value: '2', ...label }, { ...label }],
};
const graduated: Symbology = {
  role: 'thematic',
  type: 'graduated',
  field: 'density',
  classes: [
    { max: 150, ...label },
    { min: 150, max: 300, ...label },
    { min: 300, ...label },
  ],
};
const answer = (classes: Statistics['classes'], others: number | null = 0): Statistics => ({
  codeSystem: null,
  numberMatched: 0,
  classes,
  others,
  atLeast: 1,
});

describe('features of a legend’s classes', () => {
  it('are asked for once, by values or by limits', () => {
    expect(countedBy(categories)).toEqual({ by: 'kind' });
    expect(countedBy(graduated)).toEqual({ by: 'density', breaks: '150,300' });
    expect(countedBy({ role: 'thematic', type: 'single' })).toBeNull();
  });
  it('are found by the value, of whatever type, and none is none', () => {
    const found = answer([
      { value: 1, count: 12 },
      { value: null, count: 3 },
    ]);
    expect([0, 1].map((i) => countOf(categories, i, found))).toEqual([12, 0]);
    expect(countOf(categories, 1, answer([], 7))).toBeNull();
    expect(countOf(categories, 1, answer([], null))).toBeNull();
  });
  it('are found by where a class begins; features without a value are in none', () => {
    const found = answer([
      { value: null, from: 150, to: 300, count: 5 },
      { value: null, from: null, to: 150, count: 2 },
      { value: null, count: 40 },
    ]);
    expect([0, 1, 2].map((i) => countOf(graduated, i, found))).toEqual([2, 5, 0]);
  });
});
