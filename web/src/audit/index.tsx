import { useNavigate, useSearch } from '@tanstack/react-router';
import { useSession } from '../api/queries';
import { useTranslation } from '../i18n';
import { Explain } from '../sharing';
import { Log } from './Log';
import { Usage } from './Usage';
import './audit.css';
import './words';

/** The log for auditors, and for a layer's steward who has seen its data. */
export function Audit() {
  const { t } = useTranslation('audit');
  const navigate = useNavigate();
  const { tab } = useSearch({ strict: false }) as { tab?: string };
  const { data: session } = useSession();
  const roles = session?.user?.roles ?? [];
  const auditor = roles.includes('auditor');
  // stewards read the log of their own layers
  const explains = auditor || roles.includes('security');
  const tabs = [...(auditor || roles.includes('steward') ? ['log'] : []), 'usage', ...(explains ? ['access'] : [])];
  const current = tab && tabs.includes(tab) ? tab : tabs[0];
  const go = (next: string) => void navigate({ to: '.', search: (now: Record<string, unknown>) => ({ ...now, tab: next }) });
  return (
    <div className="wf-page">
      <header className="wf-page-head audit-head">
        <h1>{t('title')}</h1>
        <div className="wf-tabs" role="tablist" aria-label={t('title')}>
          {tabs.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`audit-tab-${name}`}
              aria-selected={current === name}
              aria-controls="audit-panel"
              onClick={() => go(name)}
            >
              {t(`tab.${name}`)}
            </button>
          ))}
        </div>
      </header>
      <div className="wf-page-body" id="audit-panel" role="tabpanel" aria-labelledby={`audit-tab-${current}`}>
        {current === 'log' ? <Log /> : current === 'access' ? <Explain /> : <Usage every={auditor} />}
      </div>
    </div>
  );
}
