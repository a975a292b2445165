import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useInstance, useUpdateRequest } from '../api/queries';
import type { ShareRequest } from '../api/types';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Confirm } from './Confirm';
import { clockFace } from './clock';
import { difference } from './diff';
import { GrantCard } from './GrantCard';
import { OfferTable } from './OfferTable';
import { ClassMark, ClockWords, StandingChip } from './parts';
import { groupOf, standing } from './status';
import { Timeline } from './Timeline';
import './answer.css';

/** One of my requests: what was asked beside what was given, what can be done now, and how it went. */
export function RequestDetail({ request, onBack }: { request: ShareRequest; onBack: () => void }) {
  const { t } = useTranslation('requests');
  const pick = usePick();
  const at = standing(request);
  const narrowed = request.grant ? difference(request, request.grant).count : 0;
  return (
    <>
      <header className="wf-detail-head">
        <div>
          <button type="button" className="btn g s wf-back" onClick={onBack}>
            <IconArrowLeft size={16} aria-hidden />
            {t('back')}
          </button>
          <div className="row wrap">
            <h1>{pick(request.layer, 'title')}</h1>
            <StandingChip request={request} />
            <ClassMark of={request.layer.class} />
          </div>
          <div className="mut">
            {pick(request.layer.owner, 'title')} · <span className="mono">{request.number}</span>
            {request.matter && ` · ${t('mine.matter', { matter: pick(request.matter, 'title') })}`}
          </div>
        </div>
        <Due request={request} />
      </header>
      <div className="wf-detail-body">
        <div className="wf-offer">
          <section className="card">
            <div className="wf-card-pad">
              <h2>{t(`detail.head.${at}`)}</h2>
              <div className="mut">{t(`detail.sub.${at}`, { count: narrowed })}</div>
            </div>
            <OfferTable request={request} />
            <Answer request={request} />
            <Steps request={request} />
          </section>
          {request.grant && <GrantCard grant={request.grant} layer={request.layer.id} byName={request.decision?.byName} />}
        </div>
        <div className="wf-aside">
          <Timeline request={request} />
          {(request.purpose || request.necessity) && (
            <section className="card wf-card-pad">
              <dl className="dl">
                {request.purpose && (
                  <>
                    <dt>{t('detail.purpose')}</dt>
                    <dd>{request.purpose}</dd>
                  </>
                )}
                {request.necessity && (
                  <>
                    <dt>{t('detail.necessity')}</dt>
                    <dd>{request.necessity}</dd>
                  </>
                )}
              </dl>
            </section>
          )}
        </div>
      </div>
    </>
  );
}

function Due({ request }: { request: ShareRequest }) {
  const { t } = useTranslation('requests');
  const { day } = useFormat();
  const { clock } = request;
  if (!clock || (groupOf(request) !== 'theirs' && request.status !== 'correction')) return null;
  return (
    <div className="num">
      <div className="wf-item-title bb">
        <ClockWords clock={clock} />
      </div>
      <div className="sm mut">
        {clockFace(clock).tone === 'paused' ? t('mine.duePaused') : t('mine.dueBy', { day: day(clock.due) })}
      </div>
    </div>
  );
}

/** Who answered, when, with which reason. */
function Answer({ request: { decision } }: { request: ShareRequest }) {
  const { t } = useTranslation('requests');
  const { time } = useFormat();
  const pick = usePick();
  const { data: instance } = useInstance();
  if (!decision) return null;
  const coded = instance?.refusalReasons.find((r) => r.code === decision.reasonCode);
  return (
    <div className="wf-card-foot row top">
      <span className="wf-avatar" aria-hidden="true">
        {decision.byName.slice(0, 1)}
      </span>
      <div>
        <div>
          <span className="b">{decision.byName}</span>{' '}
          <span className="mut">{t('detail.steward', { time: time(decision.at) })}</span>
        </div>
        {decision.reasonCode && (
          <div className="b">{t('detail.reason', { code: decision.reasonCode, title: coded ? pick(coded, 'title') : '' })}</div>
        )}
        {decision.reason && <div className="wf-reason">{decision.reason}</div>}
      </div>
    </div>
  );
}

/** What the applicant may do now. */
function Steps({ request }: { request: ShareRequest }) {
  const { t } = useTranslation('requests');
  const navigate = useNavigate();
  const update = useUpdateRequest();
  const [asking, setAsking] = useState(false);
  const at = standing(request);
  const open = (edit: string | undefined) =>
    void navigate({ to: '.', search: (now: Record<string, unknown>) => ({ ...now, request: request.layer.id, edit }) });
  const withdraw = () =>
    update.mutate(
      { id: request.id, status: 'withdrawn' },
      {
        onSuccess: () => {
          setAsking(false);
          toast({ text: t('detail.withdrawn'), detail: request.number });
        },
        onError: (error) => toast({ text: error.message, tone: 'bad' }),
      },
    );
  const edit = request.can.includes('edit');
  const gone = at === 'expired' || at === 'revoked' || at === 'refused' || at === 'withdrawn';
  if (!edit && !request.can.includes('withdraw') && !gone) return null;
  return (
    <div className="wf-card-foot row wrap">
      {edit && (
        <button type="button" className={at === 'waiting' || at === 'late' ? 'btn' : 'btn p'} onClick={() => open(request.id)}>
          {t(at === 'draft' ? 'detail.continue' : at === 'correction' ? 'detail.correct' : 'detail.edit')}
        </button>
      )}
      {gone && request.layer.class !== 'withheld' && (
        <button type="button" className="btn o" onClick={() => open(undefined)}>
          {t('detail.again')}
        </button>
      )}
      {request.can.includes('withdraw') && (
        <button type="button" className="btn" onClick={() => setAsking(true)}>
          {t('detail.withdraw')}
        </button>
      )}
      {at === 'refused' && (
        <Link className="btn g" to="/catalogue/$layer" params={{ layer: request.layer.id }}>
          {t('grant.layerPage')}
        </Link>
      )}
      {asking && (
        <Confirm
          title={t('detail.withdraw')}
          yes={t('detail.withdraw')}
          danger
          busy={update.isPending}
          onYes={withdraw}
          onClose={() => setAsking(false)}
        >
          <p>{t('detail.withdrawAsk')}</p>
        </Confirm>
      )}
    </div>
  );
}
