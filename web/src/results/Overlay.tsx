import { Modal, NativeSelect } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client';
import { useInstance } from '../api/queries';
import type { Collection, Overlay as Result } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { RedLineDrop } from '../requests/form/RedLineDrop';
import '../requests/words';
import '../requests/form/form.css';
import { areaUnits } from '../requests/redline';
import { OverlayTable } from './OverlayTable';
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
  const { yutu } = layer;
  const fields = yutu.fields.filter((f) => yutu.access.analyseBy?.includes(f.name));
  const { mutate, data, error, isPending, reset } = useMutation({
    mutationFn: (geometry: GeoJSON.Geometry) =>
      api<Result>(`collections/${layer.id}/analyse`, { method: 'POST', body: { geometry, ...(by && { by }) } }),
  });
  const take = (next: Line) => {
    reset();
    setLine(next);
  };
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
      {instance && <RedLineDrop line={line} onLine={take} home={instance.home} />}
      {!line && bbox && (
        <button type="button" className="btn s res-view" onClick={() => take(boxLine(bbox, t('overlay.viewName')))}>
          {t('overlay.view')}
        </button>
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

function boxLine(bbox: string, name: string): Line {
  const [w, s, e, n] = bbox.split(',').map(Number) as [number, number, number, number];
  const ring = [
    [w, s],
    [e, s],
    [e, n],
    [w, n],
    [w, s],
  ];
  const metres = 111_320;
  const squareMetres = (e - w) * metres * Math.cos((((s + n) / 2) * Math.PI) / 180) * (n - s) * metres;
  return { polygon: { type: 'Polygon', coordinates: [ring] }, name, squareMetres: areaUnits(squareMetres).hectares * 10_000 };
}
