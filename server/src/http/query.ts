import { isDay, type QueryParam } from '@yutu/contract';
import type { Request } from 'express';
import { badParameter } from '../errors/fail.js';
import { integerParam, queryParams } from './request.js';

/** The query as the contract has it. @throws as `queryParams`; `parameter_invalid` for no such word, day or number */
export function readQuery(
  req: Request,
  known: Readonly<Record<string, QueryParam>> = {},
): Record<string, string | number | undefined> {
  const { f } = known;
  const given = queryParams(req, Object.keys(known), f?.is === 'word' ? f.words : undefined);
  return Object.fromEntries(Object.entries(known).map(([name, param]) => [name, read(given, name, param)]));
}

function read(given: Record<string, string>, name: string, param: QueryParam): string | number | undefined {
  const value = given[name];
  if (param.is === 'whole') {
    if (value === undefined) return param.otherwise;
    const { minimum: min, maximum: max = Number.MAX_SAFE_INTEGER, lowered: clamp = false } = param;
    return integerParam(given, name, { min, max, fallback: min, clamp });
  }
  if (value === undefined) return param.is === 'word' ? param.otherwise : undefined;
  if (param.is === 'word' && !param.words.includes(value))
    badParameter(name, `应为 ${param.words.join(' 或 ')}`, `it must be ${param.words.join(' or ')}`, param.words);
  if (param.is === 'text' && param.format === 'date' && !isDay(value))
    badParameter(name, '应为日期，如 2026-11-22', 'it must be a day, as in 2026-11-22');
  return value;
}
