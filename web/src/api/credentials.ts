import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from './client';

/*
 *   GET  keys                    { keys: ApiKey[], maxDays, most, colleagues } · POST KeyInput → ApiKey & { key } (shown once)
 *   POST keys/{id}/rotate        { overlapHours } → ApiKey & { key } · DELETE keys/{id}
 *   GET  certificates            { certificates: Certificate[] } · POST CertificateInput → Certificate · DELETE certificates/{id}
 *   GET  embeds                  { embeds: Embed[] } · DELETE embeds/{id}
 *   POST collections/{id}/embeds         { origins, days } → NewEmbed
 *   POST collections/{id}/signed-tiles   { hours } → SignedTiles · GET signed-tiles { addresses: SignedAddress[] } · DELETE signed-tiles/{id}
 *   POST {keys,certificates,embeds}/{id}/hand-over { to } · /accept { overlapHours } (keys) → the same; of a key with its new secret
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

export type Deed = 'rotate' | 'revoke' | 'hand_over' | 'accept';

/** Who answers for a credential, whether it is in force, and what I may do with it. */
export interface Answered {
  holder: string | null; // null: nobody any more
  state: 'live' | 'revoked' | 'expired' | 'ended';
  ended: 'nobody' | 'disabled' | 'unconfirmed' | 'resting' | 'demonstration' | 'ended_by_person' | 'moved' | 'office_lost' | null;
  can: Deed[];
}

/** One that may be handed over. */
export interface Handed extends Answered {
  id: string;
  offeredTo: string | null; // who was asked to take it over
}

export interface ApiKey extends Handed {
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
  createdBy: string;
  granted: boolean; // a grant names this very key
}

export type NewApiKey = ApiKey & { key: string };

export interface CertificateInput extends ScopeInput {
  name: string;
  certificate: string; // PEM
  match: 'fingerprint' | 'subject';
}

export interface Certificate extends Handed {
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
export interface Embed extends Handed {
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

/** An address that was signed; the address itself is not kept. */
export interface SignedAddress extends Answered {
  id: string;
  layer: string;
  organisation: string;
  createdBy: string; // a person, key:… or certificate:…
  credential: string | null;
  createdAt: string;
  until: string;
  revokedAt: string | null;
}

export interface SignedTiles {
  id: string;
  tiles: string;
  tilejson: string;
  until: string;
}

/** Credentials that can be handed over, by their path; and signed addresses. */
export type HandedKind = 'keys' | 'certificates' | 'embeds';
type Kind = HandedKind | 'signed-tiles';

/** A call that changes what the list under `kind` holds. */
function useChange<I, O>(kind: Kind, call: (input: I) => Promise<O>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: call, onSuccess: () => client.invalidateQueries({ queryKey: [kind] }) });
}
const post = <T>(path: string, body: unknown) => api<T>(path, { method: 'POST', body });

export interface Keys {
  keys: ApiKey[];
  maxDays: number;
  most: number; // keys and certificates that one person may answer for
  colleagues: { username: string; nameZh: string; nameEn: string }[];
}

export const useKeys = () => useQuery({ queryKey: ['keys'], queryFn: () => api<Keys>('keys') });
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

/** Asks a colleague to take a credential over; null takes the offer back. */
export const useHandOver = (kind: HandedKind) =>
  useChange(kind, ({ id, to }: { id: string; to: string | null }) => post<Handed>(`${kind}/${id}/hand-over`, { to }));
/** Takes over what one was asked to: of a key with its new secret. */
export const useAccept = (kind: HandedKind) =>
  useChange(kind, ({ id, overlapHours }: { id: string; overlapHours?: number }) =>
    post<Handed | NewApiKey>(`${kind}/${id}/accept`, overlapHours === undefined ? undefined : { overlapHours }),
  );

export const useSignedTiles = () =>
  useQuery({
    queryKey: ['signed-tiles'],
    queryFn: () => api<{ addresses: SignedAddress[] }>('signed-tiles'),
    select: (d) => d.addresses,
  });
export const useRevokeSigned = () =>
  useChange('signed-tiles', (id: string) => api<void>(`signed-tiles/${id}`, { method: 'DELETE' }));
