import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Answered, Operations, SentBody, SentQuery } from '@yutu/contract';
import { call } from './call';
import { forgetPerson } from './queries';

export type OwnAccount = Answered<Operations['getOwnAccount']>;
export type FactorOffer = Answered<Operations['offerFactor']>;
export type FactorConfirmed = Answered<Operations['confirmFactor']>;
/** An account as administrators see it. */
export type Account = Answered<Operations['getAccount']>;

export type AccountFilter = SentQuery<Operations['getAccounts']>;

export function useGiveCode() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (code: string) => call('POST /session/factor', { body: { code } }),
    onSuccess: (session) => forgetPerson(client, session),
  });
}

// ---- one's own account

export const useOwnAccount = () => useQuery({ queryKey: ['account'], queryFn: () => call('GET /account', {}) });

/** A call that changes the own account. */
function useOwn<I, O>(mutationFn: (input: I) => Promise<O>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: ['account'] }) });
}

export const useChangePassword = () =>
  useOwn((body: SentBody<Operations['changePassword']>) => call('POST /account/password', { body }));
export const useEndOtherSessions = () => useOwn(() => call('DELETE /account/sessions', {}));
export const useOfferFactor = () =>
  useMutation({
    mutationFn: (body: SentBody<Operations['offerFactor']>) => call('POST /account/factor', { body }),
  });
export const useConfirmFactor = () =>
  useMutation({ mutationFn: (code: string) => call('POST /account/factor/confirm', { body: { code } }) });
export const useDelegate = () => useOwn((body: SentBody<Operations['delegate']>) => call('POST /account/delegations', { body }));
export const useEndDelegation = () => useOwn((id: string) => call('DELETE /account/delegations/{id}', { params: { id } }));
export const useResetPassword = () =>
  useMutation({ mutationFn: (body: SentBody<Operations['resetPassword']>) => call('POST /account/reset', { body }) });

// ---- others' accounts

export const useAccounts = (filter: AccountFilter) =>
  useInfiniteQuery({
    queryKey: ['accounts', filter],
    queryFn: ({ pageParam }) => call('GET /accounts', { query: { ...filter, after: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

/** A call that changes an account. */
function useAdminister<I, O>(mutationFn: (input: I) => Promise<O>) {
  const client = useQueryClient();
  const invalidate = () =>
    Promise.all(['accounts', 'account-changes'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  return useMutation({ mutationFn, onSuccess: invalidate });
}

export const useCreateAccount = () =>
  useAdminister((body: SentBody<Operations['createAccount']>) => call('POST /accounts', { body }));
export const useChangeAccount = () =>
  useAdminister(({ username, ...body }: { username: string } & SentBody<Operations['changeAccount']>) =>
    call('PATCH /accounts/{username}', { params: { username }, body }),
  );
export const useUnlockAccount = () =>
  useAdminister((username: string) => call('POST /accounts/{username}/unlock', { params: { username } }));
export const useResetAccount = () =>
  useAdminister(({ username, ...body }: { username: string } & SentBody<Operations['resetAccount']>) =>
    call('POST /accounts/{username}/reset', { params: { username }, body }),
  );

// ---- what waits for a second person

export const useAccountChanges = () =>
  useQuery({
    queryKey: ['account-changes'],
    queryFn: () => call('GET /account-changes', {}),
  });
export const useConfirmChange = () =>
  useAdminister((id: string) => call('POST /account-changes/{id}/confirm', { params: { id } }));
export const useEndChange = () => useAdminister((id: string) => call('DELETE /account-changes/{id}', { params: { id } }));
