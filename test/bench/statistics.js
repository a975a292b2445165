export { seeded } from '../../tiles/city.js';

export const quantile = (values, q) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
};
export const median = (values) => quantile(values, 0.5);
export const largest = (values) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

/** p50, p95, p99 and max of times or sizes. */
export const spread = (values) => ({
  p50: median(values),
  p95: quantile(values, 0.95),
  p99: quantile(values, 0.99),
  max: largest(values),
});
