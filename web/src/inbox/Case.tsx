import { IconArrowLeft } from '@tabler/icons-react';
import { useState } from 'react';
import type { ShareRequest } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { ClassMark, StandingChip } from '../requests/parts';
import { AreaEvidence } from './AreaEvidence';
import { Checks } from './Checks';
import { DecisionPanel } from './DecisionPanel';
import { type Answer, freshAnswer } from './decision';
import { FieldsEvidence } from './FieldsEvidence';
import { Precedents } from './Precedents';

/** One request before its steward: the evidence in the middle, the decision beside it. Both work on the same answer. */
export function Case({ request, onDone }: { request: ShareRequest; onDone: () => void }) {
  const { t } = useTranslation('inbox');
  const { t: r } = useTranslation('requests');
  const pick = usePick();
  const { day } = useFormat();
  const [answer, setAnswer] = useState<Answer>(() => freshAnswer(request));
  const may = request.can.includes('decide');
  const { applicant, clock, matter } = request;
  const when = [
    request.submittedAt && t('received', { day: day(request.submittedAt) }),
    clock && (clock.paused ? t('paused') : t('due', { day: day(clock.due) })),
  ].filter(Boolean);

  return (
    <div className="inbox-case">
      <section className="inbox-evidence" aria-label={pick(request.layer, 'title')}>
        <header>
          <button type="button" className="btn g s wf-back" onClick={onDone}>
            <IconArrowLeft size={16} aria-hidden />
            {r('back')}
          </button>
          <div className="row wrap">
            <h2 className="inbox-title">{pick(request.layer, 'title')}</h2>
            <ClassMark of={request.layer.class} />
            {request.status !== 'submitted' && <StandingChip request={request} />}
          </div>
          <div className="mut">
            {pick(applicant.organisation, 'title')} {pick(applicant, 'name')} · <span className="mono">{request.number}</span>
            {when.length > 0 && ` · ${when.join(r('clause'))}`}
          </div>
        </header>
        <div className="tip inbox-purpose">
          {matter && (
            <div>
              <span className="b">{pick(matter, 'title')}</span> <span className="mut mono">{matter.code}</span>
            </div>
          )}
          {request.purpose && <div className="mut wf-reason">{request.purpose}</div>}
          {request.necessity && (
            <div className="mut wf-reason">
              <span className="b">{r('detail.necessity')}</span> {request.necessity}
            </div>
          )}
        </div>
        <div className="inbox-facts">
          <Checks request={request} />
          <AreaEvidence request={request} answer={answer} onAnswer={may ? setAnswer : undefined} />
        </div>
        <FieldsEvidence request={request} answer={answer} onAnswer={may ? setAnswer : undefined} />
        <Precedents precedents={request.precedents ?? []} />
      </section>
      <DecisionPanel request={request} answer={answer} onAnswer={setAnswer} onDone={onDone} />
    </div>
  );
}
