import { Select, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type OwnAccount, useDelegate, useEndDelegation } from '../api/accounts';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { today } from '../requests/days';
import { Chip } from '../requests/parts';

/** Who acts for me while I am away, and for whom I act. */
export function Delegations({ account }: { account: OwnAccount }) {
  const { t } = useTranslation('account');
  const pick = usePick();
  const end = useEndDelegation();
  const steward = account.roles.includes('steward');
  return (
    <section className="card" aria-labelledby="account-delegation">
      <div className="card-h">
        <h2 id="account-delegation">{t('delegation')}</h2>
      </div>
      <div className="wf-card-pad account-form">
        {steward && <p className="mut">{t('delegationText', { name: pick(account, 'name') })}</p>}
        {account.delegations.length > 0 && (
          <ul className="account-list">
            {account.delegations.map((d) => {
              const mine = d.steward === account.username;
              const name = mine ? pick(d, 'delegate') : pick(d, 'steward');
              const live = d.status === 'active' || d.status === 'future';
              return (
                <li key={d.id} className={live ? 'row between' : 'row between dim'}>
                  <span>
                    {t(mine ? 'given' : 'received', { name })}{' '}
                    <Chip tone={d.status === 'active' ? 'ok' : 'plain'}>{t(`status.${d.status}`)}</Chip>
                    <br />
                    <span className="sm mut">{t('term', { from: d.from, until: d.until })}</span>
                    {!mine && live && !account.factor.confirmed && !account.demo && (
                      <span className="sm t-warn"> {t('receivedFactor')}</span>
                    )}
                  </span>
                  {mine && live && (
                    <button
                      type="button"
                      className="btn s bad"
                      aria-label={t('takeBackOf', { name })}
                      disabled={end.isPending}
                      onClick={() => end.mutate(d.id)}
                    >
                      {t('takeBack')}
                    </button>
                  )}
                </li>
              );
            })}
          </ul>
        )}
        {steward && (account.colleagues.length > 0 ? <Form account={account} /> : <p className="mut">{t('noColleagues')}</p>)}
      </div>
    </section>
  );
}

function Form({ account }: { account: OwnAccount }) {
  const { t } = useTranslation('account');
  const pick = usePick();
  const delegate = useDelegate();
  const [to, setTo] = useState<string | null>(null);
  const [from, setFrom] = useState(today());
  const [until, setUntil] = useState('');
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!to) return;
    delegate.mutate(
      { delegate: to, from, until },
      { onSuccess: (d) => toast({ text: t('delegated', { name: pick(d, 'delegate') }) }) },
    );
  };
  return (
    <form className="account-form" onSubmit={send}>
      <Select
        label={t('delegate')}
        data={account.colleagues.map((c) => ({ value: c.username, label: `${pick(c, 'name')} (${c.username})` }))}
        value={to}
        onChange={setTo}
        searchable
        required
        withAsterisk={false}
      />
      <div className="account-term">
        <TextInput
          type="date"
          label={t('from')}
          value={from}
          min={today()}
          onChange={(e) => setFrom(e.currentTarget.value)}
          required
          withAsterisk={false}
        />
        <TextInput
          type="date"
          label={t('until')}
          value={until}
          min={from}
          onChange={(e) => setUntil(e.currentTarget.value)}
          required
          withAsterisk={false}
        />
      </div>
      {delegate.error && (
        <p className="t-bad" role="alert">
          {delegate.error.message}
        </p>
      )}
      <button type="submit" className="btn p" disabled={delegate.isPending}>
        {t('delegateDo')}
      </button>
    </form>
  );
}
