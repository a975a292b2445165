import { expect, test } from 'vitest';
import { z } from 'zod';
import type { YutuError } from '../errors/fail.js';
import { toProblem } from '../errors/problem.js';
import { checkBody } from './body.js';

const schema = z.strictObject({
  name: z.string().min(1).max(4).optional(),
  hours: z.number().int().min(1).max(24).optional(),
  day: z.iso.date().optional(),
  kind: z.enum(['single', 'base']).optional(),
  list: z.array(z.string()).max(2).optional(),
  why: z
    .string()
    .refine((v) => v !== 'x', '请写明理由 / say why')
    .optional(),
});

test.each([
  [{ name: 1 }, '“name”不能用：不符合要求（应为文本）。'],
  [{ name: 'abcde' }, '“name”不能用：不符合要求（最多 4 个字符）。'],
  [{ name: '' }, '“name”不能用：不符合要求（最少 1 个字符）。'],
  [{ hours: 25 }, '“hours”不能用：不符合要求（最大为 24）。'],
  [{ hours: 0.5 }, '“hours”不能用：不符合要求（应为整数）。'],
  [{ day: 'today' }, '“day”不能用：不符合要求（应为日期，如 2026-11-22）。'],
  [{ kind: 'other' }, '“kind”不能用：不符合要求（应为以下之一：single、base）。'],
  [{ list: ['a', 'b', 'c'] }, '“list”不能用：不符合要求（最多 2 项）。'],
  [{ why: 'x' }, '“why”不能用：不符合要求（请写明理由）。'],
])('says what is wrong with %j in Chinese alone', (body, detail) => {
  const thrown = caught(() => checkBody(body, schema));
  expect(toProblem(thrown, 'zh').body.detail).toBe(detail);
  expect(toProblem(thrown, 'en').body.detail).not.toMatch(/\p{Script=Han}/u);
});

function caught(work: () => unknown): YutuError {
  try {
    work();
  } catch (error) {
    return error as YutuError;
  }
  throw new Error('nothing was refused');
}
