import type { AccountMade } from '../api/accounts';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { CopyButton } from '../keys/Copy';

/** The link by which a person sets a password, this once. */
export function ResetLink({ made, onClose }: { made: AccountMade & { of?: 'factor' }; onClose: () => void }) {
  const { t } = useTranslation('accounts');
  const pick = usePick();
  const { time } = useFormat();
  if (!made.reset) return null;
  const factor = made.of === 'factor';
  const link = factor ? made.reset.token : `${location.origin}/reset#${made.reset.token}`;
  return (
    <section className="tip warn accounts-form" role="alert" aria-label={t(factor ? 'tokenTitle' : 'linkTitle')}>
      <div>
        <div className="b">{t(factor ? 'tokenTitle' : 'linkTitle')}</div>
        <div className="mut">
          {t(factor ? 'tokenText' : 'linkText', { name: pick(made.account, 'name'), until: time(made.reset.until) })}
        </div>
      </div>
      <div className="row wrap">
        <code className="code accounts-link" data-testid="reset-link">
          {link}
        </code>
        <CopyButton text={link} what={t('link')} />
        <button type="button" className="btn s" onClick={onClose}>
          {t('done')}
        </button>
      </div>
    </section>
  );
}
