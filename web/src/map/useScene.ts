import { useMemo } from 'react';
import type { Collection } from '../api/types';
import { useStore } from '../app/store';
import { useLang } from '../i18n';
import { canView } from '../layers/row-slot';
import { slots } from '../layers/slots';
import { useBase, useDistrictPoints, useDistrictShapes } from './districts';
import { extents } from './extents';
import type { Box } from './GlMap';
import type { Selection } from './overlays';
import { usePalette } from './palette';
import type { Scene } from './scene';
import { marked, sketched } from './state';
import { opacityOf } from './thematic';
import { useVeil } from './veil';

/** The scene of the main map: what is switched on, seen with the reader's own rights. */
export function useScene(layers: Map<string, Collection>, home: Box, selection: Selection | null): Scene {
  const palette = usePalette();
  const lang = useLang();
  const list = useStore(slots);
  const { base, land } = useBase();
  const districtPoints = useDistrictPoints(land);
  const shapes = useDistrictShapes(land);

  const drawn = useMemo(() => {
    const on = (list ?? []).filter(({ hidden }) => !hidden);
    const known = on.flatMap((slot) => {
      const layer = layers.get(slot.id);
      return layer ? [{ layer, opacity: slot.opacity ?? opacityOf(layer) }] : [];
    });
    const open = known.filter(({ layer }) => canView(layer));
    return {
      base: base.filter(({ id }) => open.some(({ layer }) => layer.id === id)),
      thematic: open.filter(({ layer }) => layer.yutu.style.role === 'thematic'),
      closed: extents(
        known.flatMap(({ layer }) => (canView(layer) ? [] : [layer])),
        home,
      ),
    };
  }, [list, layers, base, home]);

  const sketch = useStore(sketched);
  const mark = useStore(marked);
  const veil = useVeil(drawn.thematic, home, shapes, districtPoints);
  return useMemo(
    () => ({ palette, lang, land, districtPoints, selection, veil, areas: sketch ?? undefined, mark, ...drawn }),
    [palette, lang, land, districtPoints, selection, veil, sketch, mark, drawn],
  );
}
