import { createStore, useStore } from '../app/store';

/** Colours of the map, read from tokens.css, so that light and dark have one source. Names without the leading `--`. */
export type Palette = (token: string) => string;

function read(): Palette {
  const style = getComputedStyle(document.documentElement);
  return (token) => style.getPropertyValue(`--${token}`).trim() || '#808080';
}

const palette = createStore<Palette>(read());

// a new function for a new scheme, so that everything drawn with the old one is drawn again
new MutationObserver(() => palette.set(() => read())).observe(document.documentElement, {
  attributes: true,
  attributeFilter: ['data-mantine-color-scheme'],
});

export const usePalette = () => useStore(palette);

/** A symbology's colour: a token such as `cat-2`, or a literal `#rrggbb`. */
export const colorOf = (palette: Palette, color: string | undefined) =>
  !color ? palette('cat-6') : color.startsWith('#') ? color : palette(color);
