import { useMemo, useState } from 'react';
import { useInstance } from '../api/queries';
import type { Collection } from '../api/types';
import { useLang, useTranslation } from '../i18n';
import { canView } from '../layers/row-slot';
import { useBase, useDistrictPoints, useDistrictShapes } from '../map/districts';
import { extents } from '../map/extents';
import type { GlMap, GlMapEvents } from '../map/GlMap';
import { MapView } from '../map/MapView';
import { usePalette } from '../map/palette';
import type { Scene } from '../map/scene';
import { opacityOf } from '../map/thematic';
import { useVeil } from '../map/veil';
import '../map/map.css';

interface Props extends GlMapEvents {
  /** The layer as the subject has it; null: closed to them. */
  seen: Collection | null;
  /** The layer as its owner has it. */
  layer: Collection;
  label: string;
  onReady?: (map: GlMap) => void;
}

const NONE: never[] = [];

/** The map as somebody else would see it: the ground, and of one layer what is theirs. What is closed to them is hatched. */
export function PreviewMap({ seen, layer, label, onReady, ...events }: Props) {
  const { t } = useTranslation('sharing');
  const { t: m } = useTranslation('map');
  const { data: instance } = useInstance();
  const lang = useLang();
  const palette = usePalette();
  const { base, land } = useBase();
  const districtPoints = useDistrictPoints(land);
  const shapes = useDistrictShapes(land);
  const [gl, setGl] = useState<GlMap | null>(null);
  const open = seen && canView(seen) ? seen : null;
  const thematic = useMemo(() => (open ? [{ layer: open, opacity: opacityOf(open) }] : NONE), [open]);
  const home = instance?.home ?? [-180, -85, 180, 85];
  const veil = useVeil(thematic, home, shapes, districtPoints);
  const scene = useMemo<Scene>(
    () => ({
      palette,
      lang,
      base: base.filter(({ yutu }) => yutu.style.role !== 'townships' && yutu.style.role !== 'places'),
      land,
      thematic,
      districtPoints,
      veil,
      closed: instance && !open ? extents([layer], instance.home) : undefined,
    }),
    [palette, lang, base, land, thematic, districtPoints, veil, instance, open, layer],
  );
  if (!instance) return <div className="areamap share-map" />;
  return (
    <div className="areamap share-map">
      <MapView
        scene={scene}
        home={layer.extent.spatial.bbox[0] ?? instance.home}
        label={label}
        onReady={(map) => {
          setGl(map);
          onReady?.(map);
        }}
        {...events}
      />
      {!open && <div className="share-nothing">{t('preview.nothing')}</div>}
      <div className="zoom float">
        <button type="button" className="ib" aria-label={m('zoomIn')} onClick={() => gl?.zoom(1)}>
          +
        </button>
        <button type="button" className="ib" aria-label={m('zoomOut')} onClick={() => gl?.zoom(-1)}>
          −
        </button>
      </div>
    </div>
  );
}
