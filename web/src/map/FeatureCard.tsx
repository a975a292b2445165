import { IconChevronLeft, IconChevronRight, IconLock, IconPencil, IconX, IconZoomIn } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useItem } from '../api/queries';
import type { Collection } from '../api/types';
import { useOpener } from '../app/useOpener';
import { type Lang, pickText, useLang, usePick, useTranslation } from '../i18n';
import { useAsk } from '../layers/request';
import { canEdit, canQuery } from '../layers/row-slot';
import { labelField } from './base-style';
import { FieldValue } from './FieldValue';

// few edit: its fields and their styles come when somebody does
const form = async () => (await Promise.all([import('./FeatureForm'), import('../theme/widgets')]))[0];
const FeatureForm = lazy(async () => ({ default: (await form()).FeatureForm }));
const NewFeatureForm = lazy(async () => ({ default: (await form()).NewFeatureForm }));

export interface Hit {
  layer: Collection;
  fid: number;
  properties: Record<string, unknown>;
  center: [number, number];
}

interface Props {
  hits: Hit[];
  index: number;
  onIndex: (index: number) => void;
  onClose: () => void;
  onZoomTo: (hit: Hit) => void;
  onDetails: (layer: Collection) => void;
}

/** One feature: its fields by their names, what is withheld by name, where it comes from. */
export function FeatureCard({ hits, index, onIndex, onClose, onZoomTo, onDetails }: Props) {
  const { t } = useTranslation('map');
  const pick = usePick();
  const lang = useLang();
  const ask = useAsk();
  const head = useRef<HTMLHeadingElement>(null);
  useOpener();
  const hit = hits[index]!;
  const { layer, fid } = hit;
  const { yutu } = layer;
  const { data } = useItem(layer.id, fid, canQuery(layer));
  const properties = data?.properties ?? hit.properties;
  const shown = yutu.fields.filter(({ form, name }) => form === null || properties[name] !== undefined || data);
  const masked = shown.some(({ form }) => form === 'code' || form === 'masked');
  const title = titleOf(layer, properties, lang) ?? pick(yutu, 'title');

  const [edited, setEdited] = useState<string | null>(null);
  const name = `${layer.id}/${fid}`;
  const editing = edited === name && canEdit(layer);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another feature is another card
  useEffect(() => head.current?.focus({ preventScroll: true }), [layer.id, fid]);

  return (
    <section
      className="pop"
      aria-label={t('feature.label')}
      data-testid="feature-card"
      onKeyDown={(e) => {
        if (e.key !== 'Escape') return;
        e.stopPropagation();
        onClose();
      }}
    >
      <header className="pop-h">
        <div className="grow">
          <div className="sm mut el">{pick(yutu, 'title')}</div>
          <h2 ref={head} tabIndex={-1}>
            {title}
          </h2>
        </div>
        {hits.length > 1 && (
          <span className="row g1 sm mut pager">
            <button
              type="button"
              className="ib s"
              aria-label={t('feature.previous')}
              onClick={() => onIndex((index + hits.length - 1) % hits.length)}
            >
              <IconChevronLeft size={14} aria-hidden />
            </button>
            {index + 1}/{hits.length}
            <button
              type="button"
              className="ib s"
              aria-label={t('feature.next')}
              onClick={() => onIndex((index + 1) % hits.length)}
            >
              <IconChevronRight size={14} aria-hidden />
            </button>
          </span>
        )}
        <button type="button" className="ib s" aria-label={t('app:close')} onClick={onClose}>
          <IconX size={16} aria-hidden />
        </button>
      </header>
      {editing ? (
        <Suspense>
          <FeatureForm layer={layer} fid={fid} onDone={() => setEdited(null)} onGone={onClose} />
        </Suspense>
      ) : (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard */}
          <section className="pop-b" tabIndex={0} aria-label={title}>
            <dl>
              {shown.map((field) => (
                <div key={field.name}>
                  <dt>{pick(field, 'title')}</dt>
                  <dd>
                    {field.form === null ? (
                      <span className="dim row g1 wrap">
                        <IconLock size={14} aria-hidden /> {t('feature.hidden')}
                        {field.offered.length > 0 && (
                          <button type="button" className="link" onClick={() => ask(layer, field.name)}>
                            {t('layers:request')}
                          </button>
                        )}
                      </span>
                    ) : (
                      <FieldValue field={field} value={properties[field.name]} />
                    )}
                  </dd>
                </div>
              ))}
            </dl>
            {masked && <p className="sm mut">{t('feature.masked')}</p>}
          </section>
          <div className="pop-a">
            <button type="button" className="btn s" onClick={() => onZoomTo(hit)}>
              <IconZoomIn size={14} aria-hidden />
              {t('feature.zoom')}
            </button>
            {canEdit(layer) && (
              <button type="button" className="btn s" onClick={() => setEdited(name)} data-testid="feature-edit">
                <IconPencil size={14} aria-hidden />
                {t('edit.edit')}
              </button>
            )}
            <button type="button" className="btn s g" onClick={() => onDetails(layer)}>
              {t('feature.details')}
            </button>
          </div>
        </>
      )}
      <footer className="pop-f">
        {t('feature.source', { owner: pick(yutu.owner, 'title') })} · {t('feature.version', { n: yutu.version })}
        {yutu.lastUpdate && ` · ${yutu.lastUpdate}`}
        <br />
        {yutu.simulated && `${t('layers:card.simulated')} · `}
        {t('feature.id', { id: fid })}
      </footer>
    </section>
  );
}

/** A new point of a layer: the form where the card of a feature would be. */
export function NewFeatureCard(props: { layer: Collection; at: [number, number]; onDone: (fid: number | null) => void }) {
  const { t } = useTranslation('map');
  const pick = usePick();
  const head = useRef<HTMLHeadingElement>(null);
  useOpener();
  useEffect(() => head.current?.focus({ preventScroll: true }), []);
  const { layer, onDone } = props;
  return (
    <section
      className="pop"
      aria-label={t('edit.new')}
      data-testid="feature-new"
      onKeyDown={(e) => {
        if (e.key !== 'Escape') return;
        e.stopPropagation();
        onDone(null);
      }}
    >
      <header className="pop-h">
        <div className="grow">
          <div className="sm mut el">{pick(layer.yutu, 'title')}</div>
          <h2 ref={head} tabIndex={-1}>
            {t('edit.new')}
          </h2>
        </div>
        <button type="button" className="ib s" aria-label={t('app:close')} onClick={() => onDone(null)}>
          <IconX size={16} aria-hidden />
        </button>
      </header>
      <Suspense>
        <NewFeatureForm {...props} />
      </Suspense>
    </section>
  );
}

/** The feature's own name: what it is labelled with, else its first text that the reader is shown. */
function titleOf(layer: Collection, properties: Record<string, unknown>, lang: Lang): string | undefined {
  const { fields, style } = layer.yutu;
  const texts = fields.filter(({ type, form }) => type === 'text' && form !== null).map(({ name }) => name);
  const names = [labelField(layer, lang), style.label, 'name', 'name_zh', 'title', ...texts];
  const found = names.find(
    (name) => name && properties[name] !== undefined && properties[name] !== null && properties[name] !== '',
  );
  if (!found) return undefined;
  const value = String(properties[found]);
  const field = fields.find(({ name }) => name === found);
  const code = field?.form === 'value' && field.codes?.find((one) => one.value === value);
  return code ? pickText(lang, code, 'label') : value;
}
