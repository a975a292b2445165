import { isDay } from '@yutu/contract';
import {
  type Filter,
  FilterError,
  filterPrice,
  isLongWhole,
  longNumber,
  MAX_FILTER_PRICE,
  parseCql2Json,
  parseCql2Text,
} from '@yutu/tiles';
import type { Request } from 'express';
import { bindTimes } from '../access/bind-times.js';
import type { FieldDefinition } from '../catalogue/definition.js';
import { readInstant } from '../catalogue/times.js';
import { badParameter } from '../errors/fail.js';
import { decimal } from '../http/decimal.js';
import { isUnwritable, queryParams } from '../http/request.js';
import { EVERYWHERE, RESERVED } from '../http/reserved.js';
import { CRS84 } from './links.js';

type Params = Record<string, string>;

/** The parameters of an items request that are no field's: the standard's own, the page mark, and what some clients begin with. */
const OWN = ['bbox', 'limit', 'datetime', 'filter', 'filter-lang', 'filter-crs', 'after', 'offset'];

/** Fields that are parameters, too: those whose name is none of the API's. The others are reached by `filter`. */
const isParameter = ({ name }: FieldDefinition): boolean => !RESERVED.has(name);

/**
 * The parameters of an items request.
 * @throws `parameter_unknown`; `parameter_invalid` for a name that is the API's and a field's, but no parameter here
 */
export function itemParams(req: Request, fields: readonly FieldDefinition[]): Params {
  const asked = new URL(req.originalUrl, 'http://localhost').searchParams;
  const taken = fields.find((f) => !isParameter(f) && asked.has(f.name) && ![...OWN, ...EVERYWHERE].includes(f.name));
  if (taken)
    badParameter(
      taken.name,
      `这是接口的参数名，这里不用；要按同名字段筛选，请用 filter=${taken.name}=…`,
      `it is a name of the API’s own, without a meaning here; ask for the field of that name with filter=${taken.name}=…`,
    );
  const params = queryParams(req, [...OWN, ...fields.filter(isParameter).map((f) => f.name)], ['json', 'geojson']);
  if (params.offset !== undefined && params.offset !== '0')
    badParameter('offset', '只能为 0；请用本页给出的 next 链接翻页', 'it must be 0; follow the link next for more', ['0']);
  return params;
}

/** `bbox` (Part 1, /req/core/fc-bbox-definition): four or six numbers, longitude and latitude; west > east crosses the antimeridian. */
export function bboxParam(params: Params): number[] | undefined {
  const text = params.bbox;
  if (text === undefined) return undefined;
  const parts = text.split(',').map(decimal);
  const wrong = () =>
    badParameter(
      'bbox',
      '应为 4 或 6 个数字：西,南,东,北（经纬度）',
      'it must be 4 or 6 numbers: west,south,east,north in degrees',
    );
  if ((parts.length !== 4 && parts.length !== 6) || parts.some(Number.isNaN)) wrong();
  const [west, south, east, north] = (parts.length === 6 ? [parts[0], parts[1], parts[3], parts[4]] : parts) as [
    number,
    number,
    number,
    number,
  ];
  const degrees = [west, south, east, north];
  if (
    degrees.every((n) => Math.abs(n) <= 180) &&
    Math.max(Math.abs(south), Math.abs(north)) > 90 &&
    Math.max(Math.abs(west), Math.abs(east)) <= 90
  )
    badParameter(
      'bbox',
      `经纬度像是颠倒了：应为 ${south},${west},${north},${east}（西,南,东,北）`,
      `latitude and longitude seem to be swapped: write ${south},${west},${north},${east} for west,south,east,north`,
    );
  const beyond = Math.max(Math.abs(west), Math.abs(east)) > 180;
  if (beyond && degrees.every((n) => Math.abs(n) <= 360) && Math.max(Math.abs(south), Math.abs(north)) <= 90) {
    const right = [within(west), south, within(east), north].join();
    badParameter(
      'bbox',
      `经度超出 ±180°：应写作 ${right}；西大于东即跨过 180° 经线`,
      `a longitude lies beyond ±180°: write ${right}; a west above the east crosses the antimeridian`,
    );
  }
  if (beyond || south > north || south < -90 || north > 90) wrong();
  return parts;
}

/** A longitude that was counted on past the antimeridian. */
const within = (lon: number): number => (lon > 180 ? lon - 360 : lon < -180 ? lon + 360 : lon);

/**
 * `filter` with `filter-lang` and `filter-crs` (Part 3), and the property filters of Part 1, joined by AND.
 * @param fields that may be filtered by; `asParameters` of them are parameters, too
 */
export function filterParam(
  params: Params,
  fields: readonly FieldDefinition[],
  timezone: string,
  asParameters = fields.filter(isParameter),
): Filter | undefined {
  const parts: Filter[] = [];
  const language = params['filter-lang'] ?? 'cql2-text';
  if (language !== 'cql2-text' && language !== 'cql2-json')
    badParameter('filter-lang', '应为 cql2-text 或 cql2-json', 'it must be cql2-text or cql2-json', ['cql2-text', 'cql2-json']);
  if (params['filter-crs'] !== undefined && params['filter-crs'] !== CRS84)
    badParameter('filter-crs', `应为 ${CRS84}`, `it must be ${CRS84}`, [CRS84]);
  if (params.filter !== undefined)
    parts.push(
      explained(() => {
        if (language === 'cql2-text') return parseCql2Text(params.filter!);
        refuseLongNumbers(params.filter!);
        let json: unknown;
        try {
          json = JSON.parse(params.filter!);
        } catch {
          throw new FilterError('it is not JSON', '不是有效的 JSON');
        }
        if (isUnwritable(json)) throw new FilterError('it holds a character that is none', '含有不成字符的内容');
        return parseCql2Json(json);
      }),
    );
  for (const field of asParameters) {
    const text = params[field.name];
    if (text !== undefined) parts.push({ op: '=', args: [{ property: field.name }, propertyValue(field, text, timezone)] });
  }
  if (parts.length === 0) return undefined;
  const types = new Map(fields.map((f) => [f.name, f.type]));
  const filter = explained(() => bindTimes(parts.length === 1 ? parts[0]! : { op: 'and', args: parts }, types, timezone));
  const price = filterPrice(filter);
  if (price > MAX_FILTER_PRICE)
    badParameter(
      'filter',
      `图形条件太费时：各图形条件的点数合计 ${price}，最多 ${MAX_FILTER_PRICE}；S_CROSSES、S_TOUCHES、S_OVERLAPS、S_EQUALS 的点数按十倍计。请简化图形，或改用 S_INTERSECTS`,
      `its geometry takes too long: the corners of its spatial predicates come to ${price}, and may come to ${MAX_FILTER_PRICE}; those of S_CROSSES, S_TOUCHES, S_OVERLAPS and S_EQUALS count tenfold. Simplify the geometry, or use S_INTERSECTS`,
      { maximum: MAX_FILTER_PRICE },
    );
  return filter;
}

function propertyValue(field: FieldDefinition, text: string, timezone: string) {
  if (field.type === 'text') return text;
  if (field.type === 'boolean') {
    if (text !== 'true' && text !== 'false')
      badParameter(field.name, '应为 true 或 false', 'it must be true or false', ['true', 'false']);
    return text === 'true';
  }
  if (field.type === 'date' || field.type === 'timestamp') {
    if (isDay(text)) return { date: text };
    const instant =
      readInstant(text, timezone) ??
      badParameter(field.name, '应为日期或时间（公元 1 至 9999 年）', 'it must be a date or a time, of the years 1 to 9999');
    return { timestamp: instant };
  }
  const n = decimal(text);
  if (Number.isNaN(n)) badParameter(field.name, '应为数字', 'it must be a number');
  if (isLongWhole(text.trim())) {
    const { zh, message } = longNumber(text.trim());
    badParameter(field.name, zh, message);
  }
  return n;
}

/** Strings, to pass over them, and numbers of many digits. */
const LONG = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)|-?\d{16,}[-+.\deE]*/g;

/** @throws FilterError for a whole number that `JSON.parse` would make another */
function refuseLongNumbers(text: string): void {
  for (const [token] of text.matchAll(LONG)) if (isLongWhole(token)) throw longNumber(token);
}

/** Runs `work`; a filter that cannot be used becomes the parameter's fault, with what the parser said. */
export function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    return refuseFilter(error);
  }
}

export function refuseFilter(error: unknown): never {
  if (error instanceof FilterError)
    badParameter('filter', `过滤条件不能用（${error.zh}）`, `the filter cannot be used: ${error.message}`);
  // Data exceptions, and those of geometry. What the database says of them may name coordinates nobody was granted.
  if (/^(22|XX000)/.test((error as { code?: string }).code ?? ''))
    badParameter('filter', '其中的数值超出范围，或图形无效', 'a value in it is out of range, or its geometry is not valid');
  throw error;
}
