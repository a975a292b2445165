import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { Collection } from '../api/types';
import type { Lang } from '../i18n';
import { faces } from '../theme/faces';
import * as base from './base-style';
import * as over from './overlays';
import type { Palette } from './palette';
import * as theme from './thematic';

/** All a map shows, as data. The style follows from it alone; the map applies the difference. */
export interface Scene {
  palette: Palette;
  lang: Lang;
  /** Base layers whose lines and names are switched on. */
  base: Collection[];
  /** The districts, for the ground, even when their lines are off. */
  land: Collection | null;
  /** Thematic layers the reader may see, topmost first. */
  thematic: theme.Drawn[];
  districtPoints: GeoJSON.FeatureCollection;
  /** Closed layers that are switched on: their extent is hatched. */
  closed?: { city: boolean; boxes: GeoJSON.FeatureCollection };
  veil?: { outside: GeoJSON.Feature; granted: GeoJSON.MultiPolygon; without: string[] } | null;
  selection?: over.Selection | null;
  /** A place looked for by its numbers. */
  mark?: [number, number] | null;
  areas?: GeoJSON.FeatureCollection;
  picked?: string[];
}

/** No glyph server: labels are drawn from the page's own font files. The same object each time, so that it never counts as a change. */
let fonts: Record<string, unknown> | undefined;
function fontFaces() {
  const table = faces.get();
  if (table) fonts ??= { [base.HAN.text]: table[400], [base.HAN.name]: table[600] };
  return fonts;
}
const geojson = (data: GeoJSON.GeoJSON): SourceSpecification => ({ type: 'geojson', data });

const tiled = ({ base, land, thematic }: Scene) => [...base, ...(land ? [land] : []), ...thematic.map((d) => d.layer)];

/** Which version of its layer each source of tiles shows. */
export const versionsOf = (scene: Scene) => new Map(tiled(scene).map((layer) => [base.sourceId(layer), layer.yutu.version]));

export function styleOf(scene: Scene): StyleSpecification {
  const { palette: c, lang, land, selection } = scene;
  const role = (name: base.Role) => scene.base.filter(({ yutu }) => yutu.style.role === name);
  const districts = role('districts')[0];
  const bottomUp = [...scene.thematic].reverse();
  const ofType = (type: Collection['yutu']['geometryType']) => bottomUp.filter(({ layer }) => layer.yutu.geometryType === type);

  // the draw order, bottom up
  const layers: LayerSpecification[] = [
    { id: 'outside', type: 'background', paint: { 'background-color': c('map-out') } },
    ...role('context').flatMap((l) => base.context(l, c)),
    ...(land ? base.ground(land, c) : []),
    ...ofType('polygon').flatMap((d) => theme.polygons(d, c)),
    ...role('townships').flatMap((l) => base.townships(l, c)),
    ...role('rivers').flatMap((l) => base.rivers(l, c)),
    ...(districts ? base.districtLines(districts, c) : []),
    ...ofType('line').flatMap((d) => theme.lines(d, c)),
    ...(scene.veil ? over.veil(c) : []),
    ...(land && scene.closed?.city ? over.hatch(land, c) : []),
    ...(scene.closed ? over.hatchBoxes(c) : []),
    ...(selection ? over.selectionFill(selection, c) : []),
    ...(scene.areas ? over.areas(c) : []),
    ...(land && scene.picked ? over.picked(land, base.codeField(land), scene.picked, c) : []),
    ...role('rivers').flatMap((l) => base.riverLabels(l, c, lang)),
    ...role('places').flatMap((l) => base.places(l, c, lang)),
    ...bottomUp.flatMap((d) => theme.shapeLabels(d, c, lang)),
    ...bottomUp.flatMap((d) => theme.standIns(d, c)),
    ...ofType('point').flatMap((d) => theme.points(d, c, lang)),
    ...(selection ? over.selectionStroke(selection, c) : []),
    ...(scene.mark ? over.mark(c) : []),
    ...(districts ? base.districtLabels(c, lang, { picked: scene.picked, without: scene.veil?.without }) : []),
  ];

  const sources: StyleSpecification['sources'] = { [base.DISTRICT_POINTS]: geojson(scene.districtPoints) };
  for (const layer of tiled(scene)) sources[base.sourceId(layer)] = base.tileSource(layer);
  if (scene.closed) sources.closed = geojson(scene.closed.boxes);
  if (scene.veil) {
    sources.veil = geojson(scene.veil.outside);
    sources.granted = geojson(scene.veil.granted);
  }
  if (selection) sources.selection = geojson({ type: 'Point', coordinates: selection.center });
  if (scene.mark) sources.mark = geojson({ type: 'Point', coordinates: scene.mark });
  if (scene.areas) sources.areas = geojson(scene.areas);

  return { version: 8, 'font-faces': fontFaces(), sources, layers } as StyleSpecification;
}
