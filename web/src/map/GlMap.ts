import './gl.css';
import {
  type LngLatLike,
  type MapGeoJSONFeature,
  Map as MapLibre,
  type PaddingOptions,
  type StyleSpecification,
  setWorkerUrl,
  type Tile,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Problem } from '../api/types';
import { suspect, waiting } from '../app/connection';
import type { LoadState } from '../layers/row-slot';
import { drawImage, RATIO } from './images';
import { REACH } from './reach';
import { type Scene, styleOf, versionsOf } from './scene';

setWorkerUrl(workerUrl);

export type Box = [number, number, number, number];

export interface View {
  zoom: number;
  lat: number;
  lng: number;
}

export interface GlMapOptions {
  home: Box;
  view?: View | null;
  scene: Scene;
  label: string;
  /** A still map neither pans nor zooms. */
  still?: boolean;
  padding?: Partial<PaddingOptions>;
}

export interface GlMapEvents {
  onMove?: (view: View) => void;
  onRest?: (view: View) => void;
  onClick?: (features: MapGeoJSONFeature[], at: [number, number]) => void;
  onHover?: (at: [number, number] | null) => void;
  /** A source began to load, finished, answered with an error, or that the quota is used up. */
  onSource?: (source: string, state: LoadState, status?: number) => void;
}

/** The tiles of a source that could not be loaded, and whether they may be if asked for once more. */
interface Failure {
  passing: boolean;
  exhausted?: boolean;
  tiles: { x: number; y: number; z: number }[];
}

/** Names come after the first picture, or then at the latest. */
const LETTERED_MS = 15_000;

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** The one owner of the GL map: scenes go in, events come out. */
export class GlMap {
  readonly map: MapLibre;
  events: GlMapEvents = {};
  #scene: Scene;
  #ready = false;
  #home: Box;
  #padding: Partial<PaddingOptions>;
  #failed = new Map<string, Failure>();
  #tries = 0;
  #timer = 0;
  /** The timer that ends it. */
  #unlettered = 1;
  #placing = false;

  constructor(container: HTMLElement, { home, view, scene, label, still: fixed = false, padding = {} }: GlMapOptions) {
    this.#scene = scene;
    this.#home = home;
    this.#padding = padding;
    this.map = new MapLibre({
      container,
      style: this.#style(),
      ...(view
        ? { center: [view.lng, view.lat], zoom: view.zoom }
        : { bounds: home, fitBoundsOptions: { padding: this.#room() } }),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      interactive: !fixed,
      maxZoom: 18,
      minZoom: 4,
      fadeDuration: still() ? 0 : 150,
      refreshExpiredTiles: false,
      locale: { 'Map.Title': label },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.#listen();
  }

  /** Shows another scene; only what differs is touched. */
  draw(scene: Scene) {
    if (scene === this.#scene) return;
    const before = versionsOf(this.#scene);
    this.#scene = scene;
    if (!this.#ready) return;
    this.map.setStyle(this.#style(), { diff: true });
    for (const [source, version] of versionsOf(scene))
      if (before.has(source) && before.get(source) !== version) {
        if (this.#failed.has(source)) this.#reload(source);
        this.#reload(source); // an unchanged ETag costs nothing
      }
  }

  fit(box: Box, { maxZoom = 14 } = {}) {
    const [w, s, e, n] = box;
    this.map.fitBounds([w, s, e, n], { padding: this.#room(), maxZoom, animate: !still(), duration: 700 });
  }

  goHome() {
    this.fit(this.#home);
  }

  go(center: LngLatLike, zoom = Math.max(this.map.getZoom(), 12)) {
    this.map.easeTo({ center, zoom, animate: !still(), duration: 700 });
  }

  /** Brings a place into the upper part of the map when it lies lower. */
  lift(center: [number, number]) {
    const height = this.map.getContainer().clientHeight;
    if (this.map.project(center).y < height * 0.4) return;
    this.map.easeTo({ center, offset: [0, -height * 0.2], animate: !still(), duration: 300 });
  }

  /** Shows a box at once, at least as near as `zoom`: then around `at`, else around its middle. */
  near([w, s, e, n]: Box, zoom: number, at: [number, number] | null = null) {
    const camera = this.map.cameraForBounds([w, s, e, n], { padding: 12 });
    if (!camera?.center) return;
    const fitting = camera.zoom ?? 0;
    this.map.jumpTo({ center: fitting < zoom && at ? at : camera.center, zoom: Math.max(fitting, zoom) });
  }

  /** At once, as another map that shows the same place is moved. */
  show({ lng, lat, zoom }: View) {
    this.map.jumpTo({ center: [lng, lat], zoom });
  }

  zoom(by: 1 | -1) {
    this.map.zoomTo(this.map.getZoom() + by, { animate: !still(), duration: 200 });
  }

  setPadding(padding: Partial<PaddingOptions>) {
    this.#padding = padding;
  }

  /** While places are clicked, a double click is two of them, and features under the pointer mean nothing. */
  setPlacing(on: boolean) {
    this.#placing = on;
    this.map.doubleClickZoom[on ? 'disable' : 'enable']();
    this.map.getCanvas().style.cursor = on ? 'crosshair' : '';
  }

  /** Loads again what failed of a collection. */
  refresh(collection: string) {
    for (const source of this.sourcesOf(collection)) this.#reload(source);
  }

  /** Loads again what failed: the server is back. */
  recover() {
    this.#tries = 0;
    clearTimeout(this.#timer);
    this.#timer = 0;
    for (const source of [...this.#failed.keys()]) this.#reload(source);
  }

  /** Asks for the tiles that failed; where none did, for all. */
  #reload(source: string) {
    const tiles = this.#failed.get(source)?.tiles;
    this.#failed.delete(source);
    // by their names: a reload of the whole source leaves tiles that failed waiting for good
    if (this.map.getSource(source)) this.map.refreshTiles(source, tiles);
  }

  /** A server that is busy or away may answer later: what failed is asked for again, after growing pauses. A refusal stays one. */
  #later() {
    if (this.#timer) return;
    this.#timer = window.setTimeout(
      () => {
        this.#timer = 0;
        for (const [source, { passing }] of [...this.#failed]) if (passing) this.#reload(source);
      },
      waiting(++this.#tries, 30_000),
    );
  }

  /** A quota that is used up stays so until midnight at least: asking again helps nobody. */
  async #tellExhausted(source: string, { body }: { body?: Blob }) {
    const code = await body
      ?.text()
      .then((text) => (JSON.parse(text) as Partial<Problem>).code)
      .catch(() => undefined);
    const failure = this.#failed.get(source);
    if (code !== 'quota_exceeded' || !failure) return;
    Object.assign(failure, { passing: false, exhausted: true });
    this.events.onSource?.(source, 'exhausted');
  }

  sourcesOf(collection: string): string[] {
    return Object.keys(this.map.getStyle()?.sources ?? {}).filter((id) => id.startsWith(`${collection}@`));
  }

  get view(): View {
    const { lat, lng } = this.map.getCenter();
    return { zoom: this.map.getZoom(), lat, lng };
  }

  destroy() {
    this.events = {};
    clearTimeout(this.#timer);
    clearTimeout(this.#unlettered);
    this.map.remove();
  }

  /** At first without names: what they are written with weighs more than the map, and would keep its tiles waiting. */
  #style(): StyleSpecification {
    const style = styleOf(this.#scene);
    return this.#unlettered ? { ...style, layers: style.layers.filter(({ type }) => type !== 'symbol') } : style;
  }

  #letter() {
    if (!this.#unlettered) return;
    clearTimeout(this.#unlettered);
    this.#unlettered = 0;
    if (this.#ready) this.map.setStyle(this.#style(), { diff: true });
  }

  #room(): PaddingOptions {
    return { top: 24, bottom: 24, left: 24, right: 24, ...this.#padding };
  }

  #listen() {
    const { map } = this;
    map.on('style.load', () => {
      this.#ready = true;
      map.setStyle(this.#style(), { diff: true });
    });
    map.once('idle', () => this.#letter());
    this.#unlettered = window.setTimeout(() => this.#letter(), LETTERED_MS);
    map.setMissingStyleImageResolver((id) => {
      const image = drawImage(id);
      if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: RATIO });
    });
    map.on('move', () => this.events.onMove?.(this.view));
    map.on('moveend', () => this.events.onRest?.(this.view));
    map.on('click', (e) => this.events.onClick?.(this.#near(e.point), e.lngLat.toArray()));
    map.on('mousemove', (e) => {
      this.events.onHover?.(e.lngLat.toArray());
      if (this.#placing) return;
      const over = !map.isMoving() && this.#near(e.point).some((f) => f.layer.id.startsWith('layer:'));
      map.getCanvas().style.cursor = over ? 'pointer' : '';
    });
    map.on('mouseout', () => this.events.onHover?.(null));
    map.on('sourcedataloading', (e) => {
      this.events.onSource?.(e.sourceId, 'loading');
    });
    map.on('sourcedata', (e) => {
      if (e.sourceId && map.getSource(e.sourceId) && map.isSourceLoaded(e.sourceId) && !this.#failed.has(e.sourceId)) {
        this.events.onSource?.(e.sourceId, 'ready');
        if (this.#failed.size === 0) this.#tries = 0;
      }
    });
    map.on('error', (e) => {
      const source = (e as { sourceId?: string }).sourceId;
      if (!source) return;
      const { tile } = e as { tile?: Tile };
      const { status } = e.error as { status?: number };
      const passing = !status || status === 429 || status >= 500;
      const { tiles, exhausted } = this.#failed.get(source) ?? { tiles: [] };
      if (exhausted) return;
      this.#failed.set(source, { passing, tiles: tile ? [...tiles, tile.tileID.canonical] : tiles });
      this.events.onSource?.(source, 'failed', status);
      if (!passing) return;
      if (status === 429) void this.#tellExhausted(source, e.error as { body?: Blob });
      this.#later();
      void suspect();
    });
  }

  /** Features under a finger or a pointer: exactly there first, then within reach. */
  #near({ x, y }: { x: number; y: number }): MapGeoJSONFeature[] {
    const exact = this.map.queryRenderedFeatures([x, y]);
    const around = this.map.queryRenderedFeatures([
      [x - REACH, y - REACH],
      [x + REACH, y + REACH],
    ]);
    return [...exact, ...around];
  }
}
