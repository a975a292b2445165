import { useQueryClient } from '@tanstack/react-query';
import { area } from '@turf/turf';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ApiError, api } from '../../api/client';
import { refreshSharing } from '../../api/queries';
import type { Collection, RequestInput, ShareRequest } from '../../api/types';
import {
  freshLayer,
  freshShared,
  type LayerAnswers,
  layerFrom,
  missing,
  type Place,
  placeOf,
  type SharedAnswers,
  sharedFrom,
  toggleField,
  toInput,
} from './answers';

export type Saved = { at: Date | null; state: 'idle' | 'saving' | 'failed'; detail?: string };
export type Faults = Record<string, Partial<Record<Place | 'other', string>>>; // by layer

const REST = 1000; // ms of quiet before a draft is saved

const isOpen = (layer: Collection) => layer.yutu.sharing.class === 'unconditional';

/**
 * One form per layer with some answers shared, drafts saved a second after typing stops, and one submission for all.
 * Answers already with the server (a draft, a request to correct) come in `known`, by layer.
 */
export function useCart(layers: Collection[], known: Record<string, ShareRequest>, field?: string) {
  const client = useQueryClient();
  const [shared, setShared] = useState<SharedAnswers>(() => {
    const first = Object.values(known)[0];
    const fresh = freshShared(layers);
    return first ? sharedFrom(first, fresh) : fresh;
  });
  const [own, setOwn] = useState<Record<string, LayerAnswers>>(() =>
    Object.fromEntries(layers.map((l) => [l.id, firstAnswers(l, known[l.id], field)])),
  );
  const [saved, setSaved] = useState<Saved>({ at: null, state: 'idle' });
  const [faults, setFaults] = useState<Faults>({});
  const [done, setDone] = useState<{ layer: string; request: ShareRequest }[]>([]);
  const [busy, setBusy] = useState(false);
  const ids = useRef<Record<string, string>>(Object.fromEntries(Object.entries(known).map(([layer, r]) => [layer, r.id])));
  const sent = useRef<Record<string, string>>({}); // what the server has, as text
  const queue = useRef<Promise<unknown>>(Promise.resolve()); // one write at a time: two first saves would be two drafts
  const open = useMemo(() => layers.filter((l) => !done.some((d) => d.layer === l.id)), [layers, done]);

  const inputs = useMemo(() => {
    const list = open.filter((l) => !isOpen(l)).map((l) => toInput(l.id, shared, own[l.id]!));
    return new Map(list.map((input) => [input.layer, input]));
  }, [open, shared, own]);
  const latest = useRef(inputs);
  latest.current = inputs;

  /** Writes the drafts that changed since they were last written. */
  const save = useCallback(() => {
    queue.current = queue.current.then(async () => {
      const stale = [...latest.current.values()].filter((input) => sent.current[input.layer] !== JSON.stringify(input));
      if (stale.length === 0) return;
      setSaved((s) => ({ ...s, state: 'saving' }));
      try {
        for (const input of stale) {
          ids.current[input.layer] = (await write(ids.current[input.layer], { ...input, draft: true })).id;
          sent.current[input.layer] = JSON.stringify(input);
        }
        setSaved({ at: new Date(), state: 'idle' });
      } catch (error) {
        setSaved((s) => ({ ...s, state: 'failed', detail: error instanceof Error ? error.message : '' }));
      }
    });
    return queue.current;
  }, []);

  // what the form opens with is not worth a draft
  useEffect(() => {
    for (const [layer, input] of latest.current) sent.current[layer] = JSON.stringify(input);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the answers starts the clock again
  useEffect(() => {
    if (busy) return;
    const timer = setTimeout(save, REST);
    return () => clearTimeout(timer);
  }, [inputs, save, busy]);

  // what was typed in the last second is kept when the form closes, and the lists hear of it
  useEffect(
    () => () => {
      void save().then(() => refreshSharing(client));
    },
    [save, client],
  );

  /** Sends every layer's request. Returns the first place that needs the applicant, or null when all are sent. */
  const submit = async (): Promise<{ layer: string; place: Place | 'other' } | null> => {
    for (const layer of open) {
      const place = missing(layer, shared, own[layer.id]!)[0];
      if (place) return { layer: layer.id, place };
    }
    setBusy(true);
    setFaults({});
    await queue.current;
    try {
      for (const layer of open) {
        try {
          const input = isOpen(layer) ? { layer: layer.id } : latest.current.get(layer.id)!;
          const id = ids.current[layer.id];
          const answer = await write(id, input, 'submitted');
          setDone((all) => [...all, { layer: layer.id, request: answer }]);
        } catch (error) {
          const place = (error instanceof ApiError && placeOf(error.problem.parameter)) || 'other';
          setFaults({ [layer.id]: { [place]: error instanceof Error ? error.message : String(error) } });
          return { layer: layer.id, place };
        }
      }
      return null;
    } finally {
      setBusy(false);
      void refreshSharing(client);
    }
  };

  return {
    shared,
    own,
    open,
    done: done.map((d) => d.request),
    busy,
    saved,
    faults,
    save,
    submit,
    setShared: (change: Partial<SharedAnswers>) => setShared((s) => ({ ...s, ...change })),
    /** An area is copied to the other layers of the cart that have none yet. */
    setOwn: (layer: string, change: Partial<LayerAnswers>) =>
      setOwn((all) =>
        Object.fromEntries(
          Object.entries(all).map(([id, answers]) =>
            id === layer
              ? [id, { ...answers, ...change }]
              : [id, change.area && followsArea(answers, all[layer]!) ? { ...answers, area: change.area } : answers],
          ),
        ),
      ),
    missing: (layer: Collection) => missing(layer, shared, own[layer.id]!),
  };
}

/** A layer's area follows another's until it is given one of its own. */
const followsArea = (mine: LayerAnswers, theirs: LayerAnswers) => JSON.stringify(mine.area) === JSON.stringify(theirs.area);

function firstAnswers(layer: Collection, request: ShareRequest | undefined, field: string | undefined): LayerAnswers {
  const answers = request ? layerFrom(request, (g) => area(g)) : freshLayer(layer);
  const wanted = layer.yutu.fields.find((f) => f.name === field);
  return wanted && !answers.fields.some((f) => f.name === field)
    ? { ...answers, fields: toggleField(answers.fields, wanted) }
    : answers;
}

/** A new request, or a change of one; `status` sends what so far was kept. */
function write(id: string | undefined, input: RequestInput, status?: 'submitted'): Promise<ShareRequest> {
  if (!id) return api<ShareRequest>('requests', { method: 'POST', body: input });
  const { draft: _, layer: __, ...change } = input;
  return api<ShareRequest>(`requests/${id}`, { method: 'PATCH', body: { ...change, ...(status ? { status } : {}) } });
}
