import { z } from './zod.js';

/** Control characters, line ends among them, halves of characters, and signs that turn the direction of what follows. */
const UNPRINTABLE = /[\p{Cc}\p{Surrogate}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** A name as people read it, in lists and mails: it can neither break a line nor show as another than it is. */
export const plainName = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine(
      isPlain,
      '不能含控制字符、换行或改变文字方向的字符 / no control characters, line ends or signs that change the direction of text',
    );

export function isPlain(text: string): boolean {
  return !UNPRINTABLE.test(text);
}

/** What of a text can stand in a name. */
export const plainOf = (text: string): string => text.replace(new RegExp(UNPRINTABLE, 'gu'), ' ').trim();
