import { text, whole, word } from '@yutu/contract';
import type { Request } from 'express';
import { describe, expect, it } from 'vitest';
import { YutuError } from '../errors/fail.js';
import { readQuery } from './query.js';

const known = {
  q: text('What to look for'),
  state: word('Only these', ['active', 'disabled']),
  limit: whole('How many', { minimum: 1, maximum: 200, otherwise: 50 }),
  page: whole('How many, lowered', { minimum: 1, maximum: 200, lowered: true }),
  before: whole('Only smaller ones', { minimum: 1 }),
};
const read = (query: string) => readQuery({ originalUrl: `/api/accounts?${query}` } as Request, known);
const fault = (query: string) => {
  try {
    return read(query);
  } catch (error) {
    if (!(error instanceof YutuError)) throw error;
    return [error.code, error.values.whyEn ?? error.values.parameter];
  }
};

describe('the query of an operation', () => {
  it('is read as the contract has it', () => {
    expect(read('')).toEqual({ q: undefined, state: undefined, limit: 50, page: undefined, before: undefined });
    expect(read('q=%E6%9D%8E&state=disabled&limit=200&page=1000&before=40')).toEqual({
      q: '李',
      state: 'disabled',
      limit: 200,
      page: 200,
      before: 40,
    });
  });

  it('is refused where it says something else', () => {
    expect(fault('state=gone')).toEqual(['parameter_invalid', 'it must be active or disabled']);
    expect(fault('limit=201')).toEqual(['parameter_invalid', 'it must be a whole number from 1 to 200']);
    expect(fault('before=0')).toEqual(['parameter_invalid', 'it must be a whole number from 1 to 9007199254740991']);
    expect(fault('sort=name')).toEqual(['parameter_unknown', 'sort']);
    expect(fault('q=a&q=b')).toEqual(['parameter_invalid', 'it may be given once only']);
  });
});
