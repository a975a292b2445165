import type { MapGeoJSONFeature } from 'maplibre-gl';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Collection } from '../api/types';
import { canView } from '../layers/row-slot';
import type { Hit } from './FeatureCard';
import { namelessLayers, nameThem } from './nameless';
import type { Selection } from './overlays';

/** The features clicked on, and which of them is looked at. What the reader may no longer see is dropped at once. */
export function useHits(layers: Map<string, Collection>, on: ReadonlySet<string>) {
  const [clicked, setClicked] = useState<{
    hits: { layer: string; key: string; fid: number; properties: Record<string, unknown>; center: [number, number] }[];
    index: number;
  } | null>(null);

  const hits = useMemo<Hit[]>(
    () =>
      (clicked?.hits ?? []).flatMap(({ layer: id, key, ...rest }) => {
        const layer = layers.get(id);
        // another access key means other rights: what was fetched under the old ones is not shown
        return layer && on.has(id) && canView(layer) && layer.yutu.access.key === key ? [{ layer, ...rest }] : [];
      }),
    [clicked, layers, on],
  );
  const index = Math.min(clicked?.index ?? 0, Math.max(0, hits.length - 1));
  const hit = hits[index];
  useEffect(() => {
    if (clicked && hits.length === 0 && layers.size > 0) setClicked(null);
  }, [clicked, hits, layers]);

  const selection = useMemo<Selection | null>(() => (hit ? { layer: hit.layer, fid: hit.fid, center: hit.center } : null), [hit]);

  /** Answers about an earlier click come too late. */
  const turn = useRef(0);

  /** @param reach degrees around the click that still mean a feature; comes to false when there is one that cannot be told from others here */
  const pick = async (found: MapGeoJSONFeature[], at: [number, number], reach: number): Promise<boolean> => {
    const mine = ++turn.current;
    const seen = new Set<string>();
    const chosen = found.flatMap((feature) => {
      const id = feature.sourceLayer ?? '';
      const layer = layers.get(id);
      const name = `${id}/${feature.id}`;
      if (!feature.layer.id.startsWith('layer:') || !layer || feature.id === undefined || seen.has(name)) return [];
      seen.add(name);
      const { geometry, properties } = feature;
      const center = geometry.type === 'Point' ? (geometry.coordinates as [number, number]) : at;
      return [{ layer: id, key: layer.yutu.access.key, fid: Number(feature.id), properties, center }];
    });
    setClicked(chosen.length ? { hits: chosen.slice(0, 20), index: 0 } : null);
    const nameless = namelessLayers(found, layers);
    if (nameless.size === 0) return true;
    const named = await nameThem(nameless, at, reach).catch(() => []);
    if (mine !== turn.current) return true;
    const more = named.map(({ layer, ...rest }) => ({ ...rest, layer: layer.id, key: layer.yutu.access.key, center: at }));
    const all = [...chosen, ...more];
    if (more.length > 0) setClicked({ hits: all.slice(0, 20), index: 0 });
    return all.length > 0;
  };

  return {
    hits,
    index,
    selection,
    pick,
    choose: (layer: Collection, fid: number, center: [number, number]) =>
      setClicked({ hits: [{ layer: layer.id, key: layer.yutu.access.key, fid, properties: {}, center }], index: 0 }),
    setIndex: (next: number) => setClicked((now) => now && { ...now, index: next }),
    clear: () => {
      turn.current++;
      setClicked(null);
    },
  };
}
