import type { UseMutationResult } from '@tanstack/react-query';
import { toast } from '../app/toast';
import { useTranslation } from '../i18n';
import { Confirm } from '../requests/Confirm';

interface Props {
  id: string;
  /** As people know it. */
  name: string;
  /** What is ended: its words are under this name. */
  kind: 'key' | 'certificate' | 'embed' | 'signed';
  revoke: UseMutationResult<void, Error, string>;
  onClose: () => void;
}

/** Asked before a credential is ended for good. */
export function Ending({ id, name, kind, revoke, onClose }: Props) {
  const { t } = useTranslation('keys');
  const send = () =>
    revoke.mutate(id, {
      onSuccess: () => {
        toast({ text: t('revokedToast', { name }) });
        onClose();
      },
    });
  return (
    <Confirm title={t(`end.${kind}.title`)} yes={t('revoke')} danger busy={revoke.isPending} onYes={send} onClose={onClose}>
      <p>{t(`end.${kind}.text`, { name })}</p>
      {revoke.isError && <p className="t-bad">{revoke.error.message}</p>}
    </Confirm>
  );
}
