import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api/client';
import { type ItemsPage, keys, useCollections, useDivisions } from '../api/queries';
import type { Collection, Division } from '../api/types';
import { useStore } from '../app/store';
import { codeField } from './base-style';
import { engine } from './engine';
import { insidePoint } from './shape';

export type Shapes = Record<string, GeoJSON.Polygon | GeoJSON.MultiPolygon>;

/** The base layers the reader may see, and the districts among them (the map's ground). */
export function useBase() {
  const { data: collections } = useCollections();
  return useMemo(() => {
    const base = (collections ?? []).filter(({ yutu }) => yutu.style.role !== 'thematic' && yutu.access.actions.includes('view'));
    return { base, land: base.find(({ yutu }) => yutu.style.role === 'districts') ?? null };
  }, [collections]);
}

/** Outlines of the districts by division code; empty while the reader may not query them. */
export function useDistrictShapes(land: Collection | null): Shapes | undefined {
  // the map needs its engine first, and these only to place the names better
  const drawing = useStore(engine) !== null;
  const { data } = useQuery({
    queryKey: [...keys.items(land?.id ?? '', { limit: 200 }), land?.yutu.version],
    queryFn: ({ signal }) => api<ItemsPage>(`collections/${land!.id}/items`, { query: { limit: 200 }, signal }),
    enabled: drawing && Boolean(land?.yutu.access.actions.includes('query')),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(() => {
    if (!land || !data) return undefined;
    const field = codeField(land);
    const shapes: Shapes = {};
    for (const { properties, geometry } of data.features) {
      const code = properties?.[field];
      if (code && (geometry.type === 'Polygon' || geometry.type === 'MultiPolygon')) shapes[String(code)] = geometry;
    }
    return shapes;
  }, [land, data]);
}

/** One point per district to write its name at: inside the outline, or the middle of its box until the outline is known. */
export function useDistrictPoints(land: Collection | null): GeoJSON.FeatureCollection {
  const { data: divisions } = useDivisions();
  const shapes = useDistrictShapes(land);
  return useMemo(
    () => ({
      type: 'FeatureCollection',
      features: (divisions ?? []).map((d) => ({
        type: 'Feature',
        properties: { code: d.code, zh: d.nameZh, en: d.nameEn ?? d.nameZh },
        geometry: { type: 'Point', coordinates: labelPoint(d, shapes?.[d.code]) },
      })),
    }),
    [divisions, shapes],
  );
}

function labelPoint({ bbox: [w, s, e, n] }: Division, shape: Shapes[string] | undefined): GeoJSON.Position {
  return shape ? insidePoint(shape) : [(w + e) / 2, (s + n) / 2];
}
