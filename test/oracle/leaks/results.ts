import type { Box } from '../../tile.js';
import { boxPolygon, type Examination, plainValue } from './examine.js';
import { filterable, leastTold, looksFor, refusalOf } from './rules.js';
import { near, positionsOf } from './shape.js';
import { type CallerSpec, fieldNames, type LayerSpec, rowOf } from './world.js';

/** What is told of features without showing them: figures, overlays, and whether a claim holds. */

/** Holds more than the whole ground, however coarsely it is drawn. */
const everything: Box = [106.3, 29.3, 106.8, 29.8];
const numbers = ['size', 'count'] as const;

/** How often each value occurs, in one order. */
function tally(values: unknown[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) {
    const name = JSON.stringify(plainValue(value));
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort();
}
const told = (classes: { value: unknown; count?: number; features?: number }[]): [string, number][] =>
  classes
    .map(({ value, count, features }): [string, number] => [JSON.stringify(plainValue(value)), count ?? features ?? 0])
    .sort();

/** Groups as they are told: each as it is, none of few, nor what is left but for none; as many as can be. Null: all together are too few. */
function sameGroups(
  exam: Examination,
  where: string,
  answered: [string, number][],
  all: [string, number][],
  least: number,
): void {
  const known = new Map(all);
  exam.same(
    `${where} each`,
    answered,
    answered.map(([value]): [string, number] => [value, known.get(value) ?? 0]),
  );
  const large = all.map(([, n]) => n).filter((n) => n >= least);
  let rest = all.reduce((sum, [, n]) => sum + n, 0) - large.reduce((sum, n) => sum + n, 0);
  large.sort((a, b) => b - a);
  while (rest > 0 && rest < least && large.length > 0) rest += large.pop()!;
  exam.same(
    `${where} sizes`,
    answered.map(([, n]) => n).sort((a, b) => b - a),
    large,
  );
}

/** Statistics by a field that may be spoken of, by one that may not, and of a number field. */
export async function statistics(exam: Examination, caller: CallerSpec, layer: LayerSpec, random: () => number): Promise<void> {
  const who = exam.as(caller);
  const path = `/api/collections/${layer.id}/statistics`;
  const where = `${caller.name} ${layer.id} statistics`;
  const all = await who.get(path);
  if (exam.refused(where, all, caller, layer, 'query')) return;
  const looks = looksFor(exam.sight(caller, layer), 'query');
  const shown = exam.facts.shown(layer, looks);
  const open = filterable(looks);
  const least = leastTold(caller, layer, exam.sight(caller, layer));
  const few = least > 1 && shown.length < least;
  exam.same(`${where} numberMatched`, all.json.numberMatched, few ? null : shown.length);
  const fields = [...fieldNames].sort(() => random() - 0.5);
  const spoken = fields.filter((name) => open.includes(name)).slice(0, 2);
  for (const by of spoken) {
    const answer = await who.get(`${path}?by=${by}`);
    if (!exam.same(`${where} by ${by} status`, answer.status, 200)) continue;
    exam.same(`${where} by ${by} code system`, answer.json.codeSystem, `codes of ${by}`);
    sameGroups(exam, `${where} by ${by}`, told(answer.json.classes), few ? [] : tally(shown.map((s) => s.properties[by])), least);
  }
  const [number] = numbers.filter((name) => open.includes(name));
  if (number !== undefined) {
    const answer = await who.get(`${path}?of=${number}`);
    const values = shown.flatMap((s) => s.properties[number] ?? []) as number[];
    const [{ sum, min, max }] = answer.json.classes.length > 0 ? answer.json.classes : [{ sum: null, min: null, max: null }];
    const round = (n: number | null) => n && Number(n.toPrecision(9));
    exam.same(
      `${where} of ${number}`,
      [sum, min, max].map(round),
      (values.length === 0 || few
        ? [null, null, null]
        : [values.reduce((a, b) => a + b, 0), ...(least > 1 ? [null, null] : [Math.min(...values), Math.max(...values)])]
      ).map(round),
    );
  }
  for (const closed of fields.filter((name) => !open.includes(name)).slice(0, 1))
    for (const query of ['by', 'of']) {
      const [answer, none] = [await who.get(`${path}?${query}=${closed}`), await who.get(`${path}?${query}=nosuch`)];
      exam.same(`${where} ${query} ${closed} is as none`, [answer.status, answer.text], [none.status, none.text]);
      exam.same(`${where} ${query} ${closed} status`, answer.status, 400);
    }
}

/** Overlays with a polygon that holds everything and with a small one. */
export async function overlays(exam: Examination, caller: CallerSpec, layer: LayerSpec, random: () => number): Promise<void> {
  const who = exam.as(caller);
  const ask = (box: Box, by?: string) =>
    who.post(`/api/collections/${layer.id}/analyse`, { geometry: boxPolygon(box), ...(by === undefined ? {} : { by }) });
  const where = `${caller.name} ${layer.id} analyse`;
  const looks = looksFor(exam.sight(caller, layer), 'analyse');
  const open = filterable(looks);
  const by = open[Math.floor(random() * open.length)];
  const answer = await ask(everything, by);
  if (exam.refused(where, answer, caller, layer, 'analyse')) return;
  const shown = exam.facts.shown(layer, looks).filter((s) => s.geometry);
  const least = leastTold(caller, layer, exam.sight(caller, layer));
  const few = least > 1 && shown.length < least;
  exam.same(`${where} code system`, answer.json.codeSystem, by === undefined ? null : `codes of ${by}`);
  exam.same(`${where} total`, answer.json.total?.features, few ? undefined : shown.length);
  if (by !== undefined)
    sameGroups(exam, `${where} by ${by}`, told(answer.json.classes), few ? [] : tally(shown.map((s) => s.properties[by])), least);
  const closed = fieldNames.find((name) => !open.includes(name));
  if (closed !== undefined) {
    const [hidden, none] = [await ask(everything, closed), await ask(everything, 'nosuch')];
    exam.same(`${where} by ${closed} is as none`, [hidden.status, hidden.text], [none.status, none.text]);
    exam.same(`${where} by ${closed} status`, hidden.status, 400);
  }
  // About a vertex of the truth, where what is masked is not.
  const rows = exam.world.rows[layer.set];
  const [lon, lat] = positionsOf(rowOf(layer, rows[Math.floor(random() * (rows.length - 1))]!).geometry!)[0]!;
  const half = 0.0003;
  const box: Box = [lon! - half, lat! - half, lon! + half, lat! + half];
  const small = await ask(box);
  if (!exam.same(`${where} of ${box} status`, small.status, 200)) return;
  const met = (by: number) => shown.filter((s) => near(s.geometry!, [box[0] - by, box[1] - by, box[2] + by, box[3] + by])).length;
  if (least > 1 && small.json.total === null) {
    // none and few are told alike
    const empty = await ask([106.79, 29.79, 106.7906, 29.7906]);
    const of = ({ json }: typeof small) => ({ ...json, polygon: null, outside: null });
    exam.same(`${where} of ${box}: few is as none`, of(small), of(empty));
    return;
  }
  const { features } = small.json.total;
  exam.same(`${where} of ${box}: ${features} are not too many`, features <= met(2e-5), true);
}

/** Claims about features that are shown, that are not, and that there are not: right ones and wrong ones. */
export async function checks(exam: Examination, caller: CallerSpec, layer: LayerSpec, random: () => number): Promise<void> {
  const who = exam.as(caller);
  const path = `/api/collections/${layer.id}/verify`;
  const where = `${caller.name} ${layer.id} verify`;
  const looks = looksFor(exam.sight(caller, layer), 'verify');
  const claimable = fieldNames.filter((name) => looks.some((look) => look.fields.get(name) === 'value'));
  const closed = fieldNames.find((name) => !claimable.includes(name));
  const about = async (name: string) => await who.post(path, { id: 1, claims: { [name]: null } });
  if (refusalOf(caller, layer, exam.sight(caller, layer), 'verify')) {
    exam.refused(where, await about('grade'), caller, layer, 'verify');
    return;
  }
  if (closed !== undefined) {
    const [hidden, none] = [await about(closed), await about('nosuch')];
    exam.same(
      `${where} ${closed} is as none`,
      [hidden.status, hidden.text.replaceAll(closed, 'nosuch')],
      [none.status, none.text],
    );
    exam.same(`${where} ${closed} status`, hidden.status, 400);
  }
  if (claimable.length === 0) return;
  const shown = new Map(exam.facts.shown(layer, looks).map((s) => [s.fid, s]));
  const rows = [...exam.world.rows[layer.set]].sort(() => random() - 0.5).slice(0, 16);
  const claims = rows.map((shared, i) => {
    const row = rowOf(layer, shared);
    const name = claimable[i % claimable.length]!;
    const right = i % 4 !== 3;
    const value = right ? row[name] : typeof row[name] === 'number' ? 12_345 : null;
    const same = plainValue(value) === plainValue(row[name]);
    return { id: row.fid, name, value, matches: same && (shown.get(row.fid)?.exact.has(name) ?? false) };
  });
  const answer = await who.post(path, {
    checks: [
      ...claims.map(({ id, name, value }) => ({ id, claims: { [name]: value } })),
      { id: 999_999, claims: { [claimable[0]!]: null } },
    ],
  });
  if (!exam.same(`${where} status`, [answer.status, answer.status === 200 ? '' : answer.text], [200, ''])) return;
  const found = answer.json.results.map((r: { matches: boolean }) => r.matches);
  exam.same(
    where,
    claims.map((claim, i) => ({ ...claim, matches: found[i] })),
    claims,
  );
  exam.same(`${where} of what is not there`, found.at(-1), false);
}
