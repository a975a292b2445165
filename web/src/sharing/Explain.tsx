import { Select } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useCollections, useSession } from '../api/queries';
import { useExplanation } from '../api/sharing';
import type { Collection, Explanation, Subject } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Chip, Failed, useActionWords, useList, Waiting } from '../requests/parts';
import { useTermsWords } from '../requests/terms/useTermsWords';
import { Previewed } from './PreviewAs';
import { SubjectPicker } from './SubjectPicker';
import { isWhole, readSubject, subjectKey } from './subject';
import './sharing.css';
import './words';

/** Who sees what of a layer and on what ground: its steward asks of their own layers, auditors and security administrators of any. */
export function Explain() {
  const { t } = useTranslation('sharing');
  const pick = usePick();
  const navigate = useNavigate();
  const { data: session } = useSession();
  const { layer: id, caller } = useSearch({ strict: false }) as { layer?: string; caller?: string };
  const { data: collections = [] } = useCollections();
  const roles = session?.user?.roles ?? [];
  const every = roles.includes('auditor') || roles.includes('security');
  const layers = collections.filter((c) => every || c.yutu.access.source === 'own');
  const layer = layers.find((c) => c.id === id);
  const [subject, setSubject] = useState<Subject>(() => readSubject(caller) ?? { kind: 'organisation' });
  const go = (part: Record<string, string | undefined>) =>
    void navigate({ to: '.', search: (now: Record<string, string | undefined>) => ({ ...now, ...part }), replace: true });
  const key = isWhole(subject) ? subjectKey(subject) : undefined;

  return (
    <div className="share-explain">
      <div className="row between wrap">
        <p className="mut">{t('explain.lead')}</p>
        <Link className="btn o" to="/compare" search={layer ? { layer: layer.id } : {}}>
          {t('explain.compare')}
        </Link>
      </div>
      <div className="card share-asks">
        <Select
          label={t('explain.layer')}
          placeholder={t('explain.pick')}
          data={layers.map((c) => ({ value: c.id, label: pick(c.yutu, 'title') }))}
          value={layer?.id ?? null}
          onChange={(next) => go({ layer: next ?? undefined })}
          searchable
          openOnFocus={false}
          nothingFoundMessage={t('subject.none')}
        />
        <SubjectPicker
          subject={subject}
          onSubject={(next) => {
            setSubject(next);
            go({ caller: isWhole(next) ? subjectKey(next) : undefined });
          }}
        />
      </div>
      {layer && key && <Answer key={`${layer.id} ${key}`} layer={layer} caller={key} />}
    </div>
  );
}

function Answer({ layer, caller }: { layer: Collection; caller: string }) {
  const { t } = useTranslation('sharing');
  const pick = usePick();
  const one = useExplanation(layer.id, caller);
  if (one.isPending) return <Waiting />;
  if (one.isError) return <Failed error={one.error} retry={() => void one.refetch()} />;
  const { data } = one;
  return (
    <div className="share-answer">
      <div className="share-reasons">
        <h2>{pick(data.caller, 'title')}</h2>
        <p className="share-sentence" data-testid="explain-sentence">
          {pick(data, 'sentence')}
        </p>
        {data.paused && <div className="tip warn">{t('explain.paused')}</div>}
        {data.views.map((view, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: views have no name of their own; they come in canonical order
          <View key={i} view={view} />
        ))}
        {data.hidden.length > 0 && data.views.length > 0 && <Hidden hidden={data.hidden} />}
      </div>
      <div className="share-side">
        <h2>{t('explain.map')}</h2>
        {layer.yutu.access.source === 'own' ? (
          <Previewed wish={{ layer: layer.id, as: caller }} />
        ) : (
          <p className="mut">{t('explain.mapSteward')}</p>
        )}
      </div>
    </div>
  );
}

function Hidden({ hidden }: { hidden: Explanation['hidden'] }) {
  const { t } = useTranslation('sharing');
  const pick = usePick();
  const list = useList();
  return (
    <p>
      <span className="b">{t('explain.hidden')}</span> <span className="mut">{list(hidden.map((h) => pick(h, 'title')))}</span>
    </p>
  );
}

/** One ground on which something is seen: its sentence, then each part in a line. */
function View({ view }: { view: Explanation['views'][number] }) {
  const { t } = useTranslation('sharing');
  const { t: r } = useTranslation('requests');
  const pick = usePick();
  const list = useList();
  const actions = useActionWords();
  const words = useTermsWords();
  const { time } = useFormat();
  const area = pick(view, 'area');
  const fields = view.fields.map((f) =>
    f.form === 'value' ? pick(f, 'title') : r('within', { what: pick(f, 'title'), detail: r(`form.${f.form}`) }),
  );
  return (
    <section className="card share-view">
      <div className="row wrap g2">
        <Chip tone="acc">{t(`explain.why.${view.source}`, { defaultValue: t('explain.why.rule') })}</Chip>
        {view.until && <span className="sm mut">{r('detail.until', { day: view.until.slice(0, 10) })}</span>}
      </div>
      <p>{pick(view, 'sentence')}</p>
      <dl className="dl sm">
        <dt>{t('explain.actions')}</dt>
        <dd>{actions(view.actions)}</dd>
        <dt>{t('explain.fields')}</dt>
        <dd>{list(fields)}</dd>
        <dt>{t('explain.rows')}</dt>
        <dd className={view.rows ? 'mono' : undefined}>{view.rows ?? t('explain.everything')}</dd>
        <dt>{t('explain.area')}</dt>
        <dd>{area || r('area.everywhere')}</dd>
        <dt>{t('explain.precision')}</dt>
        <dd>{words.precision(view.precision)}</dd>
        <dt>{t('explain.depth')}</dt>
        <dd>{words.depth(view.maxZoom)}</dd>
      </dl>
      {view.grant && (
        <p className="sm mut">
          {t('explain.by', { name: pick(view.grant, 'byName'), time: time(view.grant.at) })}
          {view.grant.reason && ` · ${view.grant.reason}`}
          {view.request && (
            <>
              {' · '}
              <Link to="/inbox" search={{ id: view.request.id }}>
                {t('explain.request', { number: view.request.number })}
              </Link>
            </>
          )}
        </p>
      )}
    </section>
  );
}
