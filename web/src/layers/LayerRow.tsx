import { IconAlertTriangle, IconCheck, IconLoader2, IconLock } from '@tabler/icons-react';
import type { MouseEvent } from 'react';
import type { Collection } from '../api/types';
import { useStore } from '../app/store';
import { usePick, useTranslation } from '../i18n';
import { GeometryGlyph, SharingGlyph } from './Glyphs';
import { useAsk } from './request';
import { canView, type LoadState, type RowSlot, rowSlot } from './row-slot';
import { isOn, slots, toggle } from './slots';

interface Props {
  layer: Collection;
  zoom: number;
  state: LoadState | undefined;
  selected: boolean;
  tabIndex: 0 | -1;
  onFocus: () => void;
  onDetails: () => void;
  onRetry: () => void;
}

/** One layer of the tree: show or hide · kind of geometry · name · one thing to know · sharing class. */
export function LayerRow({ layer, zoom, state, selected, tabIndex, onFocus, onDetails, onRetry }: Props) {
  const { t } = useTranslation('layers');
  const pick = usePick();
  const on = isOn(useStore(slots), layer.id);
  const open = canView(layer);
  const title = pick(layer.yutu, 'title');
  const slot = rowSlot(layer, { on, state, zoom });
  const missing = slot.kind === 'failed' || slot.kind === 'exhausted';
  const without = (run: () => void) => (event: MouseEvent) => {
    event.stopPropagation();
    run();
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys of all its rows
    <div
      className={`lay ${open ? '' : 'closed'} ${selected ? 'on' : ''}`}
      role="treeitem"
      aria-level={2}
      aria-checked={on}
      aria-selected={selected}
      aria-label={`${title}，${t(open ? 'open' : 'locked')}，${t(`app:sharing.full.${layer.yutu.sharing.class}`)}`}
      data-key={layer.id}
      data-testid={`layer-row-${layer.id}`}
      tabIndex={tabIndex}
      onFocus={onFocus}
      onClick={onDetails}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a lock stands in for the box of a closed layer */}
      <button
        type="button"
        role="checkbox"
        aria-checked={on}
        aria-label={title}
        title={open ? undefined : t('lockedToggle')}
        tabIndex={-1}
        className={`tick ${open ? 'ck' : 'lock'} ${on ? 'on' : ''}`}
        onClick={without(() => toggle(layer.id))}
      >
        {!open && <IconLock size={16} stroke={1.75} aria-hidden />}
        {open && on && slot.kind === 'loading' && <IconLoader2 size={12} stroke={2.5} className="spin" aria-hidden />}
        {open && on && missing && <IconAlertTriangle size={12} aria-hidden />}
        {open && on && slot.kind !== 'loading' && !missing && <IconCheck size={12} stroke={3} aria-hidden />}
      </button>
      <GeometryGlyph type={layer.yutu.geometryType} />
      <span className="nm" title={title}>
        {title}
      </span>
      <SlotView slot={slot} layer={layer} without={without} onRetry={onRetry} onDetails={onDetails} />
      <span className="cc">
        <SharingGlyph sharing={layer.yutu.sharing.class} disclosure={layer.yutu.disclosure} />
      </span>
    </div>
  );
}

interface SlotProps {
  slot: RowSlot;
  layer: Collection;
  without: (run: () => void) => (event: MouseEvent) => void;
  onRetry: () => void;
  onDetails: () => void;
}

function SlotView({ slot, layer, without, onRetry, onDetails }: SlotProps) {
  const { t } = useTranslation('layers');
  const ask = useAsk();
  switch (slot.kind) {
    case 'failed':
      return (
        <button type="button" className="link sm" tabIndex={-1} onClick={without(onRetry)}>
          {t('app:retry')}
        </button>
      );
    case 'exhausted':
      return <span className="fr t-bad">{t('exhausted')}</span>;
    case 'loading':
      return <span className="fr">{t('loading')}</span>;
    case 'request':
      return (
        <button type="button" className="btn o xs" tabIndex={-1} onClick={without(() => ask(layer))}>
          {t('request')}
        </button>
      );
    case 'reason':
      return (
        <button type="button" className="link sm" tabIndex={-1} onClick={without(onDetails)}>
          {t('reason')}
        </button>
      );
    case 'status': {
      const tone = { draft: '', submitted: 'acc', correction: 'warn', narrower: 'ok', refused: 'bad' }[slot.status];
      return <span className={`chip ${tone}`}>{t(`status.${slot.status}`)}</span>;
    }
    case 'granted':
      return <span className="chip ok">{t('grantedUntil', { month: monthOf(slot.until, t) })}</span>;
    case 'outOfScale':
      return <span className="fr">{t('outOfScale')}</span>;
    case 'late':
      return <span className="fr late">{t('late', { days: slot.days })}</span>;
    case 'dueSoon':
      return <span className="chip warn">{t('dueSoon', { days: slot.days })}</span>;
    case 'age':
      return <span className="fr">{slot.days === 0 ? t('today') : t('age', { days: slot.days })}</span>;
    case 'frequency':
      return <span className="fr">{t(`frequency.${layer.yutu.updateFrequency}`)}</span>;
  }
}

/** `2027-03-31` → 3 月, Mar. */
export const monthOf = (iso: string, t: (key: string) => string) => t(`layers:months.${Number(iso.slice(5, 7))}`);
