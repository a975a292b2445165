import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';

/*
 *   GET  keys                    { keys: ApiKey[], maxDays } · POST KeyInput → ApiKey & { key } (shown once)
 *   POST keys/{id}/rotate        { overlapHours } → ApiKey & { key } · DELETE keys/{id}
 *   GET  certificates            { certificates: Certificate[] } · POST CertificateInput → Certificate · DELETE certificates/{id}
 *   GET  embeds                  { embeds: Embed[] } · DELETE embeds/{id}
 *   POST collections/{id}/embeds         { origins, days } → NewEmbed
 *   POST collections/{id}/signed-tiles   { hours } → SignedTiles
 */

export type KeyAction = 'view' | 'query' | 'download' | 'analyse' | 'verify';

/** What a key or a certificate may be limited to. */
export interface ScopeInput {
  layers?: string[]; // absent = whatever the organisation may use
  actions?: KeyAction[];
  quota?: number; // requests a day
  until?: string; // absent = as late as the policy allows
}

export interface KeyInput extends ScopeInput {
  name: string; // the department system it is for
  networks?: string[]; // CIDR
}

export interface ApiKey {
  id: string;
  name: string;
  prefix: string; // yt_ab12…
  layers: string[] | null;
  actions: string[] | null;
  networks: string[] | null;
  quota: number | null;
  requestsToday: number;
  createdAt: string;
  until: string;
  previousUntil: string | null; // the secret before the last rotation is good until then
  lastUsed: string | null;
  revokedAt: string | null;
}

export type NewApiKey = ApiKey & { key: string };

export interface CertificateInput extends ScopeInput {
  name: string;
  certificate: string; // PEM
  match: 'fingerprint' | 'subject';
}

export interface Certificate {
  id: string;
  name: string;
  organisation: string;
  fingerprint: string | null; // null: known by its subject
  subject: string | null;
  layers: string[] | null;
  actions: string[] | null;
  quota: number | null;
  createdBy: string;
  createdAt: string;
  until: string;
  lastUsed: string | null;
  revokedAt: string | null;
}

/** Tiles of a layer on other sites. */
export interface Embed {
  id: string;
  layer: string;
  organisation: string;
  createdBy: string;
  origins: string[];
  createdAt: string;
  until: string;
  revokedAt: string | null;
}

/** With the addresses, which are told this once. */
export type NewEmbed = Embed & { tiles: string; tilejson: string };

export interface SignedTiles {
  tiles: string;
  tilejson: string;
  until: string;
}

/** A call that changes what the list under `kind` holds. */
function useChange<I, O>(kind: 'keys' | 'certificates' | 'embeds', call: (input: I) => Promise<O>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: call, onSuccess: () => client.invalidateQueries({ queryKey: [kind] }) });
}
const post = <T>(path: string, body: unknown) => api<T>(path, { method: 'POST', body });

export const useKeys = () => useQuery({ queryKey: ['keys'], queryFn: () => api<{ keys: ApiKey[]; maxDays: number }>('keys') });
export const useCreateKey = () => useChange('keys', (body: KeyInput) => post<NewApiKey>('keys', body));
/** A new secret for a key; the one before stays good for the overlap. */
export const useRotateKey = () =>
  useChange('keys', ({ id, overlapHours }: { id: string; overlapHours: number }) =>
    post<NewApiKey>(`keys/${id}/rotate`, { overlapHours }),
  );
export const useRevokeKey = () => useChange('keys', (id: string) => api<void>(`keys/${id}`, { method: 'DELETE' }));

export const useCertificates = () =>
  useQuery({
    queryKey: ['certificates'],
    queryFn: () => api<{ certificates: Certificate[] }>('certificates'),
    select: (d) => d.certificates,
  });
export const useRegisterCertificate = () =>
  useChange('certificates', (body: CertificateInput) => post<Certificate>('certificates', body));
export const useRevokeCertificate = () =>
  useChange('certificates', (id: string) => api<void>(`certificates/${id}`, { method: 'DELETE' }));

export const useEmbeds = () =>
  useQuery({ queryKey: ['embeds'], queryFn: () => api<{ embeds: Embed[] }>('embeds'), select: (d) => d.embeds });
export const useCreateEmbed = () =>
  useChange('embeds', ({ layer, ...body }: { layer: string; origins: string[]; days: number }) =>
    post<NewEmbed>(`collections/${layer}/embeds`, body),
  );
export const useRevokeEmbed = () => useChange('embeds', (id: string) => api<void>(`embeds/${id}`, { method: 'DELETE' }));

/** Addresses of a layer's tiles that are good by themselves for some hours. */
export const useSignTiles = (layer: string) =>
  useMutation({ mutationFn: (hours: number) => post<SignedTiles>(`collections/${layer}/signed-tiles`, { hours }) });
