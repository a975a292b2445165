import { IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ShareRequest } from '../../api/types';
import { usePick, useTranslation } from '../../i18n';
import { useFormat } from '../../i18n/format';
import { StandingChip } from '../parts';

/** What was sent, each with its number and the day its answer is due. */
export function Done({ requests, onClose }: { requests: ShareRequest[]; onClose: () => void }) {
  const { t } = useTranslation('requests');
  const pick = usePick();
  const { day } = useFormat();
  return (
    <div className="wf-done" role="status">
      <div className="row">
        <IconCircleCheck size={24} aria-hidden className="t-ok" />
        <h2>{t('drawer.doneTitle')}</h2>
      </div>
      <ul className="wf-plain">
        {requests.map((r) => (
          <li key={r.id} className="wf-done-item">
            <div className="row between">
              <span className="bb">{pick(r.layer, 'title')}</span>
              <StandingChip request={r} />
            </div>
            <div className="mono" data-testid="request-number">
              {r.number}
            </div>
            <div className="mut">
              {r.status === 'granted'
                ? t('drawer.doneGranted')
                : r.clock && t('drawer.doneDue', { day: day(r.clock.due), owner: pick(r.layer.owner, 'title') })}
            </div>
          </li>
        ))}
      </ul>
      <div className="row">
        <Link className="btn p" to="/requests" search={{ id: requests[0]?.id }}>
          {t('drawer.toRequests')}
        </Link>
        <button type="button" className="btn" onClick={onClose}>
          {t('close')}
        </button>
      </div>
    </div>
  );
}
