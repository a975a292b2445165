import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useInstance, useSession } from '../api/queries';
import { useTranslation } from '../i18n';
import { openSignIn } from './store';

const STORE = 'yutu.demo-banner';

/** Says that this is a demonstration, until it is closed for the session. */
export function DemoBanner() {
  const { t } = useTranslation('session');
  const { data: instance } = useInstance();
  const { data: session } = useSession();
  const [shut, setShut] = useState(() => sessionStorage.getItem(STORE) === 'shut');
  if (!instance?.demo || shut) return null;
  return (
    <aside className="demo-banner" aria-label={t('demo.label')}>
      <span className="chip acc">{t('demo.label')}</span>
      <span className="el">{t('demo.text')}</span>
      {session && !session.user && (
        <button type="button" className="link" onClick={() => openSignIn()}>
          {t('demo.accounts')}
        </button>
      )}
      <button
        type="button"
        className="ib s"
        aria-label={t('app:close')}
        onClick={() => {
          sessionStorage.setItem(STORE, 'shut');
          setShut(true);
        }}
      >
        <IconX size={14} aria-hidden />
      </button>
    </aside>
  );
}
