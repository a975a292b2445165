import { IconChevronLeft, IconChevronRight, IconLock, IconPencil, IconX, IconZoomIn } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useItem } from '../api/queries';
import type { Collection } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { useAsk } from '../layers/request';
import { canEdit, canQuery } from '../layers/row-slot';
import { FeatureForm, NewFeatureForm } from './FeatureForm';
import { FieldValue } from './FieldValue';

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
  const ask = useAsk();
  const head = useRef<HTMLHeadingElement>(null);
  const hit = hits[index]!;
  const { layer, fid } = hit;
  const { yutu } = layer;
  const { data } = useItem(layer.id, fid, canQuery(layer));
  const properties = data?.properties ?? hit.properties;
  const shown = yutu.fields.filter(({ form, name }) => form === null || properties[name] !== undefined || data);
  const masked = shown.some(({ form }) => form === 'code' || form === 'masked');
  const title = titleOf(layer, properties) ?? `${pick(yutu, 'title')} ${fid}`;

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
        <FeatureForm layer={layer} fid={fid} onDone={() => setEdited(null)} onGone={onClose} />
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
      <NewFeatureForm {...props} />
    </section>
  );
}

/** The feature's own name: its label, else its first text that is not a code. */
function titleOf({ yutu }: Collection, properties: Record<string, unknown>): string | undefined {
  const names = [yutu.style.label, 'name', 'name_zh', 'title'];
  const found = names.find((name) => name && typeof properties[name] === 'string' && properties[name]);
  return found ? String(properties[found]) : undefined;
}
