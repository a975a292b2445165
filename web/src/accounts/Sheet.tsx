import type { Sheet as SheetOf } from '@yutu/contract';
import { useEffect } from 'react';
import { site } from '../app/base';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { CopyButton } from '../keys/Copy';

/** What is handed to a person: a link to set a password, or the code of a reset second factor. Shown and printed this once. */
export function Sheet({ sheet, onClose }: { sheet: SheetOf; onClose: () => void }) {
  const { t } = useTranslation('accounts');
  const pick = usePick();
  const { time } = useFormat();
  const value = sheet.what === 'password' ? `${site()}/reset#${sheet.token}` : sheet.token;
  // Printed, the page is the sheet alone.
  useEffect(() => {
    document.documentElement.classList.add('accounts-printing');
    return () => document.documentElement.classList.remove('accounts-printing');
  }, []);
  return (
    <section className="card wf-card-pad accounts-form accounts-sheet" aria-label={t('sheet.title')} data-testid="sheet">
      <div>
        <h2>{t('sheet.title')}</h2>
        <p className="mut accounts-screen" role="status">
          {t('sheet.once', { name: pick(sheet, 'name') })}
        </p>
      </div>
      <p>
        {t(`sheet.${sheet.what}`, { name: pick(sheet, 'name'), username: sheet.username, until: time(sheet.until) })}
        {sheet.what === 'factor' && ` ${t('sheet.address', { address: site() })}`}
      </p>
      <code className="code accounts-link" data-testid="sheet-value">
        {value}
      </code>
      <p className="mut">{t('sheet.warning')}</p>
      <div className="row wrap accounts-screen">
        <button type="button" className="btn p" onClick={() => window.print()}>
          {t('sheet.print')}
        </button>
        <CopyButton text={value} what={t('sheet.value')} />
        <button type="button" className="btn" onClick={onClose}>
          {t('sheet.done')}
        </button>
      </div>
    </section>
  );
}
