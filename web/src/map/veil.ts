import { useEffect, useMemo, useState } from 'react';
import type { Shapes } from './districts';
import type { Box } from './GlMap';
import type { Scene } from './scene';
import { contains } from './shape';
import type { Drawn } from './thematic';

/**
 * A grant for part of the city: its area is outlined and the districts outside say 无权限. The rest is veiled only while no other
 * layer is drawn there in full.
 */
export function useVeil(
  thematic: Drawn[],
  home: Box,
  shapes: Shapes | undefined,
  points: GeoJSON.FeatureCollection,
): Scene['veil'] {
  const partial = thematic.filter(({ layer }) => layer.yutu.access.area);
  const top = partial[0]?.layer;
  const alone = partial.length === thematic.length;
  const area = top?.yutu.access.area;
  const granted = useMemo(() => {
    if (!area) return null;
    if (area.geometry) return area.geometry;
    const parts = (area.divisions ?? []).flatMap((code) => (shapes?.[code] ? [shapes[code]] : []));
    const coordinates = parts.flatMap((part) => (part.type === 'Polygon' ? [part.coordinates] : part.coordinates));
    return coordinates.length ? ({ type: 'MultiPolygon', coordinates } satisfies GeoJSON.MultiPolygon) : null;
  }, [area, shapes]);

  const [outside, setOutside] = useState<GeoJSON.Feature | null>(null);
  useEffect(() => {
    let current = true;
    setOutside(null);
    if (granted && alone) {
      // overlay geometry is needed by few: it comes when it is needed
      void import('./outside').then((m) => current && setOutside(m.outsideOf(granted, home)));
    }
    return () => {
      current = false;
    };
  }, [granted, alone, home]);

  return useMemo(() => {
    if (!granted) return null;
    const without = points.features
      .filter(({ geometry }) => geometry.type === 'Point' && !contains(granted, geometry.coordinates))
      .map(({ properties }) => String(properties?.code));
    return { outside: outside ?? NOTHING, granted, without };
  }, [granted, outside, points]);
}

const NOTHING: GeoJSON.Feature = { type: 'Feature', properties: {}, geometry: { type: 'MultiPolygon', coordinates: [] } };
