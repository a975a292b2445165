import { useMediaQuery } from '@mantine/hooks';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useCollections, useInstance } from '../api/queries';
import type { Collection, Instance } from '../api/types';
import { useStore } from '../app/store';
import { announce, toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { LayerCard } from '../layers/LayerCard';
import { LayerTree } from '../layers/LayerTree';
import { Legend, roomy } from '../layers/Legend';
import { canView } from '../layers/row-slot';
import { show, slots } from '../layers/slots';
import { FeatureCard, NewFeatureCard } from './FeatureCard';
import type { Box, GlMap, View } from './GlMap';
import { MapTools, ZoomButtons } from './MapTools';
import { MapView } from './MapView';
import { PhoneMap } from './PhoneMap';
import { Popup } from './Popup';
import { reachAt } from './reach';
import { StatusBar } from './StatusBar';
import { flight, lastView, marked, placing, shownLayer } from './state';
import { useHits } from './useHits';
import { useMapKeys } from './useMapKeys';
import { firstView, useMapLink } from './useMapLink';
import { useScene } from './useScene';
import { useSourceStates } from './useSourceStates';
import './map.css';
import '../layers/layers.css';
import '../layers/legend.css';

declare global {
  interface Window {
    /** For tests: the GL map of the map screen, to ask it what it has rendered. */
    yutuMap?: GlMap['map'];
  }
}

export function MapPage() {
  const { data: instance } = useInstance();
  return instance ? <MapScreen instance={instance} /> : <div className="mapwrap" />;
}

const PHONE = '(max-width: 639px)';
const PADDING = { left: 40, right: 330, top: 60, bottom: 60 };
const NARROW = { ...PADDING, right: 60 };

function MapScreen({ instance }: { instance: Instance }) {
  const { t } = useTranslation('map');
  const pick = usePick();
  const phone = useMediaQuery(PHONE, matchMedia(PHONE).matches) ?? false;
  const { data: collections } = useCollections();
  const layers = useMemo(() => new Map((collections ?? []).map((layer) => [layer.id, layer])), [collections]);
  const list = useStore(slots);
  const on = useMemo(() => new Set((list ?? []).filter(({ hidden }) => !hidden).map(({ id }) => id)), [list]);

  const [gl, setGl] = useState<GlMap | null>(null);
  const [view, setView] = useState<View | null>(firstView);
  const [bbox, setBbox] = useState<string | null>(null);
  const [cursor, setCursor] = useState<[number, number] | null>(null);
  const [side, setSide] = useState(false);
  const { states, report, forget } = useSourceStates();
  const { hits, index, selection, pick: pickHits, choose, setIndex, clear } = useHits(layers, on);
  const [added, setAdded] = useState<{ layer: string; at: [number, number] } | null>(null);
  const adding = added && layers.get(added.layer);
  const chosen = useMemo(
    () => (adding && added ? { layer: adding, fid: -1, center: added.at } : selection),
    [adding, added, selection],
  );
  const scene = useScene(layers, instance.home, chosen);
  const shown = useStore(shownLayer);
  const card = shown ? layers.get(shown) : undefined;
  useMapLink(collections);

  const ready = useCallback(
    (made: GlMap) => {
      setGl(made);
      window.yutuMap = made.map;
      setView(made.view);
      lastView.set(made.view);
      setBbox(boxOf(made, instance.home));
    },
    [instance.home],
  );
  useEffect(
    () => () => {
      window.yutuMap = undefined;
    },
    [],
  );

  // wishes of the search box, taken when the map is there
  const wish = useStore(flight);
  useEffect(() => {
    if (!gl || !wish) return;
    gl.fit(wish.box);
    marked.set(wish.mark ? [wish.box[0], wish.box[1]] : null);
    const layer = wish.feature && layers.get(wish.feature.layer);
    if (layer && wish.feature)
      choose(layer, wish.feature.fid, [(wish.box[0] + wish.box[2]) / 2, (wish.box[1] + wish.box[3]) / 2]);
    flight.set(null);
  }, [gl, wish, layers, choose]);

  const wanted = useStore(placing) !== null;
  useEffect(() => gl?.setPlacing(wanted), [gl, wanted]);

  // loaded and failed, in words
  const said = useRef(states);
  useEffect(() => {
    for (const [id, state] of Object.entries(states)) {
      const layer = layers.get(id);
      if (!layer || state === 'loading' || said.current[id] === state || layer.yutu.style.role !== 'thematic') continue;
      announce(t(state === 'ready' ? 'loaded' : state, { layer: pick(layer.yutu, 'title') }));
    }
    said.current = states;
  }, [states, layers, pick, t]);

  const closeTop = useCallback(() => {
    if (placing.get()) placing.set(null);
    else if (hits.length) clear();
    else shownLayer.set(null);
  }, [hits.length, clear]);
  useMapKeys(gl, closeTop);

  // on a phone the sheet covers the lower half: bring what was touched above it
  useEffect(() => {
    if (phone && gl && selection) gl.lift(selection.center);
  }, [phone, gl, selection]);

  const details = (layer: Collection) => shownLayer.set(layer.id);
  const closeCard = () => shownLayer.set(null);
  const zoomTo = (layer: Collection) => {
    const box = layer.yutu.access.area?.bbox ?? layer.extent.spatial.bbox[0];
    if (box) gl?.fit(box);
  };
  const retry = (id: string) => {
    forget(id);
    gl?.refresh(id);
  };
  const rowProps = { zoom: view?.zoom ?? 0, states, onDetails: details, onRetry: retry };
  const legend = <Legend layers={layers} lat={view?.lat ?? 0} bbox={bbox} onZoomTo={zoomTo} {...rowProps} bare={phone} />;
  const tree = <LayerTree selected={shown} {...rowProps} />;
  const feature = adding ? (
    <NewFeatureCard
      layer={adding}
      at={added.at}
      onDone={(fid) => {
        setAdded(null);
        if (fid !== null) choose(adding, fid, added.at);
      }}
    />
  ) : hits.length > 0 ? (
    <FeatureCard
      hits={hits}
      index={index}
      onIndex={setIndex}
      onClose={clear}
      onDetails={details}
      onZoomTo={(hit) => gl?.go(hit.center, Math.max(13, view?.zoom ?? 0))}
    />
  ) : null;
  const add = (layer: Collection) => {
    show(layer.id);
    shownLayer.set(null);
    clear();
    toast({ text: t('edit.point') });
    announce(t('edit.point'));
    placing.set({
      take: (at) => {
        placing.set(null);
        setAdded({ layer: layer.id, at });
      },
    });
  };
  const layerCard = card && (
    <LayerCard layer={card} bbox={bbox} onClose={closeCard} onZoomTo={() => zoomTo(card)} onAdd={() => add(card)} />
  );
  const drawn = (list ?? []).flatMap(({ id, hidden }) => {
    const layer = layers.get(id);
    return layer && !hidden && canView(layer) ? [layer] : [];
  });
  const status = <StatusBar instance={instance} drawn={drawn} view={view} cursor={cursor} />;

  return (
    <>
      {!phone && (
        <aside className={`side ${side ? 'open' : ''}`} aria-label={t('side')} data-region="side">
          {tree}
        </aside>
      )}
      <div className="mapwrap" data-region="map">
        <h1 className="sr-only">{t('label', { city: pick(instance, 'city') })}</h1>
        <MapView
          scene={scene}
          home={instance.home}
          view={view}
          label={t('label', { city: pick(instance, 'city') })}
          padding={phone ? { top: 110, bottom: 40 } : roomy() ? PADDING : NARROW}
          onReady={ready}
          onMove={setView}
          onRest={(at) => {
            lastView.set(at);
            if (gl) setBbox(boxOf(gl, instance.home));
          }}
          onClick={(found, at) => {
            const waiting = placing.get();
            if (waiting) waiting.take(at);
            else
              pickHits(found, at, reachAt(gl?.view.zoom ?? 0)).then((told) => {
                if (!told) toast({ text: t('feature.nearer') });
              });
          }}
          onHover={setCursor}
          onSource={report}
        >
          {phone ? (
            <PhoneMap
              gl={gl}
              tree={tree}
              legend={legend}
              card={layerCard}
              feature={feature}
              status={status}
              count={list?.length ?? 0}
              onCloseCards={closeTop}
            />
          ) : (
            <>
              <MapTools sideOpen={side} onSide={() => setSide(!side)} />
              {layerCard && <div className="float card-holder">{layerCard}</div>}
              {legend}
              <ZoomButtons gl={gl} />
              {status}
              {gl && feature && (
                <Popup gl={gl} at={added?.at ?? hits[index]!.center}>
                  {feature}
                </Popup>
              )}
            </>
          )}
        </MapView>
      </div>
    </>
  );
}

/** The box in view for a query, or null when the whole city is in it. */
function boxOf({ map }: GlMap, [w, s, e, n]: Box): string | null {
  const view = map.getBounds();
  if (view.getWest() <= w && view.getSouth() <= s && view.getEast() >= e && view.getNorth() >= n) return null;
  return [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()].map((x) => x.toFixed(3)).join(',');
}
