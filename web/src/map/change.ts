/** A value as a form field holds it; nothing is the empty text. */
export const textOf = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

/** The fields that were changed, as the server takes them: it reads numbers and dates from texts. Empty: no value. */
export function changed(was: Record<string, unknown>, now: Record<string, string>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(now)
      .filter(([name, text]) => text !== textOf(was[name]))
      .map(([name, text]) => [name, text === '' ? null : text]),
  );
}
