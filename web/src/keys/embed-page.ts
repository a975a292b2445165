import type { Collection } from '../api/types';

/** How MapLibre draws each kind of geometry, plainly. */
const DRAWN = {
  point: { type: 'circle', paint: { 'circle-radius': 4, 'circle-color': '#2563a8' } },
  line: { type: 'line', paint: { 'line-width': 2, 'line-color': '#2563a8' } },
  polygon: { type: 'fill', paint: { 'fill-color': '#2563a8', 'fill-opacity': 0.4 } },
} as const;

/** A page that shows a layer by its signed TileJSON: one `<div>` and one script, to paste into a site that has MapLibre GL. */
export function page(
  layer: Pick<Collection, 'id' | 'extent'> & { yutu: Pick<Collection['yutu'], 'geometryType'> },
  tilejson: string,
) {
  const drawn = { id: layer.id, source: layer.id, 'source-layer': layer.id, ...DRAWN[layer.yutu.geometryType] };
  const style = {
    version: 8,
    sources: { [layer.id]: { type: 'vector', url: tilejson } },
    layers: [drawn],
  };
  // a `<` in the data would end the script
  const json = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c');
  return `<div id="map" style="height: 480px"></div>
<script>
  new maplibregl.Map({
    container: 'map',
    bounds: ${json(layer.extent.spatial.bbox[0] ?? [-180, -85, 180, 85])},
    style: ${json(style)},
  });
</script>`;
}
