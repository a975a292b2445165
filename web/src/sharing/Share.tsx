import { MultiSelect, Textarea, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useCollections } from '../api/queries';
import { useShare } from '../api/sharing';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { Empty, Waiting } from '../requests/parts';
import { Content } from './Content';
import {
  contentOf,
  type Draft,
  type DraftLack,
  defaultFields,
  draftLacks,
  fitting,
  freshDraft,
  SHARE_KINDS,
  toShare,
  withKind,
} from './draft';
import { PreviewAs } from './PreviewAs';
import { SubjectPicker } from './SubjectPicker';
import { isWhole, subjectKey } from './subject';
import './sharing.css';
import './words';

/** Sharing that nobody had to ask for: what, to whom, how much, why. */
export function Share({ tabs }: { tabs: React.ReactNode }) {
  const { t } = useTranslation('sharing');
  const pick = usePick();
  const list = useCollections();
  const share = useShare();
  const [draft, setDraft] = useState<Draft>(freshDraft);
  const [told, setTold] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const own = useMemo(
    () => (list.data ?? []).filter((c) => c.yutu.access.source === 'own' && c.yutu.sharing.class !== 'withheld'),
    [list.data],
  );
  const one = draft.layers.length === 1 ? own.find((c) => c.id === draft.layers[0]) : undefined;
  const lacking: DraftLack[] = told ? draftLacks(draft) : [];
  const change = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }));
  const choose = (layers: string[]) => {
    const layer = layers.length === 1 ? own.find((c) => c.id === layers[0]) : undefined;
    // another single layer brings its own fields, and another's condition means nothing to it
    change({ layers, ...(layer && layer.id !== one?.id ? { fields: defaultFields(layer), rows: null } : {}) });
  };

  const submit = () => {
    setFailure(null);
    setTold(true);
    const missing = draftLacks(draft);
    if (missing[0]) return document.getElementById(`share-${missing[0]}`)?.focus();
    share.mutate(toShare(draft), {
      onSuccess: ({ grants }) => {
        toast({ text: draft.kind === 'pair' ? t('share.donePair') : t('share.done', { count: grants.length }) });
        setDraft(freshDraft());
        setTold(false);
      },
      onError: (error) => setFailure(error.message),
    });
  };

  return (
    <div className="wf-page">
      <header className="wf-page-head inbox-grants-head">
        <h1>{t('share.title')}</h1>
        {tabs}
      </header>
      <div className="wf-page-body share-page">
        <p className="mut">{t('share.lead')}</p>
        {list.isPending && <Waiting />}
        {list.isSuccess && own.length === 0 && <Empty title={t('share.none')} />}
        {own.length > 0 && (
          <form
            className="share-form"
            aria-label={t('share.title')}
            onSubmit={(e) => {
              e.preventDefault();
              submit();
            }}
          >
            <section className="card share-block">
              <h2>{t('share.what')}</h2>
              <fieldset className="share-kinds">
                <legend className="share-label">{t('share.kind')}</legend>
                {SHARE_KINDS.map((kind) => (
                  <label key={kind} className={`share-kind ${draft.kind === kind ? 'on' : ''}`}>
                    <input
                      type="radio"
                      className="wf-radio"
                      name="kind"
                      checked={draft.kind === kind}
                      onChange={() => setDraft((now) => withKind(now, kind))}
                    />
                    <span>
                      <span className="b wf-block">{t(`share.kinds.${kind}`)}</span>
                      <span className="sm mut wf-block">{t(`share.kindText.${kind}`)}</span>
                    </span>
                  </label>
                ))}
              </fieldset>
              <MultiSelect
                id="share-layers"
                label={t('share.layers')}
                placeholder={draft.layers.length === 0 ? t('share.layersPick') : undefined}
                data={fitting(draft.kind, own).map((c) => ({ value: c.id, label: pick(c.yutu, 'title') }))}
                value={draft.layers}
                onChange={choose}
                searchable
                hidePickedOptions
                openOnFocus={false}
                nothingFoundMessage={t('subject.none')}
                error={lacking.includes('layers') ? t('share.lack.layers') : undefined}
              />
              <h2>{t('share.whom')}</h2>
              <div id="share-subject" tabIndex={-1}>
                <SubjectPicker
                  subject={draft.subject}
                  onSubject={(subject) => change({ subject })}
                  {...(draft.kind === 'pair' ? { kinds: ['organisation'] } : {})}
                  {...(lacking.includes('subject') ? { error: t('share.lack.subject') } : {})}
                />
              </div>
            </section>
            <section className="card share-block">
              <h2>{t('share.how')}</h2>
              <Content draft={draft} onDraft={change} layer={one} lacking={lacking} />
            </section>
            <section className="card share-block">
              {draft.kind !== 'single' && (
                <TextInput
                  label={t('share.titleField')}
                  value={draft.title}
                  onChange={(e) => change({ title: e.currentTarget.value })}
                  maxLength={120}
                />
              )}
              <Textarea
                id="share-reason"
                label={t('share.reason')}
                description={t('share.reasonHint')}
                value={draft.reason}
                onChange={(e) => change({ reason: e.currentTarget.value })}
                autosize
                minRows={2}
                maxLength={2000}
                error={lacking.includes('reason') ? t('share.lack.reason') : undefined}
              />
              {failure && (
                <div className="tip bad" role="alert">
                  {failure}
                </div>
              )}
              <div className="row g2 wrap">
                <button type="submit" className="btn p" aria-busy={share.isPending || undefined} disabled={share.isPending}>
                  {t(draft.kind === 'pair' ? 'share.submitPair' : 'share.submit')}
                </button>
                {one && isWhole(draft.subject) && (
                  <PreviewAs wish={{ layer: one.id, as: subjectKey(draft.subject), grant: contentOf(draft) }} />
                )}
              </div>
            </section>
          </form>
        )}
      </div>
    </div>
  );
}
