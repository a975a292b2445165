import { pipeline } from 'node:stream/promises';
import { setImmediate as nextLoop } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { requireAction, requireLayer } from '../access/require.js';
import { requireSigned } from '../access/signed.js';
import type { Surface } from '../audit/ledger.js';
import type { Action } from '../catalogue/definition.js';
import { Turns } from '../db/turns.js';
import { fail } from '../errors/fail.js';
import { asYutuError } from '../errors/problem.js';
import { errorTable } from '../errors/table.js';
import { around, type Box, boxOf, km2OfBox } from '../guard/cells.js';
import { callerOf } from '../http/request.js';
import { type Caller, viaOf } from '../identity/caller.js';
import type { Signed } from '../identity/signed.js';
import type { Item } from '../store/items.js';
import { openReading, type Reading } from './reading.js';
import type { FeatureRooms } from './rooms.js';

/** How often an answer is worked out anew because the rights changed meanwhile. */
const PATIENCE = 100;

/**
 * Parts of files that are made at once. A part holds up the one thread that answers, so a client that takes many files at once has one
 * part of one of them made at a time.
 */
const parts = new Turns(2, undefined, { client: 1, anonymous: 1 });

/** How much of a layer an answer tells. */
export interface Told {
  /** Features as they are sent; a number where none leaves, only what was worked out from so many. */
  features: readonly Item[] | number;
  /** Of features that were told of though they are not sent. */
  ids?: readonly number[];
  /** When it is not that of the features' box. */
  km2?: number;
}
export interface Body extends Told {
  body: string;
}

/** One layer's data: a body, a file part by part (headers are set before), or nothing, since the client has it already (304). */
export type Answer = (Body & { type: string }) | { file: () => AsyncIterable<Body> } | 'unchanged';

/** Who asks, and what is decided about it. */
export interface Entry<Who> {
  /** Who it is at this moment: a dead credential throws. */
  who: () => Promise<Who>;
  /** @throws what keeps the caller from it */
  open: (who: Who) => readonly Reading[];
}

/**
 * The one way out: decide, work, decide again, leave. What was decided must still hold when the answer leaves, also an answer that refuses:
 * why something cannot be done may tell of the data. Else the work begins anew under what holds now.
 * @param leave sends and counts, in the very turn of the second decision: in between nobody else may use up a quota
 */
async function pass<Who, Out, Result>(
  { who, open }: Entry<Who>,
  work: (readings: readonly Reading[]) => Promise<Out>,
  leave: (out: PromiseSettledResult<Out>, readings: readonly Reading[]) => Result,
): Promise<Result> {
  let readings = open(await who());
  for (let turn = 0; turn < PATIENCE; turn++) {
    const [out] = await Promise.allSettled([work(readings)]);
    const now = open(await who());
    const holds = now.length === readings.length && now.every((one, i) => one.isAs(readings[i]!));
    readings = now;
    if (holds) return leave(out, readings);
  }
  return fail('overloaded');
}

/** The caller by the credentials of the request, as they are now. */
const callerNow = (rooms: FeatureRooms, req: Request, res: Response) => async () => {
  const caller = await rooms.callers.of(req);
  res.locals.caller = caller;
  return caller;
};

/**
 * Answers with data of the layer that the address names, under an action: waits for the caller's turn where an organisation is slowed down,
 * lets `work` read, sends what it gives and counts it in ledger and guard.
 * @throws `layer_not_found`, what `requireAction` throws, and what `work` throws: what was refused because of what was asked is counted as a request
 */
export async function deliver(
  rooms: FeatureRooms,
  req: Request,
  res: Response,
  { action, surface }: { action: Action; surface: Surface },
  work: (reading: Reading) => Promise<Answer>,
): Promise<void> {
  const open = (caller: Caller): [Reading] => {
    const { layer, access } = requireLayer(rooms.catalogue, rooms.decisions, caller, String(req.params.layer));
    requireAction(rooms.catalogue, caller, layer, access, action);
    return [openReading(rooms, caller, layer, access, action)];
  };
  const [{ caller: first, layer }] = open(callerOf(res));
  await rooms.guard.pace(first.organisation, layer);
  const entry = { who: callerNow(rooms, req, res), open };
  await pass(
    entry,
    ([reading]) => work(reading!),
    (out, [reading]) => {
      if (out.status === 'rejected') {
        if (isRefusal(out.reason)) count(rooms, reading!, surface, nothing, 0);
        throw out.reason;
      }
      const answer = out.value;
      if (answer === 'unchanged') res.status(304).end();
      else if ('file' in answer) return stream(rooms, res, entry, reading!, surface, answer.file());
      else {
        res.type(answer.type).send(answer.body);
        count(rooms, reading!, surface, answer, answer.body.length);
      }
    },
  );
}

const nothing: Told = { features: 0 };

/** Whether a fault is about what was asked, and not ours or that one asked too often: then it counts as a request. */
function isRefusal(fault: unknown): boolean {
  const code = asYutuError(fault)?.code ?? 'internal';
  const { status } = errorTable[code];
  return code === 'query_timeout' || (status < 500 && status !== 429);
}

/**
 * Sends a file part by part. Decided anew for every part: a grant that ends meanwhile, a new version, a quota or limit that is used up end
 * the file, visibly cut.
 */
async function stream(
  rooms: FeatureRooms,
  res: Response,
  { who, open }: Entry<Caller>,
  begun: Reading,
  surface: Surface,
  file: AsyncIterable<Body>,
): Promise<void> {
  const { layer } = begun;
  const iterator = file[Symbol.asyncIterator]();
  async function* checked() {
    try {
      for (;;) {
        const { done, value: part } = await parts.take(() => iterator.next());
        if (done) return;
        await nextLoop(); // others' answers go between two parts
        const [now] = open(await who());
        if (now?.layer.version !== layer.version || !now.isAs(begun))
          throw new Error(`the ${surface} of ${layer.id} was cut: what may be told of it has changed`);
        count(rooms, now, surface, part, part.body.length, 0);
        if (part.body !== '') yield part.body;
      }
    } finally {
      await iterator.return?.(undefined);
    }
  }
  try {
    await pipeline(checked, res);
  } finally {
    count(rooms, begun, surface, nothing, 0);
  }
}

/** The layers that are told of, for the caller by the credentials of the request. @param ids null: all that the caller may know of */
export function layersFor(
  rooms: FeatureRooms,
  req: Request,
  res: Response,
  ids: ((caller: Caller) => readonly string[]) | null,
): Entry<Caller> {
  const { catalogue, decisions } = rooms;
  const open = (caller: Caller) => {
    if (ids)
      return ids(caller).map((id) => {
        const { layer, access } = requireLayer(catalogue, decisions, caller, id);
        return openReading(rooms, caller, layer, access, null);
      });
    return [...catalogue.layers.values()].flatMap((layer) => {
      const access = decisions.of(caller, layer);
      return access.discover ? [openReading(rooms, caller, layer, access, null)] : [];
    });
  };
  return { who: callerNow(rooms, req, res), open };
}

/** The layer that a signed address shows, as long as its issuer's decision stands. @throws `signed_invalid` */
export function layerSigned(rooms: FeatureRooms, req: Request, token: string, id: string): Entry<Signed> {
  const open = (signed: Signed) => {
    const { layer, access } = requireSigned(rooms.catalogue, rooms.decisions, signed, id);
    return [openReading(rooms, signed.caller, layer, access, null)];
  };
  return { who: () => rooms.signatures.of(token, req), open };
}

/** What an answer about several layers tells of the features of one. */
export interface Use extends Told {
  layer: string;
  surface: Surface;
}
export interface Description<T> {
  body: T;
  uses?: readonly Use[];
}

/** Answers with what is told of layers: their metadata, or what was found in them. `send` is called when what was decided still holds. */
export function describe<T, Who>(
  rooms: FeatureRooms,
  entry: Entry<Who>,
  work: (readings: readonly Reading[]) => Promise<Description<T>>,
  send: (body: T) => void,
): Promise<void> {
  return pass(entry, work, (out, readings) => {
    if (out.status === 'rejected') throw out.reason;
    const { body, uses = [] } = out.value;
    send(body);
    for (const use of uses) count(rooms, readings.find(({ layer }) => layer.id === use.layer)!, use.surface, use, 0);
  });
}

/**
 * Notes what an answer told: how much in the ledger, and which features for the guard.
 * @param requests 0 for a further part of an answer
 */
function count(
  { ledger, guard }: FeatureRooms,
  { caller, layer, set }: Reading,
  surface: Surface,
  { features, ids = [], km2 }: Told,
  bytes: number,
  requests = 1,
): void {
  const sent = typeof features === 'number' ? [] : features;
  const box = sent.reduce<Box | null>((all, { geometry }) => around(all, boxOf(geometry)), null);
  ledger.count(
    { actor: caller.name, organisation: caller.organisation, via: viaOf(caller), layer: layer.id, surface, grants: set.grants },
    typeof features === 'number' ? features : features.length,
    bytes,
    km2 ?? (box ? km2OfBox(box) : 0),
    requests,
  );
  const drawn = guard.extractions.of(caller.organisation, layer);
  const met = [...sent, ...ids.map((id) => ({ id, geometry: null }))];
  if (drawn && met.length > 0) guard.extractions.features(drawn, met);
}
