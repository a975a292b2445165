import { setTimeout as until } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { requireAction, requireLayer } from '../access/require.js';
import type { ViewSet } from '../access/view.js';
import { visibleFields } from '../access/visible.js';
import type { FieldDefinition } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import { badParameter } from '../errors/fail.js';
import { callerOf, queryParams, readBody } from '../http/request.js';
import { type ColumnValue, coerce } from '../store/coerce.js';
import { type Claim, verifyClaims } from '../store/verify.js';
import { holds, noteUse } from './items.js';
import { Pace, paceKey } from './pace.js';
import type { FeatureRooms } from './rooms.js';
import { fieldParam } from './statistics.js';

/** Checks in one request. */
export const MOST_CHECKS = 100;
/** Checks of a caller and layer. */
export const CHECKS = { points: 300, seconds: 60 };
/** Checks of a caller on one feature: guessing its values by trying them all takes longer than anyone has. */
export const CHECKS_OF_ONE = [
  { points: 10, seconds: 60 },
  { points: 60, seconds: 86_400 },
];
/** Answers leave at whole multiples of this: how long the work took does not tell what was found. */
export const TICK_MS = 50;

const value = z.union([z.string().max(400), z.number(), z.boolean(), z.null()]);
const values = z
  .record(z.string().max(60), value)
  .refine((v) => Object.keys(v).length > 0 && Object.keys(v).length <= 20, '应有 1 到 20 个字段 / 1 to 20 fields');
const byId = z.strictObject({ id: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER), claims: values });
const byMatch = z.strictObject({
  match: values.refine((v) => Object.keys(v).length === 1, '只能有一个字段 / one field only'),
  claims: values,
});
export const check = z.union([byId, byMatch]);
export const checks = z.strictObject({ checks: z.array(check).min(1).max(MOST_CHECKS) });
export const verifyInput = z.union([byId, byMatch, checks]);

/** Fields that may be claimed: those whose value some view shows. */
export const claimable = (layer: Layer, set: ViewSet): FieldDefinition[] =>
  visibleFields(layer, set.views).flatMap(({ field, form }) => (form === 'value' ? [field] : []));

/** Values as the columns have them. @throws `parameter_invalid`, whatever the features hold */
function typed(fields: readonly FieldDefinition[], given: Record<string, unknown>, where: string): Map<string, ColumnValue> {
  return new Map(
    Object.entries(given).map(([name, one]) => {
      const at = `${where}.${name.slice(0, 60)}`;
      const field = fieldParam(fields, at, name);
      const taken = coerce(one, field.type);
      if (taken === undefined) badParameter(at, `应为 ${field.type}`, `it must be of type ${field.type}`);
      return [name, taken] as const;
    }),
  );
}

/**
 * What is claimed of which feature. Features are matched by the fields that the layer is searched by: were any field good for that,
 * a value could be guessed by naming a new feature each time.
 */
function readClaims(layer: Layer, set: ViewSet, input: z.infer<typeof verifyInput>): Claim[] {
  const fields = claimable(layer, set);
  const names = fields.filter((f) => layer.searchFields.includes(f.name));
  const given = 'checks' in input ? input.checks : [input];
  return given.map((one, i) => {
    const at = 'checks' in input ? `checks.${i}.` : '';
    return {
      fid: 'id' in one ? one.id : null,
      match: 'match' in one ? typed(names, one.match, `${at}match`) : new Map<string, ColumnValue>(),
      claims: typed(fields, one.claims, `${at}claims`),
    };
  });
}

/** Which feature a claim is about, as it was named. */
const about = ({ fid, match }: Claim): string => (fid === null ? JSON.stringify([...match].sort()) : String(fid));

/**
 * POST /collections/{layer}/verify (核验): whether a feature is as claimed, yes or no and nothing else. A feature that does not exist,
 * one that the caller's views do not show and a wrong claim have the same answer after the same time.
 */
export function verification(rooms: FeatureRooms): (req: Request, res: Response) => Promise<void> {
  const pace = new Pace(CHECKS);
  const paceOfOne = new Pace(...CHECKS_OF_ONE);

  async function answer(req: Request, res: Response, begun: number, counted: boolean): Promise<void> {
    const caller = callerOf(res);
    const { layer, access } = requireLayer(rooms.catalogue, rooms.decisions, caller, String(req.params.layer));
    queryParams(req, []);
    requireAction(rooms.catalogue, caller, layer, access, 'verify');
    const set = access.for('verify');
    const input = await readBody(req, verifyInput);
    const claims = readClaims(layer, set, input);
    if (!counted) {
      const who = `${paceKey(caller, req.ip)} ${layer.id}`;
      pace.take(who, claims.length);
      for (const claim of claims) paceOfOne.take(`${who} ${about(claim)}`);
    }
    const found = await verifyClaims(rooms.db, layer, set, claims);
    const spent = performance.now() - begun;
    await until(TICK_MS - (spent % TICK_MS));
    if (!holds(rooms, res, await rooms.callers.of(req), layer, set, 'verify')) return answer(req, res, begun, true);
    const body = JSON.stringify('checks' in input ? { results: found.map((matches) => ({ matches })) } : { matches: found[0]! });
    res.setHeader('Cache-Control', 'private, no-store');
    res.type('application/json').send(body);
    noteUse(rooms, caller, layer, set, 'verify', claims.length, body.length);
  }

  return (req, res) => answer(req, res, performance.now(), false);
}
