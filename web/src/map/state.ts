import { createStore } from '../app/store';
import type { Box, View } from './GlMap';

/** Where the map last looked; survives a visit to another screen. */
export const lastView = createStore<View | null>(null);

/** A wish to look somewhere, from anywhere in the app; the map takes it when it is there. */
export const flight = createStore<{ box: Box; feature?: { layer: string; fid: number }; mark?: boolean } | null>(null);

/** A place that was searched for by its numbers. */
export const marked = createStore<[number, number] | null>(null);

/** The layer whose card is open. */
export const shownLayer = createStore<string | null>(null);

/** What a tool draws over the map: the kinds of `areas` in overlays.ts. */
export const sketched = createStore<GeoJSON.FeatureCollection | null>(null);

/** Who wants the next click on the map as a place, instead of what lies there. */
export const placing = createStore<{ take: (at: [number, number]) => void } | null>(null);
