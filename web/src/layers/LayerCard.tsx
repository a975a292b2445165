import { IconLock, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { Collection } from '../api/types';
import { useStore } from '../app/store';
import { useOpener } from '../app/useOpener';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { SharingGlyph } from './Glyphs';
import { useAsk } from './request';
import { canEdit, canView } from './row-slot';
import { isOn, show, slots, toggle } from './slots';

/** The dialogs come with the widgets they are made of. */
const tool = <T,>(load: () => Promise<T>, pick: (module: T) => React.ComponentType<ToolProps>) =>
  lazy(async () => ({ default: pick((await Promise.all([load(), import('../theme/widgets')]))[0]) }));
interface ToolProps {
  layer: Collection;
  bbox: string | null;
  onClose: () => void;
}
const tools = {
  analyse: tool(
    () => import('../results/Overlay'),
    (m) => m.Overlay,
  ),
  verify: tool(
    () => import('../results/Verify'),
    (m) => m.Verify,
  ),
};

interface Props {
  layer: Collection;
  /** Box in view. */
  bbox: string | null;
  onClose: () => void;
  onZoomTo: () => void;
  /** Begins a new point of the layer; absent where that cannot be. */
  onAdd?: () => void;
}

/** What a layer is, whose it is and how to get it: all of it is open even when the features are not. */
export function LayerCard({ layer, bbox, onClose, onZoomTo, onAdd }: Props) {
  const { t } = useTranslation('layers');
  const pick = usePick();
  const format = useFormat();
  const ask = useAsk();
  const head = useRef<HTMLHeadingElement>(null);
  useOpener(() => document.querySelector<HTMLElement>(`[data-testid="layer-row-${layer.id}"]`));
  const on = isOn(useStore(slots), layer.id);
  const [used, setUsed] = useState<keyof typeof tools | null>(null);
  const Tool = used && tools[used];
  const { yutu } = layer;
  const open = canView(layer);
  const withheld = yutu.sharing.class === 'withheld' && !open;
  const waiting = yutu.request?.status === 'submitted' || yutu.request?.status === 'correction';

  // biome-ignore lint/correctness/useExhaustiveDependencies: another layer is another card
  useEffect(() => head.current?.focus(), [layer.id]);

  // The dialog stands beside the card: its Escape is not the card's.
  return (
    <>
      <section
        className="layer-card"
        aria-labelledby="layer-card-title"
        data-testid="layer-card"
        onKeyDown={(e) => {
          if (e.key !== 'Escape') return;
          e.stopPropagation();
          onClose();
        }}
      >
        <header className="pop-h">
          <div className="grow">
            <div className="sm mut">{pick(yutu.owner, 'title')}</div>
            <h2 id="layer-card-title" ref={head} tabIndex={-1}>
              {pick(yutu, 'title')}
            </h2>
          </div>
          <SharingGlyph sharing={yutu.sharing.class} disclosure={yutu.disclosure} full />
          <button type="button" className="ib s" aria-label={t('app:close')} onClick={onClose}>
            <IconX size={16} aria-hidden />
          </button>
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard */}
        <section className="layer-card-body" tabIndex={0} aria-label={t('card.label')}>
          <p className="mut">{pick(yutu, 'description')}</p>
          {withheld && (
            <div className="tip bad">
              <b className="b">{t('card.ground')}</b>
              <p>{pick(yutu.sharing, 'ground')}</p>
            </div>
          )}
          <dl className="dl">
            <dt>{t('card.right')}</dt>
            <dd>
              {t(`card.rightSource.${yutu.access.source}`)}
              {yutu.access.until && ` ${t('card.until', { day: format.day(yutu.access.until) })}`}
              {yutu.access.area && <div className="mut">{pick(yutu.access.area, 'label')}</div>}
            </dd>
            <dt>{t('card.updated')}</dt>
            <dd>
              {yutu.lastUpdate ?? '—'} <span className="dim">{t(`frequency.${yutu.updateFrequency}`)}</span>
              {yutu.overdueDays > 0 && <span className="t-bad b"> {t('late', { days: yutu.overdueDays })}</span>}
            </dd>
            <dt>{t('card.features')}</dt>
            <dd>
              {yutu.featureCount === null ? (
                <span className="dim">{t(withheld ? 'card.featuresWithheld' : 'card.featuresHidden')}</span>
              ) : (
                format.number(yutu.featureCount)
              )}
            </dd>
            <dt>{t('card.security')}</dt>
            <dd>{t(`card.securityLevel.${yutu.securityLevel}`)}</dd>
            {!open && !withheld && (
              <>
                <dt>{t('card.condition')}</dt>
                <dd>
                  {pick(yutu.policy, 'condition') || pick(yutu.sharing, 'ground') || t(`app:sharing.full.${yutu.sharing.class}`)}
                  {yutu.sharing.class === 'conditional' && (
                    <div className="dim">{t('card.answer', { days: yutu.policy.answerDays })}</div>
                  )}
                </dd>
              </>
            )}
            {yutu.sourceNote && (
              <>
                <dt>{t('card.source')}</dt>
                <dd className="mut">{yutu.sourceNote}</dd>
              </>
            )}
          </dl>
          <h3>
            {t('card.fields')} <span className="cnt">{yutu.fields.length}</span>
          </h3>
          <ul className="fields">
            {yutu.fields.map((field) => (
              <li key={field.name}>
                <span className="el">{pick(field, 'title')}</span>
                {field.unit && <span className="dim">{field.unit}</span>}
                {field.sensitivity === 'personal' && <span className="chip warn">{t('card.personal')}</span>}
                {field.form === 'code' && <span className="dim">{t('card.code')}</span>}
                {field.form === null && open && <IconLock size={14} className="dim" role="img" aria-label={t('card.hidden')} />}
              </li>
            ))}
          </ul>
        </section>
        <footer className="layer-card-f">
          {!open && !withheld && !waiting && (
            <button type="button" className="btn p" onClick={() => ask(layer)}>
              {t('request')}
            </button>
          )}
          {waiting && (
            <Link to="/requests" className="btn">
              {t('card.waiting')}
            </Link>
          )}
          <button
            type="button"
            className={open && !on ? 'btn p' : 'btn'}
            onClick={() => (on ? toggle(layer.id) : show(layer.id))}
          >
            {t(on ? 'card.hide' : 'card.show')}
          </button>
          <button type="button" className="btn" onClick={onZoomTo}>
            {t('legend.zoomTo')}
          </button>
          {(['analyse', 'verify'] as const).map(
            (action) =>
              yutu.access.actions.includes(action) && (
                <button key={action} type="button" className="btn" onClick={() => setUsed(action)} data-testid={`card-${action}`}>
                  {t(`card.${action}`)}
                </button>
              ),
          )}
          {onAdd && canEdit(layer) && yutu.geometryType === 'point' && (
            <button type="button" className="btn" onClick={onAdd} data-testid="feature-add">
              {t('card.add')}
            </button>
          )}
          <Link to="/catalogue/$layer" params={{ layer: layer.id }} className="btn g">
            {t('card.page')}
          </Link>
        </footer>
      </section>
      {Tool && (
        <Suspense>
          <Tool layer={layer} bbox={bbox} onClose={() => setUsed(null)} />
        </Suspense>
      )}
    </>
  );
}
