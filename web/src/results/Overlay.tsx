import { Modal, NativeSelect } from '@mantine/core';
import { IconPolygon } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../api/client';
import { useInstance } from '../api/queries';
import type { Collection, Overlay as Result } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { sketched } from '../map/state';
import { RedLineDrop } from '../requests/form/RedLineDrop';
import '../requests/words';
import '../requests/form/form.css';
import { readRedLine } from '../requests/redline';
import { ringOf } from './corners';
import { OverlayTable } from './OverlayTable';
import { Sketch } from './Sketch';
import { zonesOf } from './zones';
import './results.css';
import './texts';

type Line = Parameters<typeof RedLineDrop>[0]['line'];

/** A red line laid over a layer: the table of what lies in it. @param bbox what the map shows, to take for a red line */
export function Overlay({ layer, bbox, onClose }: { layer: Collection; bbox: string | null; onClose: () => void }) {
  const { t } = useTranslation('results');
  const pick = usePick();
  const { data: instance } = useInstance();
  const [line, setLine] = useState<Line>(null);
  const [by, setBy] = useState(() => firstClass(layer));
  const [zone, setZone] = useState('');
  const { yutu } = layer;
  const fields = yutu.fields.filter((f) => yutu.access.analyseBy?.includes(f.name));
  const { mutate, data, error, isPending, reset } = useMutation({
    mutationFn: (geometry: GeoJSON.Geometry) =>
      api<Result>(`collections/${layer.id}/analyse`, {
        method: 'POST',
        body: { geometry, ...(by && { by }), ...(zone && { zone: Number(zone) }) },
      }),
  });
  const [drawing, setDrawing] = useState(false);
  const take = (next: Line) => {
    reset();
    setLine(next);
  };
  // the line stays in sight behind its table
  useEffect(() => {
    if (drawing || !line) return;
    sketched.set({
      type: 'FeatureCollection',
      features: [{ type: 'Feature', properties: { kind: 'asked' }, geometry: line.polygon }],
    });
    return () => sketched.set(null);
  }, [drawing, line]);
  const home = instance?.home;
  if (drawing && home)
    return (
      <Sketch
        home={home}
        onDone={(polygon) => {
          setDrawing(false);
          if (polygon) take(lineOf(polygon, t('overlay.drawnName'), home));
        }}
      />
    );
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t('overlay.title', { title: pick(yutu, 'title') })}
      closeButtonProps={{ 'aria-label': t('app:close') }}
      data-testid="overlay"
    >
      <p className="mut">{t('overlay.intro')}</p>
      {home && <RedLineDrop line={line} onLine={take} home={home} />}
      {!line && home && (
        <div className="row wrap res-view">
          <button type="button" className="btn s" onClick={() => setDrawing(true)} data-testid="overlay-draw">
            <IconPolygon size={14} aria-hidden />
            {t('overlay.draw')}
          </button>
          {bbox && (
            <button type="button" className="btn s" onClick={() => take(lineOf(boxOf(bbox), t('overlay.viewName'), home))}>
              {t('overlay.view')}
            </button>
          )}
        </div>
      )}
      <div className="res-run">
        <NativeSelect
          label={t('overlay.by')}
          value={by}
          onChange={(e) => {
            reset();
            setBy(e.currentTarget.value);
          }}
          data={[{ value: '', label: t('overlay.all') }, ...fields.map((f) => ({ value: f.name, label: pick(f, 'title') }))]}
        />
        {yutu.geometryType === 'polygon' && home && (
          <NativeSelect
            label={t('overlay.zone')}
            value={zone}
            onChange={(e) => {
              reset();
              setZone(e.currentTarget.value);
            }}
            data={[
              { value: '', label: t('overlay.zoneNone') },
              ...zonesOf(home).map(({ epsg, ...of }) => ({ value: String(epsg), label: t('overlay.zoneOf', of) })),
            ]}
          />
        )}
        <button
          type="button"
          className="btn p"
          disabled={!line}
          aria-busy={isPending || undefined}
          onClick={() => line && !isPending && mutate(line.polygon)}
          data-testid="overlay-run"
        >
          {t('overlay.run')}
        </button>
      </div>
      <div aria-live="polite">
        {error && <p className="tip bad">{error.message}</p>}
        {data && <OverlayTable layer={layer} result={data} />}
      </div>
    </Modal>
  );
}

/** What the layer's own key is made by, where that may be asked. */
const firstClass = ({ yutu: { style, access } }: Collection) =>
  style.field && access.analyseBy?.includes(style.field) ? style.field : '';

/** A red line with its size; null for one that cannot be used. */
function lineOf(polygon: GeoJSON.Polygon, name: string, home: Parameters<typeof readRedLine>[1]): Line {
  const read = readRedLine(JSON.stringify(polygon), home);
  return read.ok ? { polygon: read.polygon, name, squareMetres: read.squareMetres } : null;
}

function boxOf(bbox: string): GeoJSON.Polygon {
  const [w, s, e, n] = bbox.split(',').map(Number) as [number, number, number, number];
  return ringOf([
    [w, s],
    [e, s],
    [e, n],
    [w, n],
  ]);
}
