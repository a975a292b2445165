import { createStore } from '../app/store';
import type { Slice } from './fonts';

/** The map's typefaces by weight, once the table of slices is there; a chunk of its own because the table is long. */
export const faces = createStore<Record<400 | 600, Slice[]> | null>(null);

export async function loadFonts() {
  const { mapSlices, registerFonts } = await import('./fonts');
  registerFonts();
  faces.set({ 400: mapSlices(400), 600: mapSlices(600) });
}
