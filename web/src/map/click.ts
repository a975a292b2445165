import type { MapGeoJSONFeature } from 'maplibre-gl';
import type { Collection } from '../api/types';
import { codeField } from './base-style';

type Found = Pick<MapGeoJSONFeature, 'id' | 'layer' | 'source' | 'sourceLayer' | 'properties'>;

const thematic = ({ layer }: Found) => layer.id.startsWith('layer:');
const named = ({ layer }: Found) => layer.id === 'base-places' || layer.id === 'base-district-labels';

/** Whether a click here would open something. */
export const opens = (found: Found[]) => found.some((f) => thematic(f) || named(f));

/** What a click means: thematic features; where there are none, the place or the district whose name was clicked. */
export function clicked<F extends Found>(found: F[], layers: Map<string, Collection>): F[] {
  const data = found.filter(thematic);
  if (data.length > 0) return data;
  const codes = found.flatMap((f) => (f.layer.id === 'base-district-labels' ? [String(f.properties.code)] : []));
  return found.filter((f) => {
    const layer = layers.get(f.sourceLayer ?? '');
    if (!layer) return false;
    return f.layer.id === 'base-places' || (f.layer.id === 'base-land' && codes.includes(String(f.properties[codeField(layer)])));
  });
}
