import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Answered as AnswerOf, Operations, SentBody } from '@yutu/contract';
import { call } from './call';

export type KeyInput = SentBody<Operations['createKey']>;
/** What a key or a certificate may be limited to. */
export type ScopeInput = Omit<KeyInput, 'name' | 'networks'>;
export type KeyAction = NonNullable<ScopeInput['actions']>[number];
type CertificateInput = SentBody<Operations['registerCertificate']>;

type Keys = AnswerOf<Operations['getKeys']>;
export type ApiKey = Keys['keys'][number];
export type NewApiKey = AnswerOf<Operations['createKey']>;
export type Certificate = AnswerOf<Operations['registerCertificate']>;
/** Tiles of a layer on other sites. */
export type Embed = AnswerOf<Operations['handOverEmbed']>;
/** With the addresses, which are told this once. */
export type NewEmbed = AnswerOf<Operations['createEmbed']>;
/** An address that was signed; the address itself is not kept. */
export type SignedAddress = AnswerOf<Operations['getSignedTiles']>['addresses'][number];

/** Who answers for a credential, whether it is in force, and what I may do with it. */
export type Answered = Pick<SignedAddress, 'holder' | 'state' | 'ended' | 'can'>;
/** One that may be handed over. */
export type Handed = Answered & Pick<ApiKey, 'id' | 'offeredTo'>;

/** Credentials that can be handed over, by their path; and signed addresses. */
export type HandedKind = 'keys' | 'certificates' | 'embeds';
type Kind = HandedKind | 'signed-tiles';

/** A call that changes what the list under `kind` holds. */
function useChange<I, O>(kind: Kind, call: (input: I) => Promise<O>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: call, onSuccess: () => client.invalidateQueries({ queryKey: [kind] }) });
}

export const useKeys = () => useQuery({ queryKey: ['keys'], queryFn: () => call('GET /keys', {}) });
export const useCreateKey = () => useChange('keys', (body: KeyInput) => call('POST /keys', { body }));
/** A new secret for a key; the one before stays good for the overlap. */
export const useRotateKey = () =>
  useChange('keys', ({ id, ...body }: { id: string; overlapHours: number }) =>
    call('POST /keys/{id}/rotate', { params: { id }, body }),
  );
export const useRevokeKey = () => useChange('keys', (id: string) => call('DELETE /keys/{id}', { params: { id } }));

export const useCertificates = () =>
  useQuery({
    queryKey: ['certificates'],
    queryFn: () => call('GET /certificates', {}),
    select: (d) => d.certificates,
  });
export const useRegisterCertificate = () =>
  useChange('certificates', (body: CertificateInput) => call('POST /certificates', { body }));
export const useRevokeCertificate = () =>
  useChange('certificates', (id: string) => call('DELETE /certificates/{id}', { params: { id } }));

export const useEmbeds = () =>
  useQuery({ queryKey: ['embeds'], queryFn: () => call('GET /embeds', {}), select: (d) => d.embeds });
export const useCreateEmbed = () =>
  useChange('embeds', ({ layer, ...body }: { layer: string; origins: string[]; days: number }) =>
    call('POST /collections/{layer}/embeds', { params: { layer }, body }),
  );
export const useRevokeEmbed = () => useChange('embeds', (id: string) => call('DELETE /embeds/{id}', { params: { id } }));

/** Addresses of a layer's tiles that are good by themselves for some hours. */
export const useSignTiles = (layer: string) =>
  useMutation({
    mutationFn: (hours: number) => call('POST /collections/{layer}/signed-tiles', { params: { layer }, body: { hours } }),
  });

/** Asks a colleague to take a credential over; null takes the offer back. */
export const useHandOver = (kind: HandedKind) =>
  useChange(
    kind,
    ({ id, to }: { id: string; to: string | null }): Promise<Handed> =>
      call(`POST /${kind}/{id}/hand-over`, { params: { id }, body: { to } }),
  );
/** Takes over what one was asked to: of a key with its new secret. */
export const useAccept = (kind: HandedKind) =>
  useChange(
    kind,
    ({ id, overlapHours = 24 }: { id: string; overlapHours?: number }): Promise<Handed | NewApiKey> =>
      kind === 'keys'
        ? call('POST /keys/{id}/accept', { params: { id }, body: { overlapHours } })
        : call(`POST /${kind}/{id}/accept`, { params: { id } }),
  );

export const useSignedTiles = () =>
  useQuery({
    queryKey: ['signed-tiles'],
    queryFn: () => call('GET /signed-tiles', {}),
    select: (d) => d.addresses,
  });
export const useRevokeSigned = () =>
  useChange('signed-tiles', (id: string) => call('DELETE /signed-tiles/{id}', { params: { id } }));
