import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from './call';
import { api, type Query } from './client';
import { forgetPerson } from './queries';
import type { AccountChange, AccountConfirmed, ChangeKind, Organisation, Role, Session, UnsentMail } from './types';

/*
 *   POST   session/factor {code}                  Session
 *   GET    account                                OwnAccount
 *   POST   account/password {current,password,keepSystems} · DELETE account/sessions            204
 *   POST   account/factor {password?,token?}            FactorOffer · DELETE {password}
 *   POST   account/factor/confirm {code}          { recoveryCodes, session }
 *   POST   account/delegations · DELETE account/delegations/{id}
 *   POST   account/reset {token,password}         { username }
 *   GET    accounts?q=&role=&state=&after=        { accounts: Account[], next }
 *   POST   accounts → Account · PATCH accounts/{username} → Account
 *   POST   accounts/{username}/unlock → Account · /reset {what,by?} → AccountReset
 *   GET    account-changes                        { changes: AccountChange[], unsent: UnsentMail[] }
 *   POST   account-changes/{id}/confirm → AccountConfirmed · DELETE account-changes/{id}   204
 */

export interface Delegation {
  id: string;
  steward: string;
  stewardZh: string;
  stewardEn: string;
  delegate: string;
  delegateZh: string;
  delegateEn: string;
  from: string;
  until: string;
  status: 'future' | 'active' | 'past' | 'ended';
}

export interface OpenSession {
  createdAt: string;
  expiresAt: string;
  address: string | null;
  agent: string | null;
  factor: boolean;
  current: boolean;
}

export interface OwnAccount {
  username: string;
  nameZh: string;
  nameEn: string;
  organisation: Organisation;
  roles: Role[];
  demo: boolean;
  factor: { confirmed: boolean; required: boolean; recoveryCodes: number };
  sessions: OpenSession[];
  delegations: Delegation[];
  colleagues: { username: string; nameZh: string; nameEn: string }[];
}

export interface FactorOffer {
  secret: string;
  uri: string;
}

export interface FactorConfirmed {
  recoveryCodes: string[];
  session: Session;
}

export type AccountRight = 'rename' | 'move' | 'mail' | 'roles' | 'disable' | 'unlock' | 'resetPassword' | 'resetFactor';

/** An account as administrators see it. */
export interface Account {
  username: string;
  nameZh: string;
  nameEn: string;
  organisation: Organisation;
  roles: Role[];
  demo: boolean;
  disabled: boolean;
  factor: boolean;
  password: boolean;
  createdAt: string;
  lastSignIn: string | null;
  lockedUntil: string | null;
  mail: string | null;
  mailed: boolean; // links go there by mail
  confirmed: boolean;
  waiting: ChangeKind[];
  can: AccountRight[];
}

export interface AccountReset {
  account: Account;
  mailed: boolean;
}

export interface AccountInput {
  username: string;
  nameZh: string;
  nameEn: string;
  organisation: string;
  roles: Role[];
  mail: string | null;
}

export interface AccountFilter {
  q?: string;
  role?: string;
  state?: string;
}

const post = <T>(path: string, body: unknown = {}) => api<T>(path, { method: 'POST', body });

export function useGiveCode() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (code: string) => call('POST /session/factor', { body: { code } }),
    onSuccess: (session) => forgetPerson(client, session),
  });
}

// ---- one's own account

export const useOwnAccount = () => useQuery({ queryKey: ['account'], queryFn: () => api<OwnAccount>('account') });

/** A call that changes the own account. */
function useOwn<I, O>(call: (input: I) => Promise<O>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: call, onSuccess: () => client.invalidateQueries({ queryKey: ['account'] }) });
}

export const useChangePassword = () =>
  useOwn((body: { current: string; password: string; keepSystems: boolean }) => post<void>('account/password', body));
export const useEndOtherSessions = () => useOwn(() => api<void>('account/sessions', { method: 'DELETE' }));
export const useOfferFactor = () =>
  useMutation({
    mutationFn: (proof: { password?: string; token?: string }) => post<FactorOffer>('account/factor', proof),
  });
export const useConfirmFactor = () =>
  useMutation({ mutationFn: (code: string) => post<FactorConfirmed>('account/factor/confirm', { code }) });
export const useDelegate = () =>
  useOwn((body: { delegate: string; from: string; until: string }) => post<Delegation>('account/delegations', body));
export const useEndDelegation = () => useOwn((id: string) => api<void>(`account/delegations/${id}`, { method: 'DELETE' }));
export const useResetPassword = () =>
  useMutation({ mutationFn: (body: { token: string; password: string }) => post<{ username: string }>('account/reset', body) });

// ---- others' accounts

export const useAccounts = (filter: AccountFilter) =>
  useInfiniteQuery({
    queryKey: ['accounts', filter],
    queryFn: ({ pageParam }) =>
      api<{ accounts: Account[]; next: string | null }>('accounts', { query: { ...filter, after: pageParam } as Query }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

/** A call that changes an account. */
function useAdminister<I, O>(call: (input: I) => Promise<O>) {
  const client = useQueryClient();
  const invalidate = () =>
    Promise.all(['accounts', 'account-changes'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  return useMutation({ mutationFn: call, onSuccess: invalidate });
}

export const useCreateAccount = () => useAdminister((body: AccountInput) => post<Account>('accounts', body));
export const useChangeAccount = () =>
  useAdminister(
    ({ username, ...body }: { username: string } & Partial<Omit<AccountInput, 'username'>> & { disabled?: boolean }) =>
      api<Account>(`accounts/${username}`, { method: 'PATCH', body }),
  );
export const useUnlockAccount = () => useAdminister((username: string) => post<Account>(`accounts/${username}/unlock`));
export const useResetAccount = () =>
  useAdminister(({ username, ...body }: { username: string; what: 'password' | 'factor'; by?: 'mail' | 'sheet' }) =>
    post<AccountReset>(`accounts/${username}/reset`, body),
  );

// ---- what waits for a second person

export const useAccountChanges = () =>
  useQuery({
    queryKey: ['account-changes'],
    queryFn: () => api<{ changes: AccountChange[]; unsent: UnsentMail[] }>('account-changes'),
  });
export const useConfirmChange = () => useAdminister((id: string) => post<AccountConfirmed>(`account-changes/${id}/confirm`));
export const useEndChange = () => useAdminister((id: string) => api<void>(`account-changes/${id}`, { method: 'DELETE' }));
