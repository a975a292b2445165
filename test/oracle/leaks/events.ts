import { type Caller, type EventStream, eventually } from '../../harness.js';
import { tileAt, tilePath } from '../../tile.js';
import type { Examination } from './examine.js';
import { sightOf } from './rules.js';
import { type CallerSpec, centre, grantId, type LayerSpec } from './world.js';

/** What open viewers hear of edits and of revocations, each of them in turn; and what the operator's figures tell. */
interface Listener {
  caller: CallerSpec;
  stream: EventStream;
}

const stewardOf = (exam: Examination, layer: LayerSpec): Caller | null => {
  const steward = exam.world.callers.find((c) => c.name === `steward-${layer.owner}`);
  return steward ? exam.as(steward) : null;
};

/** Writes a feature's own name once more: a new version of the layer, and the same features. */
async function touch(exam: Examination, layer: LayerSpec): Promise<void> {
  const steward = stewardOf(exam, layer)!;
  const path = `/api/collections/${layer.id}/items/1`;
  const { json, headers } = await steward.get(path);
  const answer = await steward.send(
    'PATCH',
    path,
    { properties: { name: json.properties.name } },
    {
      'content-type': 'application/merge-patch+json',
      'if-match': headers.etag!,
    },
  );
  exam.same(`an edit of ${layer.id}`, answer.status, 200);
}

/** An edit that changes nothing changes no byte of anybody's tiles, nor their marks, at any zoom. */
export async function unnoticed(exam: Examination, layers: readonly LayerSpec[]): Promise<void> {
  const tiles = [9, 12, 15].map((z) => tileAt(...centre, z));
  for (const layer of layers.filter((l) => stewardOf(exam, l))) {
    const seen = async (caller: CallerSpec) => {
      const answers = await Promise.all(tiles.map((tile) => exam.as(caller).get(tilePath(layer.id, tile))));
      return answers.map(({ status, headers, bytes }) => [status, headers.etag ?? null, bytes.toString('base64')]);
    };
    const callers = exam.world.callers.filter((caller) => exam.sight(caller, layer).views.length > 0);
    const before = await Promise.all(callers.map(seen));
    await touch(exam, layer);
    const after = await Promise.all(callers.map(seen));
    for (const [i, { name }] of callers.entries())
      exam.same(`${name} ${layer.id} tiles after an edit that changed nothing`, after[i], before[i]);
  }
}

const named = ({ stream: { heard } }: Listener, kind: 'layer' | 'access'): string[] =>
  heard.filter((e) => e.kind === kind).flatMap(({ data }): string[] => (kind === 'layer' ? [data.layer] : data.layers));

/** A listener to everyone that is let in. Those whose key is refused are refused here, too. */
async function listeners(exam: Examination): Promise<Listener[]> {
  const open: Listener[] = [];
  for (const caller of exam.world.callers) {
    if (caller.dead && caller.key) exam.same(`${caller.name} events`, (await exam.as(caller).get('/api/events')).status, 401);
    else open.push({ caller, stream: await exam.as(caller).events() });
  }
  return open;
}

/** Everyone hears of edits of the layers they may know of, and of nothing else: its name and version, not what was edited or where. */
export async function edits(exam: Examination, layers: readonly LayerSpec[]): Promise<void> {
  const open = await listeners(exam);
  try {
    for (const layer of layers) await touch(exam, layer);
    for (const one of open) {
      const known = layers.filter((l) => exam.sight(one.caller, l).discover).map((l) => l.id);
      await eventually(async () => {
        if (new Set(named(one, 'layer')).size < known.length) throw new Error(`${one.caller.name} has not heard all`);
      }).catch(() => {});
      exam.same(`${one.caller.name} hears of`, [...new Set(named(one, 'layer'))].sort(), [...known].sort());
      for (const { kind, data } of one.stream.heard)
        exam.same(`${one.caller.name} is told`, [kind, Object.keys(data)], ['layer', ['layer', 'version']]);
    }
  } finally {
    for (const { stream } of open) stream.close();
  }
}

/**
 * The stewards take grants back, from the `from`-th on: of a layer hears only who may know of it, before or after. Who sees less now is told to look
 * again.
 */
export async function revocations(exam: Examination, count: number): Promise<void> {
  const { world } = exam;
  const layerOf = (id: string) => world.layers.find((l) => l.id === id)!;
  const chosen = world.grants
    .map((grant, n) => ({ grant, id: grantId(n) }))
    .filter(({ grant }) => grant.state === 'live' && stewardOf(exam, layerOf(grant.layer)));
  const hidden = chosen.filter(({ grant }) => !layerOf(grant.layer).discoverable).slice(0, count);
  for (const { grant, id } of [...hidden, ...chosen.filter((c) => !hidden.includes(c)).slice(0, count)]) {
    const layer = layerOf(grant.layer);
    const open = await listeners(exam);
    try {
      const before = new Map(open.map(({ caller }) => [caller, sightOf(world, caller, layer)]));
      const answer = await stewardOf(exam, layer)!.delete(`/api/grants/${id}`, { reason: 'over' });
      if (!exam.same(`a revocation on ${layer.id}`, answer.status, 200)) continue;
      grant.state = 'revoked';
      exam.forget();
      // Whoever hears of anything hears in the order in which it happened.
      const marker = world.layers.find(
        (l) => l.disclosure === 'proactive' && l.sharingClass === 'unconditional' && l.kind === 'thematic',
      )!;
      await touch(exam, marker);
      for (const one of open) {
        const { name } = one.caller;
        const heard = await one.stream.next('layer', ({ layer: l }) => l === marker.id).catch(() => null);
        exam.same(`${name} hears of ${marker.id}`, heard !== null, true);
        const after = sightOf(world, one.caller, layer);
        const may = before.get(one.caller)!.discover || after.discover;
        if (!may)
          exam.same(
            `${name} hears of ${layer.id}, of which it may not know`,
            named(one, 'access'),
            named(one, 'access').filter((l) => l !== layer.id),
          );
        if (before.get(one.caller)!.views.length > after.views.length)
          exam.same(
            `${name} is told of less in ${layer.id}`,
            one.stream.heard.some((e) => e.kind === 'access'),
            true,
          );
      }
    } finally {
      for (const { stream } of open) stream.close();
    }
  }
}

/** The figures name nobody and nothing. */
export async function figures(exam: Examination): Promise<void> {
  const { text, status } = await exam.as(exam.world.callers[0]!).get('/metrics');
  exam.same('metrics status', status, 200);
  const names = [
    ...exam.world.layers.map((l) => l.id),
    ...exam.world.callers.flatMap((c) => (c.name.includes('-') ? c.name : [])),
    ...exam.world.organisations.flatMap((o) => (o.id.includes('-') ? o.id : [])),
    ...exam.world.callers.flatMap((c) => c.key?.id ?? []),
  ];
  exam.same(
    'metrics name',
    names.filter((name) => text.includes(name)),
    [],
  );
}
