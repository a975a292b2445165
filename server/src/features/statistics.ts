import type { Request, Response } from 'express';
import { filterableFields } from '../access/visible.js';
import type { FieldDefinition } from '../catalogue/definition.js';
import { badParameter } from '../errors/fail.js';
import { decimal } from '../http/decimal.js';
import { queryParams } from '../http/request.js';
import { type Class, MOST_CLASSES, type StatisticsQuery } from '../store/statistics.js';
import { deliver } from './deliver.js';
import { bboxParam, filterParam, refuseFilter } from './item-params.js';
import type { FeatureRooms } from './rooms.js';
import { isOwn, leastOf, tellGroups } from './small-groups.js';
import { sendValidators } from './validators.js';

export const MOST_BREAKS = 50;
const NUMBERS: readonly string[] = ['integer', 'bigint', 'double'];

/**
 * One of the fields that may be spoken of. What is hidden, masked, or unknown is refused alike.
 * @throws `parameter_invalid`
 */
export function fieldParam(fields: readonly FieldDefinition[], parameter: string, name: string): FieldDefinition {
  return (
    fields.find((f) => f.name === name) ??
    badParameter(
      parameter,
      '没有这个字段，或它不能这样使用',
      'there is no such field, or it cannot be used so',
      fields.map((f) => f.name),
    )
  );
}

/** Ascending numbers, separated by commas. */
function breaksParam(text: string): number[] {
  const breaks = text.split(',').map(decimal);
  const ascending = breaks.every((n, i) => Number.isFinite(n) && (i === 0 || n > breaks[i - 1]!));
  if (!ascending || breaks.length > MOST_BREAKS)
    badParameter(
      'breaks',
      `应为 1 到 ${MOST_BREAKS} 个从小到大的数字，用逗号分开`,
      `it must be 1 to ${MOST_BREAKS} ascending numbers, separated by commas`,
    );
  return breaks;
}

/**
 * GET /collections/{layer}/statistics: features by class, with the sum, least and greatest of a number field. Only over fields whose
 * value every view of the caller shows, and a box is held against the geometry as the caller sees it.
 */
export function getStatistics(rooms: FeatureRooms, req: Request, res: Response): Promise<void> {
  return deliver(rooms, req, res, { action: 'query', surface: 'statistics' }, async (reading) => {
    const { layer, access, set } = reading;
    const params = queryParams(req, ['by', 'breaks', 'of', 'bbox', 'filter', 'filter-lang', 'filter-crs']);
    const bbox = bboxParam(params);
    const fields = filterableFields(layer, set.views);
    const numbers = fields.filter((f) => NUMBERS.includes(f.type));
    const query: StatisticsQuery = {};
    if (bbox) query.bbox = bbox;
    const by = params.by === undefined ? null : fieldParam(fields, 'by', params.by);
    if (by) query.by = by.name;
    if (params.of !== undefined) query.of = fieldParam(numbers, 'of', params.of).name;
    if (params.breaks !== undefined) {
      query.breaks = breaksParam(params.breaks);
      fieldParam(numbers, 'by', params.by ?? '');
    }
    const filter = filterParam(params, fields, rooms.timezone, []);
    if (filter !== undefined) query.filter = filter;
    if (sendValidators(rooms, req, res, reading)) return 'unchanged';
    const least = leastOf(layer, access);
    if (query.of !== undefined && least === 1 && !isOwn(access)) query.ends = true;
    const found = await reading.statistics(query).catch(filter === undefined ? undefined : refuseFilter);
    const groups = tellGroups(found.classes, (c) => c.count, {
      least,
      most: MOST_CLASSES,
      beyond: found.matched - found.classes.reduce((sum, c) => sum + c.count, 0),
    });
    const { breaks, of } = query;
    const told = groups?.told ?? [];
    // A sum is of the features that have a number: those are a group of their own, and so is what the sums of the others leave open.
    const summed = tellGroups(told, (c) => c.valued, {
      least,
      most: MOST_CLASSES,
      beyond: found.valued - told.reduce((sum, c) => sum + c.valued, 0),
    });
    const body = JSON.stringify({
      layer: layer.id,
      by: by?.name ?? null,
      codeSystem: by?.codeSystem ?? null,
      of: of ?? null,
      numberMatched: groups && found.matched,
      classes: told.map(({ value, count, sum, min, max }, i) => ({
        value: breaks ? null : value,
        ...(breaks && value !== null && { from: breaks[Number(value) - 1] ?? null, to: breaks[Number(value)] ?? null }),
        count,
        // The least and the greatest are single features' own values.
        ...(of !== undefined && {
          sum: summed?.told.includes(told[i]!) ? sum : null,
          min: least > 1 ? null : min,
          max: least > 1 ? null : max,
        }),
      })),
      others: groups && found.matched - told.reduce((sum, c) => sum + c.count, 0),
      atLeast: least,
    });
    const ids = told.flatMap(({ own }) => own ?? []);
    return { type: 'application/json', body, features: ownValues(told, of !== undefined && least === 1), ids };
  });
}

/** Features whose own values stand in the classes: a class of one is that feature, the least and the greatest are of two of many. */
const ownValues = (classes: readonly Class[], ends: boolean): number =>
  classes.reduce((sum, { count }) => sum + (count === 1 ? 1 : ends ? 2 : 0), 0);
