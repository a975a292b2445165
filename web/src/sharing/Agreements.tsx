import { MultiSelect, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useCollections } from '../api/queries';
import { useAgreementStep, useAgreements } from '../api/sharing';
import type { Agreement } from '../api/types';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Confirm } from '../requests/Confirm';
import { Chip, Failed, Waiting } from '../requests/parts';
import { Content } from './Content';
import { contentOf, type Draft, defaultFields, draftLacks, freshDraft } from './draft';
import './sharing.css';
import './words';

const TONE = { unsigned: 'warn', unconfirmed: 'warn', in_force: 'ok', review_due: 'bad', ended: 'plain' } as const;

/** Agreements the reader is a party to or answers for, with what they may do about each. */
export function Agreements() {
  const { t } = useTranslation('sharing');
  const pick = usePick();
  const { date, time } = useFormat();
  const all = useAgreements();
  const [step, setStep] = useState<{ agreement: Agreement; what: Agreement['can'][number] } | null>(null);
  return (
    <section className="share-agreements" aria-labelledby="share-agreements">
      <h2 id="share-agreements">{t('agreements.title')}</h2>
      {all.isPending && <Waiting />}
      {all.isError && <Failed error={all.error} retry={() => void all.refetch()} />}
      {all.isSuccess && all.data.length === 0 && <p className="mut">{t('agreements.none')}</p>}
      {all.data?.map((a) => (
        <article key={a.id} className="card share-agreement" aria-label={a.title}>
          <div className="row wrap between">
            <div className="row wrap g2">
              <h3>{a.title}</h3>
              <Chip>{t(`share.kinds.${a.kind}`)}</Chip>
              <Chip tone={TONE[a.status]}>{t(`agreements.status.${a.status}`)}</Chip>
            </div>
            <div className="row g1 wrap">
              {a.can.map((what) => (
                <button
                  key={what}
                  type="button"
                  className={`btn s ${what === 'end' ? 'bad' : 'o'}`}
                  aria-label={`${t(`agreements.${what}`)} ${a.title}`}
                  onClick={() => setStep({ agreement: a, what })}
                >
                  {t(`agreements.${what}`)}
                </button>
              ))}
            </div>
          </div>
          <div className="mut">
            {a.partyB
              ? t('agreements.parties', { a: pick(a.partyA, 'title'), b: pick(a.partyB, 'title') })
              : t('agreements.from', { a: pick(a.partyA, 'title') })}
            {' · '}
            {date(a.madeAt)}
            {a.status === 'unconfirmed' && ` · ${t('agreements.confirmBy', { time: time(a.confirmBy!) })}`}
            {a.confirmedBy && ` · ${t('agreements.confirmed', { name: a.confirmedBy, time: time(a.confirmedAt!) })}`}
            {a.reviewDue && !a.reviewedAt && ` · ${t('agreements.reviewDue', { day: a.reviewDue })}`}
          </div>
          <div>{a.reason}</div>
          {a.grants.length > 0 && (
            <ul className="share-given sm">
              {a.grants.map((g) => (
                <li key={g.id}>
                  {pick(g.layer, 'title')} → {pick(g.subject, 'title')}
                </li>
              ))}
            </ul>
          )}
          {a.reviewedAt && (
            <div className="sm mut">
              {t('agreements.reviewed', { name: a.reviewedBy ?? '', time: time(a.reviewedAt), text: a.review ?? '' })}
            </div>
          )}
        </article>
      ))}
      {step && step.what === 'sign' && <Sign agreement={step.agreement} onClose={() => setStep(null)} />}
      {step && step.what !== 'sign' && <Say agreement={step.agreement} what={step.what} onClose={() => setStep(null)} />}
    </section>
  );
}

/** Review and end take a text; who confirms only stands by it. */
function Say({ agreement, what, onClose }: { agreement: Agreement; what: 'confirm' | 'review' | 'end'; onClose: () => void }) {
  const { t } = useTranslation('sharing');
  const act = useAgreementStep();
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string>();
  const send = () => {
    const said = text.trim();
    if (said === '' && what !== 'confirm') return setFault(t('agreements.needed'));
    const body = { confirm: {}, review: { text: said }, end: { reason: said } }[what];
    act.mutate(
      { id: agreement.id, step: what, body },
      {
        onSuccess: () => {
          toast({ text: t('agreements.done', { title: agreement.title }) });
          onClose();
        },
        onError: (error) => setFault(error.message),
      },
    );
  };
  return (
    <Confirm
      title={t(`agreements.${what}Title`)}
      yes={t(`agreements.${what}`)}
      danger={what === 'end'}
      busy={act.isPending}
      onYes={send}
      onClose={onClose}
    >
      <p>{t(`agreements.${what}Text`)}</p>
      {what === 'confirm' ? (
        fault && (
          <div className="tip bad" role="alert">
            {fault}
          </div>
        )
      ) : (
        <Textarea
          mt="sm"
          label={t(what === 'review' ? 'agreements.reviewField' : 'agreements.reason')}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          error={fault}
          autosize
          minRows={2}
          maxLength={2000}
          data-autofocus
        />
      )}
    </Confirm>
  );
}

/** The other side of a pair says what it gives. */
function Sign({ agreement, onClose }: { agreement: Agreement; onClose: () => void }) {
  const { t } = useTranslation('sharing');
  const pick = usePick();
  const { data: collections = [] } = useCollections();
  const act = useAgreementStep();
  const [draft, setDraft] = useState<Draft>(() => ({
    ...freshDraft(),
    kind: 'pair',
    subject: { kind: 'organisation', id: agreement.partyA.id },
    reason: agreement.reason,
  }));
  const [told, setTold] = useState(false);
  const [fault, setFault] = useState<string>();
  const own = collections.filter((c) => c.yutu.access.source === 'own' && c.yutu.sharing.class !== 'withheld');
  const one = draft.layers.length === 1 ? own.find((c) => c.id === draft.layers[0]) : undefined;
  const lacking = told ? draftLacks(draft) : [];
  const send = () => {
    setTold(true);
    if (draftLacks(draft).length > 0) return;
    act.mutate(
      { id: agreement.id, step: 'sign', body: { layers: draft.layers, ...contentOf(draft) } },
      {
        onSuccess: () => {
          toast({ text: t('agreements.done', { title: agreement.title }) });
          onClose();
        },
        onError: (error) => setFault(error.message),
      },
    );
  };
  return (
    <Confirm title={t('agreements.signTitle')} yes={t('agreements.sign')} busy={act.isPending} onYes={send} onClose={onClose}>
      <div className="share-block">
        <p>{t('agreements.signText')}</p>
        <MultiSelect
          label={t('share.layers')}
          data={own.map((c) => ({ value: c.id, label: pick(c.yutu, 'title') }))}
          value={draft.layers}
          onChange={(layers) => {
            const layer = layers.length === 1 ? own.find((c) => c.id === layers[0]) : undefined;
            setDraft((now) => ({ ...now, layers, ...(layer ? { fields: defaultFields(layer), rows: null } : {}) }));
          }}
          searchable
          hidePickedOptions
          openOnFocus={false}
          error={lacking.includes('layers') ? t('share.lack.layers') : undefined}
        />
        <Content draft={draft} onDraft={(part) => setDraft((now) => ({ ...now, ...part }))} layer={one} lacking={lacking} />
        {fault && (
          <div className="tip bad" role="alert">
            {fault}
          </div>
        )}
      </div>
    </Confirm>
  );
}
