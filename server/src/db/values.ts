/** How database values become JavaScript values, by type oid; the same table for both engines. */
const iso = (text: string): string => {
  // Before a zone had its hour, its offset has seconds.
  const [, local, sign, hours, minutes = '0', seconds = '0'] = /^(.+?)([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/.exec(text) ?? [];
  if (local === undefined) return text;
  const offset = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  const date = new Date(Date.parse(`${local.replace(' ', 'T')}Z`) - (sign === '-' ? -offset : offset));
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
};

export const valueParsers: Record<number, (text: string) => unknown> = {
  20: Number, // bigint: ids stay ≤ 2^53 by construction
  1700: Number, // numeric
  1082: (text) => text, // date stays a string: it has no zone
  1114: (text) => text.replace(' ', 'T'), // timestamp without zone
  1184: iso, // timestamptz
  114: (text) => JSON.parse(text),
  3802: (text) => JSON.parse(text),
};
