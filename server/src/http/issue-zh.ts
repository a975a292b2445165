import type { z } from 'zod';
import { codesZh } from '../errors/codes-zh.js';

type Issue = z.core.$ZodRawIssue;

const COUNTED: Record<string, string> = { string: '个字符', array: '项', set: '项', map: '项' };
const FORMATS: Record<string, string> = {
  date: '日期，如 2026-11-22',
  datetime: '时间',
  email: '邮箱地址',
  url: '网址',
  uuid: '标识符',
};

/** What a body's member must be, in Chinese: zod's own words for it mix in English. */
export function issueZh(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `应为${codesZh(issue.expected)}`;
    case 'invalid_value':
      return `应为以下之一：${issue.values.map(String).join('、')}`;
    case 'too_big':
      return `最${COUNTED[issue.origin] ? '多' : '大为'} ${issue.maximum}${unit(issue.origin)}`;
    case 'too_small':
      return `最${COUNTED[issue.origin] ? '少' : '小为'} ${issue.minimum}${unit(issue.origin)}`;
    case 'invalid_format':
      return FORMATS[issue.format] ? `应为${FORMATS[issue.format]}` : '格式不对';
    case 'not_multiple_of':
      return `应为 ${issue.divisor} 的倍数`;
    default:
      return '内容不对';
  }
}

const unit = (origin: string): string => (COUNTED[origin] ? ` ${COUNTED[origin]}` : '');

/** A sentence of a schema, written `中文 / English`, in one of them; one that is not written so is English. */
export const halves = (message: string): { zh: string | null; en: string } => {
  const [zh, en] = message.split(' / ', 2);
  return /\p{Script=Han}/u.test(zh!) ? { zh: zh!, en: en ?? zh! } : { zh: null, en: message };
};
