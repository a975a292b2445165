import { Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { type Account, type AccountFilter, useAccounts } from '../api/accounts';
import { useSession } from '../api/queries';
import type { User } from '../api/types';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Chip, Empty, Failed, Waiting } from '../requests/parts';
import { Table } from '../requests/Table';
import { Manage } from './Manage';
import { NewAccount } from './NewAccount';
import { givable, ROLES } from './roles';
import { WaitingChanges } from './Waiting';
import './accounts.css';
import './words';

/** Accounts, for those who administer them. */
export function Accounts() {
  const { data: session } = useSession();
  const user = session?.user;
  if (!user) return null;
  // The auditor keeps no accounts, but confirms what others do to administrators.
  return user.roles.includes('auditor') ? <Supervision /> : <Page user={user} />;
}

function Supervision() {
  const { t } = useTranslation('accounts');
  return (
    <div className="wf-page">
      <header className="wf-page-head">
        <h1>{t('title')}</h1>
        <div className="mut">{t('intro.auditor')}</div>
      </header>
      <div className="wf-page-body">
        <WaitingChanges />
      </div>
    </div>
  );
}

function Page({ user }: { user: User }) {
  const { t } = useTranslation('accounts');
  const pick = usePick();
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), 250);
  const [role, setRole] = useState<string | null>(null);
  const [state, setState] = useState<AccountFilter['state']>(null);
  const list = useAccounts({ q, role: role ?? undefined, state });
  const [managed, setManaged] = useState<string | null>(null);
  const accounts = list.data?.pages.flatMap((page) => page.accounts) ?? [];
  const chosen = accounts.find((a) => a.username === managed);
  const office = (['admin', 'security', 'org_admin'] as const).find((r) => user.roles.includes(r)) ?? 'org_admin';
  const creates = givable(user.roles, true).length > 0;

  return (
    <div className="wf-page">
      <header className="wf-page-head">
        <h1>{t('title')}</h1>
        <div className="mut">{t(`intro.${office}`)}</div>
      </header>
      <div className={creates ? 'wf-page-body accounts-grid' : 'wf-page-body'}>
        <div className="accounts-column">
          <WaitingChanges />
          <div className="wf-filters">
            <TextInput
              label={t('search')}
              placeholder={t('searchHint')}
              value={text}
              onChange={(e) => setText(e.currentTarget.value)}
            />
            <Select
              label={t('role')}
              placeholder={t('all')}
              data={ROLES.map((value) => ({ value, label: t(`session:roles.${value}`) }))}
              value={role}
              onChange={setRole}
              clearable
            />
            <Select
              label={t('state')}
              placeholder={t('all')}
              data={['active', 'disabled'].map((value) => ({ value, label: t(value) }))}
              value={state}
              onChange={(value) => setState(value as AccountFilter['state'])}
              clearable
            />
          </div>
          <section className="card">
            {list.isPending && <Waiting />}
            {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
            {list.isSuccess && accounts.length === 0 && <Empty title={t('none')} />}
            {accounts.length > 0 && <AccountTable accounts={accounts} onManage={setManaged} />}
          </section>
          {list.hasNextPage && (
            <div className="row">
              <button type="button" className="btn" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t('more')}
              </button>
            </div>
          )}
        </div>
        {creates && (
          <section className="card" aria-labelledby="accounts-create">
            <div className="card-h">
              <h2 id="accounts-create">{t('create')}</h2>
            </div>
            <NewAccount user={user} onMade={(account) => toast({ text: t('created', { name: pick(account, 'name') }) })} />
          </section>
        )}
      </div>
      {chosen && <Manage key={chosen.username} user={user} account={chosen} onClose={() => setManaged(null)} />}
    </div>
  );
}

function AccountTable({ accounts, onManage }: { accounts: Account[]; onManage: (username: string) => void }) {
  const { t } = useTranslation('accounts');
  const pick = usePick();
  const { time } = useFormat();
  return (
    <Table
      label={t('title')}
      columns={['name', 'organisation', 'roles', 'state', 'lastSignIn'].map((column) => t(column))}
      action={t('columnAction')}
    >
      {accounts.map((a) => (
        <tr key={a.username} className={a.disabled ? 'dim' : undefined}>
          <th scope="row" className="accounts-name">
            {pick(a, 'name')}
            <br />
            <span className="mono dim">{a.username}</span>
          </th>
          <td className="accounts-cell">{pick(a.organisation, 'title')}</td>
          <td className="accounts-cell">{a.roles.map((role) => t(`session:roles.${role}`)).join(' · ')}</td>
          <td className="accounts-cell">
            <span className="row wrap">
              {a.disabled && <Chip tone="bad">{t('disabled')}</Chip>}
              {a.lockedUntil && <Chip tone="warn">{t('locked')}</Chip>}
              {!a.confirmed && <Chip tone="warn">{t('unconfirmed')}</Chip>}
              {a.confirmed && a.waiting.length > 0 && <Chip tone="warn">{t('waitingShort')}</Chip>}
              {a.confirmed && !a.password && <Chip tone="warn">{t('noPassword')}</Chip>}
              {a.factor && <Chip tone="ok">{t('factor')}</Chip>}
              {a.demo && <Chip>{t('demo')}</Chip>}
            </span>
          </td>
          <td className="nw">{a.lastSignIn ? time(a.lastSignIn) : t('never')}</td>
          <td className="num">
            {a.can.length > 0 && (
              <button
                type="button"
                className="btn s"
                aria-label={t('manageOf', { name: pick(a, 'name') })}
                onClick={() => onManage(a.username)}
              >
                {t('manage')}
              </button>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}
