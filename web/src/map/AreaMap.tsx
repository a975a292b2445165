import { useMemo, useState } from 'react';
import { useInstance } from '../api/queries';
import type { Collection } from '../api/types';
import { useLang, useTranslation } from '../i18n';
import { codeField } from './base-style';
import { useBase, useDistrictPoints } from './districts';
import { extents } from './extents';
import type { Box, GlMap } from './GlMap';
import { MapView } from './MapView';
import { usePalette } from './palette';
import type { Scene } from './scene';
import './map.css';

export interface AreaOverlay {
  kind: 'asked' | 'given' | 'left-out';
  geometry: GeoJSON.Geometry;
}

interface Props {
  /** Division codes drawn as picked. */
  selected?: string[];
  /** A click on a district names it; without this the map is only looked at. */
  onToggle?: (code: string) => void;
  overlays?: AreaOverlay[];
  height?: number | string;
  /** Where to look at first; the whole city unless told. */
  bbox?: Box;
  /** Where a closed layer has data: hatched. */
  closed?: Collection[];
  label?: string;
}

const NONE: never[] = [];

/** A small map of the districts with areas on it: to pick an area, or to compare asked with given. */
export function AreaMap({ selected = NONE, onToggle, overlays = NONE, height = 280, bbox, closed, label }: Props) {
  const { t } = useTranslation('map');
  const { data: instance } = useInstance();
  const lang = useLang();
  const palette = usePalette();
  const { base, land } = useBase();
  const districtPoints = useDistrictPoints(land);
  const [gl, setGl] = useState<GlMap | null>(null);

  const scene = useMemo<Scene>(
    () => ({
      palette,
      lang,
      base: base.filter(({ yutu }) => yutu.style.role !== 'townships' && yutu.style.role !== 'places'),
      land,
      thematic: [],
      districtPoints,
      closed: closed && instance && extents(closed, instance.home),
      picked: selected,
      areas: {
        type: 'FeatureCollection',
        features: overlays.map(({ kind, geometry }) => ({ type: 'Feature', properties: { kind }, geometry })),
      },
    }),
    [palette, lang, base, land, districtPoints, selected, overlays, closed, instance],
  );

  if (!instance) return <div className="areamap" style={{ height }} />;
  return (
    <div className="areamap" style={{ height }}>
      <MapView
        scene={scene}
        home={bbox ?? instance.home}
        label={label ?? t('areaMap')}
        onReady={setGl}
        onClick={(features) => {
          const district = land && features.find((f) => f.sourceLayer === land.id && f.layer.id === 'base-land');
          const code = district?.properties[codeField(land!)];
          if (code !== undefined) onToggle?.(String(code));
        }}
      />
      <div className="zoom float">
        <button type="button" className="ib" aria-label={t('zoomIn')} onClick={() => gl?.zoom(1)}>
          +
        </button>
        <button type="button" className="ib" aria-label={t('zoomOut')} onClick={() => gl?.zoom(-1)}>
          −
        </button>
      </div>
    </div>
  );
}
