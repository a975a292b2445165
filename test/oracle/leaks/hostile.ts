import type { Examination, GeoFeature } from './examine.js';
import { filterable, looksFor, refusalOf } from './rules.js';
import { type CallerSpec, type LayerSpec, rowOf } from './world.js';

/**
 * Filters that would raise, were they computed as PostgreSQL does it, and for some row: also for one that is not shown. `n` is a number
 * field, `hidden` a value of a row that may not be shown.
 */
const filters: [text: (n: string, hidden: number) => string, holds: (v: number | null, hidden: number) => boolean][] = [
  [(n) => `${n} * 1e300 * 1e300 > 1`, () => false],
  [(n) => `${n} + 1e308 + 1e308 IS NULL`, () => true],
  [(n) => `${n} * 1e-300 * 1e-300 = 0`, (v) => v !== null],
  [(n) => `1e-300 / (${n} + 1e300) < 1`, (v) => v !== null],
  [(n, h) => `1 / (${n} - (${h})) < 0`, (v, h) => v !== null && v < h],
  [(n, h) => `1 div (${n} - (${h})) IS NULL`, (v, h) => v === null || v === h],
  [(n, h) => `1 % (${n} - (${h})) IS NULL AND ${n} = ${h}`, (v, h) => v === h],
];

/** Asks them of every number field that may be spoken of: the answer is about what is shown, and never an error. */
export async function hostileFilters(
  exam: Examination,
  caller: CallerSpec,
  layer: LayerSpec,
  random: () => number,
): Promise<void> {
  const sight = exam.sight(caller, layer);
  if (refusalOf(caller, layer, sight, 'query')) return;
  const looks = looksFor(sight, 'query');
  const shown = exam.facts.shown(layer, looks);
  const rows = exam.world.rows[layer.set].map((row) => rowOf(layer, row));
  for (const name of ['size', 'count'] as const) {
    if (!filterable(looks).includes(name)) continue;
    const unseen = rows.filter((row) => row[name] !== null && !shown.some((s) => s.fid === row.fid));
    const hidden = (unseen[Math.floor(random() * unseen.length)] ?? rows[0]!)[name] ?? 1;
    for (const [text, holds] of filters) {
      const path = `/api/collections/${layer.id}/items?limit=1000&filter=${encodeURIComponent(text(name, hidden))}`;
      const where = `${caller.name} ${decodeURIComponent(path)}`;
      const answer = await exam.as(caller).get(path);
      if (!exam.same(`${where} status`, answer.status, 200)) continue;
      exam.same(
        `${where} ids`,
        answer.json.features.map((f: GeoFeature) => f.id),
        shown.filter((s) => holds(s.properties[name] as number | null, hidden)).map((s) => s.fid),
      );
    }
  }
}
