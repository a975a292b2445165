import { useTranslation } from '../i18n';
import type { Lack, Outcome } from './decision';

/** What the answer still lacks, in words. */
export function Lacking({ lack, outcome }: { lack: Lack; outcome: Outcome | null }) {
  const { t } = useTranslation('inbox');
  return (
    <div className="sm t-bad" role="alert">
      {t(lack === 'reason' ? `decision.lack.reason.${outcome}` : `decision.lack.${lack}`)}
    </div>
  );
}
