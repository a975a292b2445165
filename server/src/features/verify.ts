import { setTimeout as until } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { ViewSet } from '../access/view.js';
import { visibleFields } from '../access/visible.js';
import { type FieldDefinition, MOST_NAME } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import { stepAside } from '../db/client.js';
import { badParameter } from '../errors/fail.js';
import { queryParams, readExactBody } from '../http/request.js';
import { LongNumber } from '../incoming/json.js';
import { type ColumnValue, coerce, typeWords } from '../store/coerce.js';
import type { Claim, Verdict } from '../store/verify.js';
import { deliver } from './deliver.js';
import { PEOPLE_AT_ONCE, paceKeys, SharedPace } from './pace.js';
import type { FeatureRooms } from './rooms.js';
import { fieldParam } from './statistics.js';

/** Checks in one request. */
export const MOST_CHECKS = 100;
/** Checks of a person and layer; an organisation may be four at once. */
export const CHECKS = { points: 300, seconds: 60 };
/** Checks on one feature, of a person and of a whole organisation alike: guessing its values by trying them all takes longer than anyone has. */
export const CHECKS_OF_ONE = [
  { points: 10, seconds: 60 },
  { points: 60, seconds: 86_400 },
];
/** Answers leave at whole multiples of this: how long the work took does not tell what was found. */
export const TICK_MS = 50;

const value = z.union([z.string().max(400), z.number(), z.instanceof(LongNumber), z.boolean(), z.null()]);
const values = z
  .record(z.string().max(MOST_NAME), value)
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
function typed(
  fields: readonly FieldDefinition[],
  given: Record<string, unknown>,
  where: string,
  timezone: string,
): Map<string, ColumnValue> {
  return new Map(
    Object.entries(given).map(([name, one]) => {
      const at = `${where}.${name.slice(0, 60)}`;
      const field = fieldParam(fields, at, name);
      const taken = coerce(one, field.type, timezone);
      if (taken === undefined) {
        const { zh, en } = typeWords(one, field.type);
        badParameter(at, `应为${zh}`, `it must be of type ${en}`);
      }
      return [name, taken] as const;
    }),
  );
}

/**
 * What is claimed of which feature. Features are matched by the fields that the layer is searched by: were any field good for that,
 * a value could be guessed by naming a new feature each time.
 */
function readClaims(layer: Layer, set: ViewSet, input: z.infer<typeof verifyInput>, timezone: string): Claim[] {
  const fields = claimable(layer, set);
  const names = fields.filter((f) => layer.searchFields.includes(f.name));
  const given = 'checks' in input ? input.checks : [input];
  return given.map((one, i) => {
    const at = 'checks' in input ? `checks.${i}.` : '';
    return {
      fid: 'id' in one ? one.id : null,
      match: 'match' in one ? typed(names, one.match, `${at}match`, timezone) : new Map<string, ColumnValue>(),
      claims: typed(fields, one.claims, `${at}claims`, timezone),
    };
  });
}

/** What a claim counts as being about: the features that were found, however they were named; where none was, the name that was given. */
const about = ({ fid, match }: Claim, { named }: Verdict): string[] =>
  named.length > 0 ? named.map(String) : [fid === null ? JSON.stringify([...match].sort()) : String(fid)];

/**
 * POST /collections/{layer}/verify (核验): whether a feature is as claimed, yes or no and nothing else. A feature that does not exist,
 * one that the caller's views do not show and a wrong claim have the same answer after the same time.
 */
export function verification(rooms: FeatureRooms): (req: Request, res: Response) => Promise<void> {
  const pace = new SharedPace(PEOPLE_AT_ONCE, CHECKS);
  const paceOfOne = new SharedPace(1, ...CHECKS_OF_ONE);

  return (req, res) => {
    const begun = performance.now();
    let [paced, counted] = [false, false];
    return deliver(rooms, req, res, { action: 'verify', surface: 'verify' }, async (reading) => {
      const { caller, layer, set } = reading;
      queryParams(req, []);
      const input = await readExactBody(req, verifyInput);
      const claims = readClaims(layer, set, input, rooms.timezone);
      const who = paceKeys(caller, req.ip);
      if (!paced) pace.take(who, layer.id, claims.length);
      paced = true;
      const found = await reading.verify(claims);
      const spent = performance.now() - begun;
      await stepAside(() => until(TICK_MS - (spent % TICK_MS)));
      if (!counted)
        for (const [i, claim] of claims.entries())
          for (const one of about(claim, found[i]!)) paceOfOne.take(who, `${layer.id} ${one}`);
      counted = true;
      const body = JSON.stringify(
        'checks' in input ? { results: found.map(({ matches }) => ({ matches })) } : { matches: found[0]!.matches },
      );
      res.setHeader('Cache-Control', 'private, no-store');
      // Who was told that it is so knows the values.
      const ids = found.flatMap(({ matches, named }) => (matches ? named : []));
      return { type: 'application/json', body, features: claims.length, ids };
    });
  };
}
