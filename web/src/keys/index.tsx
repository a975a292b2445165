import { useNavigate, useSearch } from '@tanstack/react-router';
import { useSession } from '../api/queries';
import { useTranslation } from '../i18n';
import { ApiKeys } from './ApiKeys';
import { Certificates } from './Certificates';
import { Embeds } from './Embeds';
import { Signed } from './Signed';
import './keys.css';
import './words';

/** How the systems of my organisation come in: keys, client certificates, and addresses for other sites. */
export function Keys() {
  const { t } = useTranslation('keys');
  const navigate = useNavigate();
  const { layer, tab } = useSearch({ strict: false }) as { layer?: string; tab?: string };
  const { data: session } = useSession();
  const roles = session?.user?.roles ?? [];
  // those who answer for the organisation's data keep its certificates
  const keeps = roles.includes('steward') || roles.includes('org_admin');
  const tabs = ['keys', ...(keeps ? ['certificates'] : []), 'embeds', 'signed'];
  const current = tab && tabs.includes(tab) ? tab : 'keys';
  const go = (next: string) => void navigate({ to: '.', search: (now: Record<string, unknown>) => ({ ...now, tab: next }) });
  return (
    <div className="wf-page">
      <header className="wf-page-head">
        <h1>{t('title')}</h1>
        <div className="mut">{t(`intro.${current}`)}</div>
        <div className="wf-tabs" role="tablist" aria-label={t('title')}>
          {tabs.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`credentials-tab-${name}`}
              aria-selected={current === name}
              aria-controls="credentials-panel"
              onClick={() => go(name)}
            >
              {t(`tabs.${name}`)}
            </button>
          ))}
        </div>
      </header>
      <div
        className={current === 'signed' ? 'wf-page-body' : 'wf-page-body keys-grid'}
        id="credentials-panel"
        role="tabpanel"
        aria-labelledby={`credentials-tab-${current}`}
      >
        {current === 'keys' && <ApiKeys asked={layer} />}
        {current === 'certificates' && <Certificates />}
        {current === 'embeds' && <Embeds asked={layer} />}
        {current === 'signed' && <Signed />}
      </div>
    </div>
  );
}
