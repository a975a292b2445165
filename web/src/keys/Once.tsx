import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../i18n';
import { CopyButton } from './Copy';

interface Props {
  title: string;
  text: string;
  /** What is shown this once, and what it is. */
  value: string;
  what: string;
  onClose: () => void;
  children?: ReactNode;
}

/** A secret, this once. */
export function Once({ title, text, value, what, onClose, children }: Props) {
  const { t } = useTranslation('keys');
  return (
    <section className="tip warn keys-once" role="alert" aria-label={what}>
      <div className="row top">
        <IconAlertTriangle size={18} aria-hidden className="t-warn" />
        <div className="grow">
          <div className="b">{title}</div>
          <div className="mut">{text}</div>
        </div>
      </div>
      <div className="row wrap">
        <code className="code keys-value" data-testid="new-key-value">
          {value}
        </code>
        <CopyButton text={value} what={what} />
        <button type="button" className="btn s" onClick={onClose}>
          {t('done')}
        </button>
      </div>
      {children}
    </section>
  );
}
