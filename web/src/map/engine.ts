import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { returns } from '../app/connection';
import { createStore } from '../app/store';
import type { GlMap } from './GlMap';

/** What draws the map: two thirds of the viewer's bytes, so it comes after the page, which can be read meanwhile. */
export const engine = createStore<typeof GlMap | null>(null);

let asked = false;
export async function loadEngine() {
  if (asked) return;
  asked = true;
  try {
    const coming = import('./GlMap');
    // its worker is asked for at once, not only when it is started; the browser keeps it
    void fetch(workerUrl, { priority: 'low' }).catch(() => {});
    const { GlMap } = await coming;
    engine.set(() => GlMap);
  } catch {
    asked = false;
  }
}

returns.subscribe(() => void loadEngine());
