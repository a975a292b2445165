import { TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Enrol } from '../account/Enrol';
import { useGiveCode } from '../api/accounts';
import { useSession, useSignOut } from '../api/queries';
import type { Session } from '../api/types';
import { useTranslation } from '../i18n';

/** What a sign-in still lacks after the password: a code, a second factor at all, or that an administrator confirms the account. */
interface Props {
  pending: NonNullable<Session['pending']>;
  onDone: (session?: Session) => void;
}

export function FactorStep({ pending, onDone }: Props) {
  const { t } = useTranslation('session');
  const leave = useSignOut();
  return (
    <div className="col g3">
      {pending === 'confirm' ? (
        <Unconfirmed onDone={onDone} />
      ) : pending === 'code' ? (
        <CodeForm onDone={onDone} />
      ) : (
        <>
          <p className="mut">{t(pending === 'renew' ? 'enrol.renew' : 'enrol.intro')}</p>
          <Enrol prove={pending === 'renew' ? 'token' : null} onDone={() => onDone()} />
        </>
      )}
      <button type="button" className="link sign-over" onClick={() => leave.mutate()}>
        {t('code.over')}
      </button>
    </div>
  );
}

/** Signed in, and nobody yet: an administrator confirms the account first. */
function Unconfirmed({ onDone }: { onDone: (session?: Session) => void }) {
  const { t } = useTranslation('session');
  const session = useSession();
  const look = async () => {
    const { data } = await session.refetch();
    if (data?.user) onDone(data);
  };
  return (
    <>
      <p role="status">{t('unconfirmed.text')}</p>
      <button type="button" className="btn p" disabled={session.isFetching} onClick={() => void look()}>
        {t('unconfirmed.again')}
      </button>
    </>
  );
}

function CodeForm({ onDone }: { onDone: (session: Session) => void }) {
  const { t } = useTranslation('session');
  const give = useGiveCode();
  const [code, setCode] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    give.mutate(code.trim(), { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit} className="col g3">
      <p className="mut">{t('code.intro')}</p>
      <TextInput
        label={t('code.label')}
        value={code}
        onChange={(e) => setCode(e.currentTarget.value)}
        autoComplete="one-time-code"
        maxLength={40}
        data-autofocus
        required
        withAsterisk={false}
      />
      {give.error && (
        <p className="t-bad" role="alert">
          {give.error.message}
        </p>
      )}
      <button type="submit" className="btn p" disabled={give.isPending}>
        {t('code.enter')}
      </button>
    </form>
  );
}
