/** Whole days from a date to today; negative when it lies ahead. */
export function daysSince(iso: string, today = new Date()): number {
  const from = Date.UTC(...parts(iso));
  return Math.round((Date.UTC(today.getFullYear(), today.getMonth(), today.getDate()) - from) / 86_400_000);
}

function parts(iso: string): [number, number, number] {
  const [y = 1970, m = 1, d = 1] = iso.slice(0, 10).split('-').map(Number);
  return [y, m - 1, d];
}
