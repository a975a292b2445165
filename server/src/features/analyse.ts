import type { Request, Response } from 'express';
import { z } from 'zod';
import { checkPolygon, lonLatCrs, measurePolygon } from '../access/areas.js';
import { byPrecision } from '../access/precision.js';
import { filterableFields } from '../access/visible.js';
import type { Layer } from '../catalogue/layers.js';
import { badParameter, fail } from '../errors/fail.js';
import { queryParams, readBody } from '../http/request.js';
import { MOST_FEATURES } from '../store/analyse.js';
import { deliver } from './deliver.js';
import { areaAmount, overlayTable, share } from './overlay-table.js';
import { PEOPLE_AT_ONCE, paceKeys, SharedPace } from './pace.js';
import type { FeatureRooms } from './rooms.js';
import { isPersonal, leastOf } from './small-groups.js';
import { fieldParam } from './statistics.js';
import { zoneFor } from './zone.js';

/** An area on the ellipsoid with the one in the plane beside it. */
const both = (m2: number, plane: number | null) => ({ ...areaAmount(m2), ...(plane !== null && { plane: areaAmount(plane) }) });

/** Corners of a polygon to overlay. */
export const MOST_CORNERS = 2_000;
/** Of a layer about persons, where its policy does not say: smallest part of a polygon, m², and how narrow it may be, m. */
export const SMALLEST = 1_000;
export const NARROWEST = 10;
/** Overlays of a person and layer a minute; an organisation may be four at once. */
export const OVERLAYS = { points: 30, seconds: 60 };

const position = z.tuple([z.number().min(-180).max(180), z.number().min(-180).max(180)]).rest(z.number());
const ring = z.array(position).min(4, '环至少有四个点 / a ring has at least four positions');

export const overlayInput = z.strictObject({
  geometry: z.union([
    z.object({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1), crs: lonLatCrs }),
    z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(ring).min(1)).min(1), crs: lonLatCrs }),
  ]),
  by: z.string().max(60).optional(),
  zone: z.int().optional(),
});

/**
 * POST /collections/{layer}/analyse (红线套合): what of the layer lies in a polygon, by class, without any geometry. Told is only what
 * the caller's `analyse` views show, as exactly as they show it; and how much of the polygon lies where they show nothing.
 */
export function analysis(rooms: FeatureRooms): (req: Request, res: Response) => Promise<void> {
  const pace = new SharedPace(PEOPLE_AT_ONCE, OVERLAYS);

  return (req, res) => {
    let counted = false;
    return deliver(rooms, req, res, { action: 'analyse', surface: 'analyse' }, async (reading) => {
      const { caller, layer, access, set } = reading;
      queryParams(req, []);
      if (!counted) pace.take(paceKeys(caller, req.ip), layer.id);
      counted = true;
      const { geometry, by, zone: named } = await readBody(req, overlayInput);
      const field = by === undefined ? null : fieldParam(filterableFields(layer, set.views), 'by', by);
      const corners = geometry.coordinates.flat(geometry.type === 'Polygon' ? 1 : 2).length;
      if (corners > MOST_CORNERS)
        badParameter('geometry', `最多 ${MOST_CORNERS} 个点`, `it may have at most ${MOST_CORNERS} positions`, {
          maximum: MOST_CORNERS,
        });
      await checkPolygon(rooms.db, geometry, rooms.catalogue.instance.home, 'geometry', 'overlay');
      const zone = zoneFor(named, layer.srid, geometry);
      const red = await measurePolygon(rooms.db, geometry, set.views, zone);
      checkSize(layer, red);
      const found = await reading.overlay(geometry, field?.name ?? null, zone);
      if (!found) fail('overlay_too_large', { most: MOST_FEATURES });
      const least = leastOf(layer, access);
      const table = overlayTable(found.parts, layer.geometryType, least);
      const body = JSON.stringify({
        layer: layer.id,
        version: layer.version,
        by: field?.name ?? null,
        codeSystem: field?.codeSystem ?? null,
        zone,
        polygon: both(red.total, red.totalPlane),
        outside: { ...both(red.outside, zone === null ? null : red.outsidePlane), share: share(red.outside, red.total) },
        covered: found.covered === null || table.total === null ? null : share(found.covered, red.total),
        ...table,
        atLeast: least,
        /** Whether rows are left out by what was granted, and how exactly what is told was drawn. */
        filtered: set.views.every((v) => v.rows !== null),
        precision: [...set.views.map((v) => v.precision)].sort(byPrecision).at(-1) ?? null,
      });
      res.setHeader('Cache-Control', 'private, no-store');
      // A quota that is used up tells no more than the answer: none and few count alike.
      const met = Math.max(
        found.parts.reduce((sum, p) => sum + p.features, 0),
        least > 1 ? least : 0,
      );
      // Where single features are told, each is drawn.
      const ids = least > 1 ? [] : found.parts.flatMap(({ own }) => own ?? []);
      return { type: 'application/json', body, features: met, ids, km2: red.total / 1e6 };
    });
  };
}

/**
 * Each part of the polygon has the size and width that the layer asks for. Without a policy only layers about persons do: a homestead is
 * 100 m², a pipeline 3 m wide.
 * @throws `polygon_too_small`, `polygon_too_narrow`
 */
function checkSize(layer: Layer, red: { smallest: number; narrowest: number }): void {
  const { titleZh, titleEn, policy } = layer;
  const personal = isPersonal(layer);
  const { analyseSmallest: smallest = personal ? SMALLEST : 0, analyseNarrowest: narrowest = personal ? NARROWEST : 0 } = policy;
  if (red.smallest < smallest) fail('polygon_too_small', { titleZh, titleEn, least: smallest, area: Math.floor(red.smallest) });
  if (red.narrowest < narrowest)
    fail('polygon_too_narrow', { titleZh, titleEn, least: narrowest, width: Math.floor(red.narrowest * 10) / 10 });
}
