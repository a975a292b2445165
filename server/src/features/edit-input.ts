import { z } from 'zod';
import type { Layer } from '../catalogue/layers.js';
import { badParameter } from '../errors/fail.js';
import { type Crs, readCrs } from '../incoming/crs.js';
import { LongNumber } from '../incoming/json.js';
import { type ColumnValue, coerce, typeWords } from '../store/coerce.js';
import { readGeometry } from '../store/geometry.js';

const properties = z.record(z.string(), z.unknown());
const geometry = z.record(z.string(), z.unknown()).nullable();

/** A whole feature to write. Members of GeoJSON that the layer has no use for are not looked at. */
export const featureInput = z.object({
  type: z.literal('Feature'),
  id: z.union([z.number(), z.string()]).optional(),
  geometry,
  properties: properties.nullable(),
});

/** As it may come: with a system of its coordinates, and an id of any number of digits. */
export const wholeInput = featureInput.extend({
  crs: z.unknown().optional(),
  id: z.union([z.number(), z.string(), z.instanceof(LongNumber)]).optional(),
});

/** A merge patch (RFC 7396) of a feature: what is absent stays, null takes a value away. */
export const featurePatch = z.strictObject({
  type: z.literal('Feature').optional(),
  geometry: geometry.optional(),
  properties: properties.optional(),
});

/** @throws `parameter_invalid` for coordinates that are said to be of another system */
export function requireLonLat(parameter: string, given: Crs | null): void {
  if (given !== null && given !== 'lonlat')
    badParameter(
      parameter,
      `这里只接受经纬度（WGS 84 或 CGCS2000），而给出的坐标系是 ${given.shown}`,
      `single features are written in longitude and latitude (WGS 84 or CGCS2000), not in ${given.shown}`,
    );
}

/** The geometry as text. @throws `parameter_invalid` saying what is wrong and where */
export function geometryInput(layer: Layer, given: Record<string, unknown> | null): string | null {
  requireLonLat('geometry', readCrs(given?.crs));
  return readGeometry(given, layer.geometryType, {
    wrong: (zh, en) => badParameter('geometry', `图形${zh}`, `the geometry ${en}`),
    lost: (what) =>
      what === 'empty' && badParameter('geometry', '图形是空的；没有图形请用 null', 'the geometry is empty; for none write null'),
  });
}

/** Property values as the layer's columns take them. @throws `parameter_invalid` for unknown names, wrong types, codes that are none */
export function valuesInput(layer: Layer, given: Record<string, unknown>, timezone: string): Map<string, ColumnValue> {
  const values = new Map<string, ColumnValue>();
  for (const [name, value] of Object.entries(given)) {
    const field = layer.fields.find((f) => f.name === name);
    const at = `properties.${name.slice(0, 60)}`;
    if (!field)
      badParameter(
        at,
        '图层没有这个字段',
        'the layer has no such field',
        layer.fields.map((f) => f.name),
      );
    const taken = coerce(value, field.type, timezone);
    if (taken === undefined) {
      const { zh, en } = typeWords(value, field.type);
      badParameter(at, `应为${zh}`, `it must be of type ${en}`);
    }
    if (field.codes && taken !== null && !field.codes.some((c) => c.value === String(taken)))
      badParameter(
        at,
        '不在代码表里',
        'it is not in the code list',
        field.codes.map((c) => c.value),
      );
    values.set(name, taken);
  }
  return values;
}
