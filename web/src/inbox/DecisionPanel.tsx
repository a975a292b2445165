import { Select, Textarea } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/client';
import { useDecide, useInstance } from '../api/queries';
import type { ShareRequest } from '../api/types';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Confirm } from '../requests/Confirm';
import { ClockWords } from '../requests/parts';
import { type Answer, type Lack, lacks, OUTCOMES, type Outcome, toDecision } from './decision';
import { Extension } from './Extension';
import { Lacking } from './Lacking';
import { Narrowing } from './Narrowing';
import { Preview } from './Preview';

interface Props {
  request: ShareRequest;
  answer: Answer;
  onAnswer: (answer: Answer) => void;
  onDone: () => void;
}

/** Four answers, what each needs, and what the applicant will see. Confirmed once, then final. */
export function DecisionPanel({ request, answer, onAnswer, onDone }: Props) {
  const { t } = useTranslation('inbox');
  const decide = useDecide();
  const [told, setTold] = useState<Lack[]>([]);
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  // it was this steward's to answer when opened; when it no longer is, someone else was faster
  const [could] = useState(() => request.can.includes('decide'));
  // what the steward looked at; after a refusal that shows the change, what is shown now
  const seen = useRef(request.state);
  const [sent, setSent] = useState(false);
  const [beaten, setBeaten] = useState(false);
  const outcome = answer.outcome;
  const over = (request.checks ?? []).filter((c) => c.ok === false).length;
  const missing = lacks(answer, request);
  const shown = told.filter((l) => missing.includes(l));

  useEffect(() => {
    if (told[0]) document.getElementById(`decision-${told[0]}`)?.focus();
  }, [told]);

  if (!request.can.includes('decide')) return <Decided request={request} beaten={beaten || (could && !sent)} />;

  const submit = () => {
    setFailure(null);
    if (missing.length > 0) setTold([...missing]);
    else setAsking(true);
  };
  const send = () =>
    decide.mutate(
      { id: request.id, ...toDecision(answer), seen: seen.current ?? request.state },
      {
        onSuccess: () => {
          setSent(true);
          toast({ text: t('decision.sent', { number: request.number, outcome: t(`decision.${outcome}`) }) });
          onDone();
        },
        onError: (error) => {
          setAsking(false);
          if (error instanceof ApiError && error.code === 'already_decided') setBeaten(true);
          else {
            if (error instanceof ApiError && error.code === 'request_changed') seen.current = undefined;
            setFailure(error.message);
          }
        },
      },
    );

  return (
    <section className="inbox-decision" aria-label={t('decision.title')}>
      <div className="inbox-decision-body">
        <div>
          <h2>{t('decision.title')}</h2>
          {request.clock && (
            <div className="row g1">
              <IconClock size={14} aria-hidden className="dim" />
              <ClockWords clock={request.clock} />
            </div>
          )}
        </div>
        <Extension request={request} />
        {beaten && (
          <div className="tip warn" role="alert">
            {t('decision.beaten')}
          </div>
        )}
        <fieldset className="inbox-choices">
          <legend className="sr-only">{t('decision.choices')}</legend>
          {OUTCOMES.filter((o) => o !== 'correction' || request.can.includes('correct')).map((o, i) => (
            <Choice
              key={o}
              outcome={o}
              first={i === 0}
              request={request}
              answer={answer}
              onPick={() => onAnswer({ ...answer, outcome: o })}
            />
          ))}
        </fieldset>
        {shown.includes('outcome') && <Lacking lack="outcome" outcome={outcome} />}
        {outcome === 'narrower' && <Narrowing request={request} answer={answer} onAnswer={onAnswer} lacking={shown} />}
        {outcome === 'refused' && <ReasonCode answer={answer} onAnswer={onAnswer} lacking={shown.includes('reasonCode')} />}
        {outcome && (
          <div>
            <Textarea
              id="decision-reason"
              label={t(outcome === 'granted' && over > 0 ? 'decision.reason.generous' : `decision.reason.${outcome}`)}
              placeholder={t(`decision.placeholder.${outcome}`)}
              value={answer.reason}
              onChange={(e) => onAnswer({ ...answer, reason: e.currentTarget.value })}
              autosize
              minRows={2}
              maxRows={8}
              maxLength={2000}
              error={shown.includes('reason') ? t(`decision.lack.reason.${outcome}`) : undefined}
            />
          </div>
        )}
        {outcome && <Preview request={request} answer={answer} />}
        {failure && (
          <div className="tip bad" role="alert">
            {failure}
          </div>
        )}
      </div>
      <div className="inbox-decision-foot">
        <span className="sm mut grow">{t('decision.log')}</span>
        <button type="button" className="btn p" data-testid="decision-submit" onClick={submit}>
          {outcome ? t('decision.submit', { outcome: t(`decision.${outcome}`) }) : t('decision.submitNone')}
        </button>
      </div>
      {asking && outcome && (
        <Confirm
          title={t('decision.confirm', { outcome: t(`decision.${outcome}`) })}
          yes={t('decision.confirmYes')}
          busy={decide.isPending}
          onYes={send}
          onClose={() => setAsking(false)}
        >
          <p>{t('decision.confirmText')}</p>
        </Confirm>
      )}
    </section>
  );
}

function Choice({
  outcome,
  first,
  request,
  answer,
  onPick,
}: {
  outcome: Outcome;
  first: boolean;
  request: ShareRequest;
  answer: Answer;
  onPick: () => void;
}) {
  const { t } = useTranslation('inbox');
  const on = answer.outcome === outcome;
  const over = (request.checks ?? []).filter((c) => c.ok === false).length;
  const text = outcome === 'granted' && over > 0 ? t('decision.grantedOver', { count: over }) : t(`decision.${outcome}Text`);
  return (
    <label className={`inbox-choice ${on ? 'on' : ''}`}>
      <input
        type="radio"
        className="wf-radio"
        name="outcome"
        id={first ? 'decision-outcome' : undefined}
        checked={on}
        onChange={onPick}
        aria-describedby={`choice-${outcome}`}
        aria-label={t(`decision.${outcome}`)}
      />
      <span>
        <span className="b wf-block">{t(`decision.${outcome}`)}</span>
        <span className="sm mut wf-block" id={`choice-${outcome}`}>
          {text}
        </span>
      </span>
    </label>
  );
}

function ReasonCode({ answer, onAnswer, lacking }: { answer: Answer; onAnswer: (a: Answer) => void; lacking: boolean }) {
  const { t } = useTranslation('inbox');
  const pick = usePick();
  const { data: instance } = useInstance();
  return (
    <Select
      id="decision-reasonCode"
      label={t('decision.code')}
      placeholder={t('decision.codePick')}
      data={(instance?.refusalReasons ?? []).map((r) => ({ value: r.code, label: `${r.code} ${pick(r, 'title')}` }))}
      value={answer.reasonCode}
      onChange={(reasonCode) => onAnswer({ ...answer, reasonCode })}
      openOnFocus={false}
      error={lacking ? t('decision.lack.reasonCode') : undefined}
    />
  );
}

/** What is to be seen once the answer is given, by whomever. */
function Decided({ request, beaten }: { request: ShareRequest; beaten: boolean }) {
  const { t } = useTranslation('inbox');
  const { time } = useFormat();
  const { decision } = request;
  return (
    <section className="inbox-decision" aria-label={t('decision.title')}>
      <div className="inbox-decision-body">
        <h2>{t('decision.title')}</h2>
        {beaten && (
          <div className="tip warn" role="alert">
            {t('decision.beaten')}
          </div>
        )}
        {decision ? (
          <div className="tip">
            <div className="b">
              {t('decision.decidedBy', {
                name: decision.byName,
                time: time(decision.at),
                outcome: t(`decision.${decision.outcome}`),
              })}
            </div>
            {decision.reason && <div className="mut wf-reason">{decision.reason}</div>}
          </div>
        ) : (
          !request.can.includes('answer_extension') && <p className="mut">{t('decision.cannot')}</p>
        )}
        <Extension request={request} />
      </div>
    </section>
  );
}
