import { TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Enrol } from '../account/Enrol';
import { useGiveCode } from '../api/accounts';
import { useSignOut } from '../api/queries';
import type { Session } from '../api/types';
import { useTranslation } from '../i18n';

/** What a sign-in still lacks after the password: a code, or a second factor at all. */
export function FactorStep({ pending, onDone }: { pending: 'code' | 'enrol' | 'renew'; onDone: (session?: Session) => void }) {
  const { t } = useTranslation('session');
  const leave = useSignOut();
  return (
    <div className="col g3">
      {pending === 'code' ? (
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
