import { useState } from 'react';
import { type OwnAccount, useChangePassword, useEndOtherSessions, useOwnAccount } from '../api/accounts';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Confirm } from '../requests/Confirm';
import { Chip, Failed, Waiting } from '../requests/parts';
import { Delegations } from './Delegations';
import { Enrol } from './Enrol';
import { NewPassword } from './NewPassword';
import './account.css';
import './words';

/** One's own account: password, second factor, who acts in one's place, where one is signed in. */
export function Account() {
  const { t } = useTranslation('account');
  const pick = usePick();
  const own = useOwnAccount();
  const account = own.data;
  return (
    <div className="wf-page">
      <header className="wf-page-head">
        <h1>{t('title')}</h1>
        {account && (
          <div className="mut">
            {pick(account, 'name')} ({account.username}) · {pick(account.organisation, 'title')} ·{' '}
            {account.roles.map((role) => t(`session:roles.${role}`)).join(' · ')}
          </div>
        )}
      </header>
      {own.isPending && <Waiting />}
      {own.isError && <Failed error={own.error} retry={() => void own.refetch()} />}
      {account && (
        <div className="wf-page-body account-grid">
          {account.demo && <p className="tip account-wide">{t('demo')}</p>}
          <div className="account-column">
            {!account.demo && <Password />}
            {!account.demo && <Factor account={account} />}
            {account.demo && <Sessions account={account} />}
          </div>
          <div className="account-column">
            {(account.roles.includes('steward') || account.delegations.length > 0) && <Delegations account={account} />}
            {!account.demo && <Sessions account={account} />}
          </div>
        </div>
      )}
    </div>
  );
}

function Password() {
  const { t } = useTranslation('account');
  const change = useChangePassword();
  const [round, setRound] = useState(0);
  const send = (password: string, current: string, keepSystems: boolean) =>
    change.mutate(
      { current, password, keepSystems },
      {
        onSuccess: () => {
          toast({ text: t('changed') });
          setRound(round + 1); // an empty form
        },
      },
    );
  return (
    <section className="card" aria-labelledby="account-password">
      <div className="card-h">
        <h2 id="account-password">{t('password')}</h2>
      </div>
      <div className="wf-card-pad">
        <NewPassword key={round} prove submit={t('change')} busy={change.isPending} error={change.error} onSubmit={send} />
      </div>
    </section>
  );
}

function Factor({ account }: { account: OwnAccount }) {
  const { t } = useTranslation('account');
  const [enrolling, setEnrolling] = useState(false);
  const { confirmed, required, recoveryCodes } = account.factor;
  return (
    <section className="card" aria-labelledby="account-factor">
      <div className="card-h">
        <h2 id="account-factor">{t('factor')}</h2>
        <Chip tone={confirmed ? 'ok' : 'plain'}>{t(confirmed ? 'factorOn' : 'factorOff')}</Chip>
      </div>
      <div className="wf-card-pad account-form">
        <p className="mut">
          {t(required ? 'factorRequired' : 'factorOptional')} {confirmed && t('factorLeft', { count: recoveryCodes })}
        </p>
        {enrolling ? (
          <Enrol
            prove="password"
            onDone={() => {
              setEnrolling(false);
              toast({ text: t('enabled') });
            }}
          />
        ) : (
          <button type="button" className="btn" onClick={() => setEnrolling(true)}>
            {t(confirmed ? 'factorAgain' : 'factorSet')}
          </button>
        )}
      </div>
    </section>
  );
}

function Sessions({ account }: { account: OwnAccount }) {
  const { t } = useTranslation('account');
  const { time } = useFormat();
  const end = useEndOtherSessions();
  const [asking, setAsking] = useState(false);
  return (
    <section className="card" aria-labelledby="account-sessions">
      <div className="card-h">
        <h2 id="account-sessions">{t('sessions')}</h2>
        <button type="button" className="btn s bad" disabled={end.isPending} onClick={() => setAsking(true)}>
          {t('endOthers')}
        </button>
        {asking && (
          <Confirm
            title={t('endOthers')}
            yes={t('endOthers')}
            danger
            busy={end.isPending}
            onYes={() =>
              end.mutate(undefined, {
                onSuccess: () => {
                  toast({ text: t('ended') });
                  setAsking(false);
                },
              })
            }
            onClose={() => setAsking(false)}
          >
            <p>{t('endOthersText')}</p>
          </Confirm>
        )}
      </div>
      <ul className="account-list wf-card-pad">
        {account.sessions.map((s) => (
          <li key={`${s.createdAt} ${s.address}`}>
            <span className="mono">{s.address}</span> {s.current && <Chip tone="acc">{t('sessionCurrent')}</Chip>}{' '}
            {s.factor && <Chip tone="ok">{t('sessionFactor')}</Chip>}
            <br />
            <span className="sm mut">
              {browser(s.agent)} {t('sessionSince', { time: time(s.createdAt), until: time(s.expiresAt) })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The browser's name and system out of what it says of itself, as far as people can use it. */
const browser = (agent: string | null): string => {
  const name = /(Edg|OPR|Firefox|Chrome|Safari|curl)\/\d+/.exec(agent ?? '')?.[1] ?? '';
  const system = /Windows|Android|iPhone|iPad|Mac OS|Linux/.exec(agent ?? '')?.[0] ?? '';
  return [name === 'Edg' ? 'Edge' : name === 'OPR' ? 'Opera' : name, system].filter(Boolean).join(' · ');
};
