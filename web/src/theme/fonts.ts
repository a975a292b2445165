import ranges from '@fontsource/noto-sans-sc/unicode.json';
import latin from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import rare from '../../fonts/slices.json';

/**
 * The typefaces, cut into slices that load when a character needs them. The same files serve the page
 * (`document.fonts`) and the map's labels (`font-faces` of the style), since there is no glyph server.
 */
const files = import.meta.glob<string>(
  '../../../node_modules/@fontsource/noto-sans-sc/files/noto-sans-sc-*-{400,500,600}-normal.woff2',
  {
    query: '?url',
    import: 'default',
    eager: true,
  },
);

/** Rare characters, signs, Arabic script and Tibetan, cut by web/fonts/cut.py in one weight. */
const rareFiles = import.meta.glob<string>('../../fonts/slices/*.woff2', { query: '?url', import: 'default', eager: true });

export interface Slice {
  url: string;
  'unicode-range': string[];
}

const slice = (url: string, range: string[]): Slice => ({ url: new URL(url, location.href).href, 'unicode-range': range });

/** The slices of Noto Sans SC of one weight. */
function hanSlices(weight: 400 | 500 | 600): Slice[] {
  return Object.entries(ranges as Record<string, string>).flatMap(([name, range]) => {
    const subset = name.replace(/[[\]]/g, '');
    const url = files[`../../../node_modules/@fontsource/noto-sans-sc/files/noto-sans-sc-${subset}-${weight}-normal.woff2`];
    return url ? [slice(url, range.split(','))] : [];
  });
}

const rareSlices = (): Slice[] =>
  Object.entries(rare as Record<string, string[]>).map(([name, range]) => slice(rareFiles[`../../fonts/slices/${name}`]!, range));

/** What the map draws a character with: the first that has it. The ranges of rare slices are wide, so they come last. */
export const mapSlices = (weight: 400 | 600): Slice[] => [...hanSlices(weight), ...rareSlices()];

// curly quotes, dash and ellipsis are left to the Han face, so that Chinese punctuation keeps its full width
const LATIN = 'U+0020-00FF,U+0131,U+0152-0153,U+02DA,U+2122,U+2190-2193,U+2212,U+2215';
const MARKS = 'U+2013-2014,U+2018-201D,U+2026';

/** Makes the families named in tokens.css known; nothing is downloaded before a character is drawn. */
export function registerFonts() {
  const add = (family: string, url: string, unicodeRange: string, weight: string) =>
    document.fonts.add(
      new FontFace(family, `url(${JSON.stringify(url)}) format("woff2")`, { unicodeRange, weight, display: 'swap' }),
    );
  add('Yutu Latin', latin, LATIN, '100 900');
  add('Yutu Latin Marks', latin, MARKS, '100 900');
  for (const { url, 'unicode-range': range } of rareSlices()) add('Yutu Rare', url, range.join(','), '400');
  for (const weight of [400, 500, 600] as const) {
    for (const slice of hanSlices(weight)) add('Yutu Han', slice.url, slice['unicode-range'].join(','), String(weight));
  }
}
