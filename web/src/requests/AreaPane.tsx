import { difference, feature, featureCollection } from '@turf/turf';
import { lazy, Suspense, useMemo } from 'react';
import type { Area } from '../api/types';

const AreaMap = lazy(() => import('../map/AreaMap').then((m) => ({ default: m.AreaMap })));

type AreaMapProps = React.ComponentProps<typeof AreaMap>;

/** A small map of an area; the map's code is fetched when one is first shown. */
export function AreaPane(props: AreaMapProps) {
  return (
    <Suspense fallback={<div className="wf-map-wait" style={{ height: props.height }} />}>
      <AreaMap {...props} />
    </Suspense>
  );
}

/** An area that was asked or given; with `asked`, what of it is left out is drawn dashed. */
export function AreaShown({
  area,
  asked,
  height,
  label,
}: {
  area: Area | null;
  asked?: Area | null;
  height: number;
  label: string;
}) {
  const overlays = useMemo(() => {
    const shown: AreaMapProps['overlays'] = [];
    const rest = asked && area ? leftOut(asked, area) : null;
    if (rest) shown.push({ kind: 'left-out', geometry: rest });
    if (area) shown.push({ kind: 'asked', geometry: area.geometry });
    return shown;
  }, [area, asked]);
  return <AreaPane overlays={overlays} bbox={widened((asked ?? area)?.bbox)} height={height} label={label} />;
}

/** The part of the asked area that was not given; null when nothing of weight is left. */
export function leftOut(
  asked: Pick<Area, 'geometry'>,
  given: Pick<Area, 'geometry'>,
): GeoJSON.Polygon | GeoJSON.MultiPolygon | null {
  try {
    return difference(featureCollection([feature(asked.geometry), feature(given.geometry)]))?.geometry ?? null;
  } catch {
    return null; // shapes that cannot be cut are shown without the difference; the words still say it
  }
}

/** Air around a box, a tenth of it unless told, so that its outline is not on the frame. */
export function widened(
  box: [number, number, number, number] | undefined,
  share = 0.1,
): [number, number, number, number] | undefined {
  if (!box) return undefined;
  const [w, s, e, n] = box;
  const [dx, dy] = [(e - w) * share || 0.01, (n - s) * share || 0.01];
  return [w - dx, s - dy, e + dx, n + dy];
}
