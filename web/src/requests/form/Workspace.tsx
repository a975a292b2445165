import { useMediaQuery } from '@mantine/hooks';
import { IconPointer, IconX } from '@tabler/icons-react';
import { bbox as bboxOf } from '@turf/turf';
import { useEffect, useMemo, useState } from 'react';
import { useDivisions, useInstance } from '../../api/queries';
import type { Collection, ShareRequest } from '../../api/types';
import { usePick, useTranslation } from '../../i18n';
import { AreaPane, widened } from '../AreaPane';
import { ClassMark, Empty } from '../parts';
import type { Place } from './answers';
import { Cart } from './Cart';
import { Done } from './Done';
import { Footer } from './Footer';
import { placeId } from './Line';
import { Questions } from './Questions';
import { useCart } from './useCart';
import './drawer.css';
import './form.css';

interface Props {
  layers: Collection[];
  known: Record<string, ShareRequest>;
  field?: string;
  onClose: () => void;
}

const NONE: string[] = [];

/** The form at work: which layer is open, what is missing, where the focus goes. */
export function Workspace({ layers, known, field, onClose }: Props) {
  const { t } = useTranslation('requests');
  const wide = useMediaQuery('(min-width: 1024px)', undefined, { getInitialValueInEffect: false });
  const { data: divisions = [] } = useDivisions();
  const { data: instance } = useInstance();
  const cart = useCart(layers, known, field);
  const [currentId, setCurrent] = useState(layers[0]?.id);
  const [told, setTold] = useState(false); // missing answers are marked once a submission was tried
  const [focus, setFocus] = useState<{ place: Place | 'other'; at: number } | null>(null);
  const layer = cart.open.find((l) => l.id === currentId) ?? cart.open[0];
  const own = layer && cart.own[layer.id];

  useEffect(() => {
    if (focus) goTo(focus.place);
  }, [focus]);

  const submit = async () => {
    const needs = await cart.submit();
    if (!needs) return;
    setTold(true);
    setCurrent(needs.layer);
    setFocus({ place: needs.place, at: Date.now() });
  };

  const codes = own?.area.kind === 'divisions' ? own.area.codes : NONE;
  const toggle = (code: string) => {
    if (!layer) return;
    cart.setOwn(layer.id, {
      area: { kind: 'divisions', codes: codes.includes(code) ? codes.filter((c) => c !== code) : [...codes, code] },
    });
  };
  const line = own?.area.kind === 'redline' ? own.area.line : null;
  const blocked = layer
    ? layer.yutu.access.source === 'own' || layer.yutu.sharing.class === 'withheld' || isPending(layer, known)
    : false;
  const asksArea = layer !== undefined && layer.yutu.sharing.class === 'conditional' && !blocked;
  const sent = cart.done.at(-1)?.area;
  const shown = line?.polygon ?? (layer ? null : sent?.geometry);
  const overlays = useMemo(() => (shown ? [{ kind: 'asked' as const, geometry: shown }] : []), [shown]);
  // a red line is small beside the city: the map goes to it
  const box = useMemo(() => (line ? widened(bboxOf(line.polygon) as [number, number, number, number], 1) : undefined), [line]);
  const closed = useMemo(() => (layer?.yutu.access.source === 'none' ? [layer] : undefined), [layer]);
  // at first the map shows where the layers have data, and what a draft has picked
  const [start] = useState(() =>
    union([
      ...layers.flatMap((l) => l.extent.spatial.bbox.slice(0, 1)),
      ...divisions.filter((d) => codes.includes(d.code)).map((d) => d.bbox),
    ]),
  );
  const picks = asksArea && own?.area.kind === 'divisions';
  const map = (height: number | string) => (
    <AreaPane
      key={line ? 'line' : 'city'}
      bbox={box ?? start}
      closed={closed}
      selected={codes}
      onToggle={picks ? toggle : undefined}
      overlays={overlays}
      height={height}
      label={t('area.mapName')}
    />
  );

  return (
    <>
      {wide && (layer || cart.done.length > 0) && (
        <div className="wf-over-map">
          {map('100%')}
          {layer && <LayerCard layer={layer} />}
          {picks && (
            <div className="float tip wf-map-tip">
              <div className="row b">
                <IconPointer size={16} aria-hidden />
                {t('area.mapTip')}
              </div>
              <div className="sm mut">{t('area.mapTip2')}</div>
            </div>
          )}
        </div>
      )}
      <div className="wf-drawer">
        <div className="wf-drawer-head">
          <h2 tabIndex={-1} data-autofocus>
            {t('drawer.title')}
          </h2>
          <span className="mut el wf-hide-narrow">
            {layers.length > 1 &&
              t('drawer.summary', { layers: layers.length, offices: new Set(layers.map((l) => l.yutu.owner.id)).size })}
          </span>
          <SavedNote saved={cart.saved} />
          <button type="button" className="ib" aria-label={t('close')} onClick={onClose}>
            <IconX size={18} aria-hidden />
          </button>
        </div>
        {!layer || !own ? (
          cart.done.length > 0 ? (
            <Done requests={cart.done} onClose={onClose} />
          ) : (
            <Empty title={t('drawer.unknown')} />
          )
        ) : (
          <>
            <div className="wf-drawer-body">
              {layers.length > 1 && <Cart layers={layers} current={layer.id} onCurrent={setCurrent} cart={cart} />}
              <div className="wf-form">
                <Questions
                  layer={layer}
                  pending={isPending(layer, known)}
                  request={known[layer.id]}
                  cart={cart}
                  told={told}
                  divisions={divisions}
                  instance={instance}
                  map={wide ? null : map(240)}
                />
              </div>
            </div>
            <Footer open={cart.open} blocked={blocked && layers.length === 1} cart={cart} onSubmit={() => void submit()} />
          </>
        )}
      </div>
    </>
  );
}

type Box = [number, number, number, number];
/** A box round all of them, wide enough to see districts in. */
const union = ([first, ...rest]: Box[]): Box | undefined => {
  if (!first) return undefined;
  const [w, s, e, n] = rest.reduce<Box>(
    ([w, s, e, n], b) => [Math.min(w, b[0]), Math.min(s, b[1]), Math.max(e, b[2]), Math.max(n, b[3])],
    first,
  );
  const air = Math.max(0, 0.6 - Math.max(e - w, n - s)) / 2;
  return [w - air, s - air, e + air, n + air];
};

/** Another request of the organisation waits for its answer and is not the one being edited. */
const isPending = (layer: Collection, known: Record<string, ShareRequest>) =>
  layer.yutu.request?.status === 'submitted' && !known[layer.id];

function goTo(place: Place | 'other') {
  const target = document.getElementById(placeId(place));
  target?.scrollIntoView({ block: 'center' });
  target?.focus();
}

function SavedNote({ saved }: { saved: ReturnType<typeof useCart>['saved'] }) {
  const { t } = useTranslation('requests');
  const time = saved.at
    ? `${String(saved.at.getHours()).padStart(2, '0')}:${String(saved.at.getMinutes()).padStart(2, '0')}`
    : '';
  return (
    <span className={`sm wf-saved ${saved.state === 'failed' ? 't-bad' : 'dim'}`} role="status">
      {saved.state === 'saving'
        ? t('drawer.saving')
        : saved.state === 'failed'
          ? t('drawer.unsaved', { detail: saved.detail })
          : time && t('drawer.saved', { time })}
    </span>
  );
}

function LayerCard({ layer }: { layer: Collection }) {
  const { t } = useTranslation('requests');
  const pick = usePick();
  return (
    <section className="float wf-map-card" aria-label={pick(layer.yutu, 'title')}>
      <div className="row between">
        <div className="bb wf-item-title">{pick(layer.yutu, 'title')}</div>
        <ClassMark of={layer.yutu.sharing.class} />
      </div>
      <div className="sm mut">{pick(layer.yutu.owner, 'title')}</div>
      <div className="row sm wf-map-key">
        <span className="row g1">
          <i className="wf-swatch chosen" aria-hidden="true" />
          {t('drawer.chosen')}
        </span>
        {layer.yutu.access.source === 'none' && (
          <>
            <span className="row g1">
              <i className="wf-swatch data" aria-hidden="true" />
              {t('drawer.hasData')}
            </span>
            <span className="dim">{t('drawer.afterGrant')}</span>
          </>
        )}
      </div>
    </section>
  );
}
