import {
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { Operations, SentBody, SentQuery } from '@yutu/contract';
import { call } from './call';
import { api, apiUrl, type Query } from './client';
import type {
  Collection,
  DecisionInput,
  Division,
  Instance,
  Organisation,
  RequestInput,
  SearchResult,
  Session,
  Statistics,
} from './types';

export type ItemsPage = GeoJSON.FeatureCollection & {
  numberMatched?: number;
  numberReturned: number;
  links: { href: string; rel: string }[];
};

/** Query keys, the broad word first, so that an event can invalidate everything of a kind or of a layer. */
export const keys = {
  instance: ['instance'] as const,
  session: ['session'] as const,
  collections: ['collections'] as const,
  collection: (id: string) => ['collections', id] as const,
  items: (layer: string, query: Query = {}) => ['items', layer, query] as const,
  item: (layer: string, fid: string | number) => ['items', layer, 'item', String(fid)] as const,
  usage: (layer: string) => ['usage', layer] as const,
  divisions: ['divisions'] as const,
  organisations: ['organisations'] as const,
  search: (q: string) => ['search', q] as const,
  requests: (box: 'mine' | 'inbox') => ['requests', box] as const,
  request: (id: string) => ['requests', 'one', id] as const,
  grants: (layer?: string) => ['grants', layer ?? ''] as const,
  extraction: ['extraction'] as const,
  audit: (filter: AuditFilter) => ['audit', filter] as const,
};

// ---- who and where

export const useInstance = () =>
  useQuery({ queryKey: keys.instance, queryFn: () => api<Instance>('instance'), staleTime: Number.POSITIVE_INFINITY });

export const useSession = () => useQuery({ queryKey: keys.session, queryFn: () => call('GET /session', {}), staleTime: 60_000 });

/** After a change of person everything but the instance is forgotten at once and asked again. */
export async function forgetPerson(client: QueryClient, session?: Session) {
  if (session) client.setQueryData(keys.session, session);
  await client.resetQueries({ predicate: ({ queryKey: [kind] }) => kind !== 'instance' && kind !== 'session' });
  if (!session) await client.resetQueries({ queryKey: keys.session });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { username: string; password: string }) => call('POST /session', { body }),
    onSuccess: (session) => forgetPerson(client, session),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call('DELETE /session', {}),
    onSuccess: (left) => {
      void forgetPerson(client);
      // The session at the city's service ends where that service says.
      if (left?.elsewhere) location.assign(left.elsewhere);
    },
  });
}

// ---- layers and features

export const useCollections = () =>
  useQuery({
    queryKey: keys.collections,
    queryFn: () => api<{ collections: Collection[] }>('collections'),
    select: (d) => d.collections,
  });

export const useCollection = (id: string | undefined) =>
  useQuery({ queryKey: keys.collection(id ?? ''), queryFn: () => api<Collection>(`collections/${id}`), enabled: Boolean(id) });

export const useItems = (layer: string, query: Query, enabled = true) =>
  useQuery({
    queryKey: keys.items(layer, query),
    queryFn: ({ signal }) => api<ItemsPage>(`collections/${layer}/items`, { query, signal }),
    enabled,
  });

export const useItem = (layer: string, fid: string | number, enabled = true) =>
  useQuery({
    queryKey: keys.item(layer, fid),
    queryFn: ({ signal }) => api<GeoJSON.Feature>(`collections/${layer}/items/${fid}`, { signal }),
    enabled,
  });

/** How many features match, without fetching them: `numberMatched` of a page of one. Query: filter, bbox … */
export const useCount = (layer: string, query: Query = {}, enabled = true) =>
  useQuery({
    queryKey: keys.items(layer, { ...query, limit: 1 }),
    queryFn: ({ signal }) => api<ItemsPage>(`collections/${layer}/items`, { query: { ...query, limit: 1 }, signal }),
    select: (page) => page.numberMatched ?? null,
    placeholderData: keepPreviousData,
    enabled,
  });

/** Features by class, of all the caller may query; asked once, for a layer that may not be asked is no fault. */
export const useStatistics = (layer: string, query: { by: string; breaks?: string; bbox?: string } | null) =>
  useQuery({
    queryKey: keys.items(layer, { statistics: true, ...query }),
    queryFn: ({ signal }) => api<Statistics>(`collections/${layer}/statistics`, { query: query ?? {}, signal }),
    placeholderData: keepPreviousData,
    retry: false,
    enabled: query !== null,
  });

export const exportUrl = (layer: string, format = 'geojson') => apiUrl(`collections/${layer}/export`, { f: format });

export const useUsage = (layer: string, enabled = true) =>
  useQuery({
    queryKey: keys.usage(layer),
    queryFn: () => call('GET /collections/{layer}/usage', { params: { layer } }),
    select: (d) => d.usage,
    enabled,
  });

export const usageCsvUrl = (layer: string) => apiUrl(`collections/${layer}/usage`, { f: 'csv' });

export const useExtraction = () =>
  useQuery({
    queryKey: keys.extraction,
    queryFn: () => call('GET /governance/extraction', {}),
    select: (d) => d.extraction,
  });

/** Lets an organisation go on that was slowed down or stopped. */
export function useLift() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SentBody<Operations['liftExtraction']>) => call('POST /governance/extraction/lift', { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.extraction }),
  });
}

export const useDivisions = () =>
  useQuery({
    queryKey: keys.divisions,
    queryFn: () => api<{ divisions: Division[] }>('divisions'),
    select: (d) => d.divisions,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useOrganisations = () =>
  useQuery({
    queryKey: keys.organisations,
    queryFn: () => api<{ organisations: Organisation[] }>('organisations'),
    select: (d) => d.organisations,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useSearch = (q: string) =>
  useQuery({
    queryKey: keys.search(q),
    queryFn: ({ signal }) => api<{ results: SearchResult[] }>('search', { query: { q }, signal }),
    select: (d) => d.results,
    enabled: q.trim().length > 0,
    placeholderData: keepPreviousData,
  });

// ---- requests and grants

export const useRequests = (box: 'mine' | 'inbox', enabled = true) =>
  useQuery({
    queryKey: keys.requests(box),
    queryFn: () => call('GET /requests', { query: { box } }),
    select: (d) => d.requests,
    enabled,
  });

export const useRequest = (id: string | undefined) =>
  useQuery({
    queryKey: keys.request(id ?? ''),
    queryFn: () => call('GET /requests/{id}', { params: { id: id! } }),
    enabled: Boolean(id),
  });

export const useGrants = (layer?: string, enabled = true) =>
  useQuery({
    queryKey: keys.grants(layer),
    queryFn: () => call('GET /grants', { query: { layer } }),
    select: (d) => d.grants,
    enabled,
  });

/** Everything a request or a decision can move: lists, numbers in the bar, what the layers say of themselves. */
export function refreshSharing(client: QueryClient) {
  return Promise.all(
    ['requests', 'grants', 'session', 'collections'].map((kind) => client.invalidateQueries({ queryKey: [kind] })),
  );
}

export function useCreateRequest() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: RequestInput) => call('POST /requests', { body }),
    onSuccess: () => refreshSharing(client),
  });
}

export type RequestChange = SentBody<Operations['changeRequest']>;

export function useUpdateRequest() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: RequestChange & { id: string }) => call('PATCH /requests/{id}', { params: { id }, body }),
    onSuccess: () => refreshSharing(client),
  });
}

export function useDecide() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: DecisionInput & { id: string }) =>
      call('POST /requests/{id}/decision', { params: { id }, body }),
    onSettled: () => refreshSharing(client),
  });
}

export function useDeclareUpdate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ layer, ...body }: SentBody<Operations['declareUpdate']> & { layer: string }) =>
      call('POST /collections/{layer}/updates', { params: { layer }, body }),
    onSuccess: () => refreshSharing(client),
  });
}

/** A step of the time to answer. */
function useExtension<I>(mutationFn: (input: I) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => refreshSharing(client) });
}
export const useAskExtension = () =>
  useExtension(({ id, ...body }: SentBody<Operations['askExtension']> & { id: string }) =>
    call('POST /requests/{id}/extension', { params: { id }, body }),
  );
export const useAnswerExtension = () =>
  useExtension(({ id, ...body }: SentBody<Operations['answerExtension']> & { id: string }) =>
    call('POST /requests/{id}/extension/answer', { params: { id }, body }),
  );

export function useRevokeGrant() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      call('DELETE /grants/{id}', { params: { id }, body: { reason } }),
    onSuccess: () => refreshSharing(client),
  });
}

// ---- the log

export type AuditFilter = SentQuery<Operations['getAudit']>;

export const useAudit = (filter: AuditFilter) =>
  useInfiniteQuery({
    queryKey: keys.audit(filter),
    queryFn: ({ pageParam }) => call('GET /audit', { query: { ...filter, before: pageParam } }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  });
