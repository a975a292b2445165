export const ms = (value) => (value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toPrecision(2));
export const kB = (bytes) => (bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0);
export const MB = (bytes) => (bytes / 1e6).toFixed(0);
export const count = (n) => Math.round(n).toLocaleString('en-US');
export const times = (value) => `${value >= 10 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toPrecision(2)} ×`;
export const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** A table in Markdown; the first column to the left, the others to the right. */
export function table(head, rows) {
  return [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
