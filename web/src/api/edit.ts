import { useQuery } from '@tanstack/react-query';
import { api } from './client';
import { keys } from './queries';

/** One feature as it was read, and the tag that names this state: a change says by it what it was made on. */
export interface Editable {
  feature: GeoJSON.Feature;
  tag: string;
}

/** The feature to edit, always read anew. Its key is apart from the card's: what is being typed is not swept away. */
export const useEditable = (layer: string, fid: number) =>
  useQuery({
    queryKey: ['editing', layer, String(fid)] as const,
    queryFn: async ({ signal }): Promise<Editable> => {
      let tag = '';
      const feature = await api<GeoJSON.Feature>(`collections/${layer}/items/${fid}`, {
        signal,
        heard: (headers) => {
          tag = headers.get('etag') ?? '';
        },
      });
      return { feature, tag };
    },
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

export interface FeatureChange {
  properties?: Record<string, string | null>;
  geometry?: GeoJSON.Geometry;
}

/** A merge patch of the feature. Throws ApiError 412 when somebody was first. */
export const changeFeature = (layer: string, fid: number, tag: string, body: FeatureChange) =>
  api<GeoJSON.Feature>(`collections/${layer}/items/${fid}`, {
    method: 'PATCH',
    body,
    headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': tag },
  });

/** Adds a feature; the answer holds its id. Throws ApiError when a value or the place is refused. */
export const createFeature = (
  layer: string,
  feature: Omit<GeoJSON.Feature, 'properties'> & Required<Pick<FeatureChange, 'properties'>>,
) =>
  api<GeoJSON.Feature>(`collections/${layer}/items`, {
    method: 'POST',
    body: feature,
    headers: { 'Content-Type': 'application/geo+json' },
  });

export const deleteFeature = (layer: string, fid: number, tag: string) =>
  api<void>(`collections/${layer}/items/${fid}`, { method: 'DELETE', headers: { 'If-Match': tag } });

/** What shows a layer's features. */
export const featureKeys = (layer: string) => [['items', layer], keys.collections] as const;
