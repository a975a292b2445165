import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from '../i18n';

interface Props {
  title: string;
  yes: string;
  danger?: boolean;
  busy: boolean;
  onYes: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** Asked once before something final. */
export function Confirm({ title, yes, danger, busy, onYes, onClose, children }: Props) {
  const { t } = useTranslation('requests');
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      {children}
      <div className="row wf-confirm">
        <button type="button" className="btn" onClick={onClose}>
          {t('cancel')}
        </button>
        <button
          type="button"
          className={danger ? 'btn bad' : 'btn p'}
          aria-busy={busy || undefined}
          onClick={() => !busy && onYes()}
        >
          {yes}
        </button>
      </div>
    </Modal>
  );
}
