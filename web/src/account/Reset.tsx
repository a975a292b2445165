import { useState } from 'react';
import { useResetPassword } from '../api/accounts';
import { useTranslation } from '../i18n';
import { openSignIn } from '../session/store';
import { NewPassword } from './NewPassword';
import '../requests/workflow.css';
import { base } from '../app/base';

/** Where a reset link leads. Its token stands behind #: it reaches no server's log. */
export function Reset() {
  const { t } = useTranslation('account');
  const [token] = useState(() => location.hash.slice(1));
  const reset = useResetPassword();
  const send = (password: string) =>
    reset.mutate(
      { token, password },
      {
        onSuccess: () => {
          history.replaceState(null, '', `${base}/reset`);
          openSignIn();
        },
      },
    );
  return (
    <div className="wf-page">
      <header className="wf-page-head">
        <h1>{t('resetTitle')}</h1>
        <div className="mut">{t('resetText')}</div>
      </header>
      <div className="wf-page-body account-reset">
        <section className="card wf-card-pad">
          {reset.data ? (
            <p role="status">{t('resetDone', { name: reset.data.username })}</p>
          ) : token === '' ? (
            <p role="alert">{t('resetNone')}</p>
          ) : (
            <NewPassword prove={false} submit={t('resetDo')} busy={reset.isPending} error={reset.error} onSubmit={send} />
          )}
        </section>
      </div>
    </div>
  );
}
