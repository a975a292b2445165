import { NumberInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useAnswerExtension, useAskExtension } from '../api/queries';
import type { ShareRequest } from '../api/types';
import { toast } from '../app/toast';
import { useTranslation } from '../i18n';

const MOST = 10;

/** More time to answer: asked for by the owner, answered for the data authority, and how it stands. */
export function Extension({ request }: { request: ShareRequest }) {
  const { t } = useTranslation('inbox');
  const { extension, can } = request;
  if (can.includes('answer_extension')) return <AnswerExtension request={request} />;
  return (
    <>
      {extension && (
        <p className={extension.agreed === false ? 'tip warn' : 'tip'}>
          {extension.agreed === null
            ? t('extension.asked', { count: extension.days, reason: extension.reason })
            : extension.agreed
              ? t('extension.agreed', { count: extension.days })
              : t('extension.declined', { reason: extension.answer ?? '' })}
        </p>
      )}
      {can.includes('extend') && <AskExtension request={request} />}
    </>
  );
}

function AskExtension({ request }: { request: ShareRequest }) {
  const { t } = useTranslation('inbox');
  const ask = useAskExtension();
  const [open, setOpen] = useState(false);
  const [days, setDays] = useState<number | string>(5);
  const [reason, setReason] = useState('');
  const [told, setTold] = useState(false);
  const right = typeof days === 'number' && days >= 1 && days <= MOST && reason.trim() !== '';
  if (!open)
    return (
      <button type="button" className="link" onClick={() => setOpen(true)}>
        {t('extension.ask')}
      </button>
    );
  const send = () => {
    setTold(!right);
    if (right)
      ask.mutate(
        { id: request.id, days: days as number, reason: reason.trim() },
        { onSuccess: () => toast({ text: t('extension.sent'), detail: request.number }) },
      );
  };
  return (
    <section className="card wf-card-pad" aria-label={t('extension.title')}>
      <h3>{t('extension.title')}</h3>
      <p className="sm mut">{t('extension.text')}</p>
      <NumberInput label={t('extension.days')} min={1} max={MOST} allowDecimal={false} value={days} onChange={setDays} />
      <Textarea
        label={t('extension.reason')}
        value={reason}
        onChange={(e) => setReason(e.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2000}
        error={told && !right ? t('extension.lack') : undefined}
      />
      {ask.error && (
        <p className="t-bad" role="alert">
          {ask.error.message}
        </p>
      )}
      <button type="button" className="btn" aria-busy={ask.isPending || undefined} onClick={send}>
        {t('extension.ask')}
      </button>
    </section>
  );
}

function AnswerExtension({ request }: { request: ShareRequest }) {
  const { t } = useTranslation('inbox');
  const answer = useAnswerExtension();
  const [reason, setReason] = useState('');
  const [told, setTold] = useState(false);
  const { days, reason: why } = request.extension!;
  const send = (agreed: boolean) => {
    const lacks = !agreed && reason.trim() === '';
    setTold(lacks);
    if (lacks) return;
    const said = reason.trim() ? { reason: reason.trim() } : {};
    answer.mutate({ id: request.id, agreed, ...said }, { onSuccess: () => toast({ text: t('extension.answered') }) });
  };
  return (
    <section className="card wf-card-pad" aria-label={t('extension.title')}>
      <h3>{t('extension.title')}</h3>
      <p>{t('extension.yours', { count: days, reason: why })}</p>
      <Textarea
        label={t('extension.answer')}
        value={reason}
        onChange={(e) => setReason(e.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2000}
        error={told ? t('decision.lack.reason.refused') : undefined}
      />
      {answer.error && (
        <p className="t-bad" role="alert">
          {answer.error.message}
        </p>
      )}
      <div className="row">
        <button type="button" className="btn p" onClick={() => send(true)}>
          {t('extension.agree')}
        </button>
        <button type="button" className="btn" onClick={() => send(false)}>
          {t('extension.decline')}
        </button>
      </div>
    </section>
  );
}
