import { IconChevronDown, IconChevronUp, IconDots, IconEye, IconEyeOff, IconGripVertical, IconLock } from '@tabler/icons-react';
import { type DragEvent, type KeyboardEvent, useState } from 'react';
import type { Collection } from '../api/types';
import { Dropdown } from '../app/Dropdown';
import { useStore } from '../app/store';
import { announce } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { ratioAt } from '../map/scale';
import { opacityOf } from '../map/thematic';
import { Key } from './Key';
import { useAsk } from './request';
import { canView, type LoadState } from './row-slot';
import { moveBy, moveTo, remove, type Slot, setHidden, setOpacity, slots } from './slots';

interface Props {
  layers: Map<string, Collection>;
  states: Record<string, LoadState>;
  zoom: number;
  lat: number;
  bbox: string | null;
  onZoomTo: (layer: Collection) => void;
  onDetails: (layer: Collection) => void;
  onRetry: (id: string) => void;
  /** In the phone's sheet the card has no head of its own. */
  bare?: boolean;
}

/** Whether the open legend leaves most of the map in sight; else it begins folded. */
export const roomy = () => innerWidth >= 1280;

/** What is on the map, topmost first: order, eye, opacity, key; closed layers keep their place. */
export function Legend({ bare = false, ...props }: Props) {
  const { t } = useTranslation('layers');
  const [open, setOpen] = useState(roomy);
  const known = (useStore(slots) ?? []).filter(({ id }) => props.layers.has(id));
  const [dragged, setDragged] = useState<string | null>(null);
  const Chevron = open ? IconChevronUp : IconChevronDown;
  return (
    <section className={bare ? 'legend bare' : 'legend float'} aria-label={t('legend.title')} data-region="legend">
      {!bare && (
        <div className="legend-h">
          <h2>{t('legend.title')}</h2>
          <span className="cnt">{known.length}</span>
          <button
            type="button"
            className="ib s"
            aria-expanded={open}
            aria-label={t(open ? 'legend.fold' : 'legend.unfold')}
            onClick={() => setOpen(!open)}
          >
            <Chevron size={16} aria-hidden />
          </button>
        </div>
      )}
      {(open || bare) && (
        <ol className="legend-list">
          {known.length === 0 && <li className="lgd mut">{t('legend.empty')}</li>}
          {known.map((slot, place) => (
            <Entry
              key={slot.id}
              slot={slot}
              layer={props.layers.get(slot.id)!}
              place={place}
              dragged={dragged}
              setDragged={setDragged}
              {...props}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

interface EntryProps extends Omit<Props, 'bare'> {
  slot: Slot;
  layer: Collection;
  place: number;
  dragged: string | null;
  setDragged: (id: string | null) => void;
}

function Entry({ slot, layer, place, dragged, setDragged, ...props }: EntryProps) {
  const { t } = useTranslation('layers');
  const pick = usePick();
  const { yutu } = layer;
  const title = pick(yutu, 'title');
  const open = canView(layer);
  const base = yutu.style.role !== 'thematic';
  const opacity = slot.opacity ?? opacityOf(layer);
  const Eye = slot.hidden ? IconEyeOff : IconEye;

  const step = (by: -1 | 1) => {
    moveBy(slot.id, by);
    announce(t('legend.moved', { title, place: place + 1 + by }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    step(event.key === 'ArrowUp' ? -1 : 1);
  };
  const onDragOver = (event: DragEvent) => {
    if (!dragged) return;
    event.preventDefault();
    if (dragged !== slot.id) moveTo(dragged, place);
  };

  return (
    <li
      className={`lgd ${base ? 'slim' : ''} ${slot.hidden ? 'off' : ''} ${dragged === slot.id ? 'drag' : ''}`}
      data-testid={`legend-${slot.id}`}
      onDragOver={onDragOver}
      onDrop={(e) => e.preventDefault()}
    >
      <div className="row top">
        <button
          type="button"
          className="grip"
          draggable
          aria-label={t('legend.drag', { title })}
          onKeyDown={onKeyDown}
          onDragStart={(e) => {
            e.dataTransfer.effectAllowed = 'move';
            e.dataTransfer.setData('text/plain', slot.id);
            setDragged(slot.id);
          }}
          onDragEnd={() => setDragged(null)}
        >
          <IconGripVertical size={14} aria-hidden />
        </button>
        <div className="grow">
          <div className="b el" title={title}>
            {title}
          </div>
          {!base && <Owner layer={layer} />}
        </div>
        {open ? (
          <button
            type="button"
            className="ib s"
            aria-pressed={!slot.hidden}
            aria-label={t(slot.hidden ? 'legend.show' : 'legend.hide', { title })}
            onClick={() => setHidden(slot.id, !slot.hidden)}
          >
            <Eye size={16} stroke={1.75} aria-hidden />
          </button>
        ) : (
          <IconLock size={16} stroke={1.75} className="dim lgd-lock" aria-hidden />
        )}
        <Dropdown className="ib s" label={t('legend.menu', { title })} button={<IconDots size={16} aria-hidden />}>
          <button type="button" role="menuitem" onClick={() => props.onZoomTo(layer)}>
            {t('legend.zoomTo')}
          </button>
          <button type="button" role="menuitem" onClick={() => step(-1)} disabled={place === 0}>
            {t('legend.up')}
          </button>
          <button type="button" role="menuitem" onClick={() => step(1)}>
            {t('legend.down')}
          </button>
          <button type="button" role="menuitem" onClick={() => props.onDetails(layer)}>
            {t('legend.details')}
          </button>
          <button type="button" role="menuitem" onClick={() => remove(slot.id, title)}>
            {t('legend.remove')}
          </button>
        </Dropdown>
      </div>
      {!open && <Closed layer={layer} />}
      {open && !slot.hidden && <Body layer={layer} opacity={opacity} {...props} />}
      {open && !slot.hidden && !base && yutu.geometryType !== 'point' && (
        <label className="row sm mut opacity">
          <span>{t('legend.opacity')}</span>
          <input
            type="range"
            min={10}
            max={100}
            step={5}
            value={Math.round(opacity * 100)}
            style={{ '--at': `${((opacity * 100 - 10) / 90) * 100}%` } as never}
            onChange={(e) => setOpacity(slot.id, Number(e.currentTarget.value) / 100)}
          />
          <span className="num">{Math.round(opacity * 100)}%</span>
        </label>
      )}
    </li>
  );
}

function Owner({ layer: { yutu } }: { layer: Collection }) {
  const { t } = useTranslation('layers');
  const pick = usePick();
  const notes = [pick(yutu.owner, 'title')];
  if (yutu.simulated) notes.push(t('card.simulated'));
  return <div className="sm mut el">{notes.join(' · ')}</div>;
}

/** A closed layer says who to ask; never an error. */
function Closed({ layer }: { layer: Collection }) {
  const { t } = useTranslation('layers');
  const pick = usePick();
  const ask = useAsk();
  const { yutu } = layer;
  const waiting = yutu.request?.status === 'submitted' || yutu.request?.status === 'correction';
  const withheld = yutu.sharing.class === 'withheld';
  return (
    <div className="lgd-closed">
      <div className="grow sm mut">
        {withheld
          ? t('legend.ground', { ground: pick(yutu.sharing, 'ground') })
          : t(waiting ? 'legend.waiting' : 'legend.closedBy', { owner: pick(yutu.owner, 'title') })}
      </div>
      {waiting && <span className="chip acc">{t('status.submitted')}</span>}
      {!waiting && !withheld && (
        <button type="button" className="btn o xs" onClick={() => ask(layer)}>
          {t('request')}
        </button>
      )}
    </div>
  );
}

function Body({
  layer,
  opacity,
  zoom,
  lat,
  bbox,
  states,
  onRetry,
}: Pick<Props, 'zoom' | 'lat' | 'bbox' | 'states' | 'onRetry'> & { layer: Collection; opacity: number }) {
  const { t } = useTranslation('layers');
  const pick = usePick();
  const format = useFormat();
  const { style, access } = layer.yutu;
  if (states[layer.id] === 'failed') {
    return (
      <div className="lgd-closed">
        <span className="grow sm t-bad">{t('legend.failed')}</span>
        <button type="button" className="btn xs" onClick={() => onRetry(layer.id)}>
          {t('app:retry')}
        </button>
      </div>
    );
  }
  if (states[layer.id] === 'exhausted') {
    return (
      <div className="lgd-closed">
        <span className="grow sm t-bad">{t('legend.exhausted')}</span>
      </div>
    );
  }
  const scale = Number(ratioAt(style.minZoom ?? 0, lat).toPrecision(2));
  return (
    <>
      {style.minZoom !== undefined && zoom < style.minZoom && (
        <div className="sm mut lgd-note">{t('legend.minZoom', { ratio: format.number(scale) })}</div>
      )}
      {access.area && <div className="sm mut lgd-note">{t('legend.granted', { area: pick(access.area, 'label') })}</div>}
      {style.role === 'thematic' && <Key layer={layer} opacity={opacity} bbox={bbox} />}
    </>
  );
}
