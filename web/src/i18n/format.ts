import { type Lang, useLang } from '.';

export { daysSince } from './days';

const locale = (lang: Lang) => (lang === 'en' ? 'en-GB' : 'zh-CN');

/** 12,345.6 */
export const number = (lang: Lang, value: number, digits = 2) =>
  new Intl.NumberFormat(locale(lang), { maximumFractionDigits: digits }).format(value);

/** 12,345.60: in a table, where figures stand under each other and sum. */
export const fixed = (lang: Lang, value: number, digits: number) =>
  new Intl.NumberFormat(locale(lang), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** A date in a sentence: 12 月 4 日 / 4 Dec; with its year when that is not this year. Takes `YYYY-MM-DD` or an ISO time. */
export function dayInSentence(lang: Lang, iso: string): string {
  const day = new Date(iso.length === 10 ? `${iso}T12:00:00` : iso);
  const sameYear = day.getFullYear() === new Date().getFullYear();
  if (lang === 'en') {
    return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) }).format(
      day,
    );
  }
  const text = `${day.getMonth() + 1} 月 ${day.getDate()} 日`;
  return sameYear ? text : `${day.getFullYear()} 年 ${text}`;
}

/** A date in a table: 2026-12-04. */
export const dayInTable = (iso: string) => iso.slice(0, 10);

/** 2026-12-04 14:32 in the reader's zone. */
export function timeInTable(iso: string): string {
  const t = new Date(iso);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())} ${two(t.getHours())}:${two(t.getMinutes())}`;
}

/** The same functions bound to the reader's language. */
export function useFormat() {
  const lang = useLang();
  return {
    number: (value: number, digits?: number) => number(lang, value, digits),
    fixed: (value: number, digits: number) => fixed(lang, value, digits),
    day: (iso: string) => dayInSentence(lang, iso),
    date: dayInTable,
    time: timeInTable,
  };
}
