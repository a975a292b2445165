import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Operations, SentBody } from '@yutu/contract';
import { call } from './call';
import { api } from './client';
import { type ItemsPage, refreshSharing } from './queries';
import type { Agreement, Collection, GrantInput, ShareInput } from './types';

/** Shares layers that nobody asked for. */
export function useShare() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SentBody<Operations['shareLayers']>) => call('POST /grants', { body }),
    onSuccess: () => Promise.all([refreshSharing(client), client.invalidateQueries({ queryKey: ['agreements'] })]),
  });
}

export const useAgreements = () =>
  useQuery({
    queryKey: ['agreements'] as const,
    queryFn: () => call('GET /agreements', {}),
    select: (d) => d.agreements,
  });

/** Signs, confirms, reviews or ends an agreement; the body is what that step takes. */
export function useAgreementStep() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, step, body }: { id: string; step: Agreement['can'][number]; body?: unknown }) =>
      api<Agreement>(`agreements/${id}/${step}`, { method: 'POST', body }),
    onSuccess: () => Promise.all([refreshSharing(client), client.invalidateQueries({ queryKey: ['agreements'] })]),
  });
}

/** What a caller (`public`, `organisation:transport`, `person:planner` …) sees of a layer. Kept under `grants`: a change of those asks anew. */
export const useExplanation = (layer: string | undefined, caller: string | undefined) =>
  useQuery({
    queryKey: ['grants', 'explain', layer, caller] as const,
    queryFn: () => call('GET /access/explain', { query: { layer, caller } }),
    enabled: Boolean(layer && caller),
    retry: false,
  });

export interface PreviewWish {
  layer: string;
  as: string;
  request?: string;
  grant?: GrantInput | Omit<ShareInput, 'layers' | 'kind' | 'subject' | 'reason' | 'title'>;
}

/** Some position of a geometry, in degrees. */
function firstPosition(geometry: GeoJSON.Geometry | null): [number, number] | null {
  let at: unknown = geometry && 'coordinates' in geometry ? geometry.coordinates : null;
  while (Array.isArray(at) && Array.isArray(at[0])) [at] = at;
  return Array.isArray(at) && at.length >= 2 ? [Number(at[0]), Number(at[1])] : null;
}

/** A preview as somebody else, with a place where something is to be seen, and the layer as they would have it: null when they may not see it at all. */
export const usePreview = (wish: PreviewWish | null) =>
  useQuery({
    queryKey: ['grants', 'preview', wish] as const,
    queryFn: async ({ signal }) => {
      const preview = await call('POST /access/preview', { body: wish!, signal });
      const layer = await api<Collection>(`collections/${wish!.layer}`, { query: { preview: preview.token }, signal }).catch(
        () => null, // closed to them, or unknown: nothing is drawn
      );
      const [first] = layer?.yutu.access.actions.includes('query')
        ? (
            await api<ItemsPage>(`collections/${wish!.layer}/items`, {
              query: { limit: 1, preview: preview.token },
              signal,
            }).catch(() => ({
              features: [],
            }))
          ).features
        : [];
      return {
        ...preview,
        layer: layer && { ...layer, preview: preview.token },
        at: first ? firstPosition(first.geometry) : null,
      };
    },
    enabled: wish !== null,
    staleTime: 5 * 60_000,
    retry: false,
    refetchOnWindowFocus: false,
  });
