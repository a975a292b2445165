import type { Item } from '../store/items.js';
import { GEOJSON } from './links.js';

/**
 * How features are written in one format: what comes before them, each of them, and what comes after. `items` and `export` put the same
 * features through it, as what they select is decided elsewhere: a format knows nothing of access.
 */
export interface Writer {
  readonly mediaType: string;
  /** Of a file's name, without the dot. */
  readonly extension: string;
  /** @param members of the document itself: links, counts, where a file comes from */
  begin(members: Readonly<Record<string, unknown>>): string;
  /** @param first whether none was written before */
  feature(item: Item, first: boolean): string;
  end(): string;
}

/** RFC 7946, with members of the document before `features`, so that a reader that streams has them first. */
export const geojson: Writer = {
  mediaType: GEOJSON,
  extension: 'geojson',
  begin: (members) => `${JSON.stringify({ type: 'FeatureCollection', ...members }).slice(0, -1)},"features":[`,
  feature: (item, first) => `${first ? '' : ','}\n${JSON.stringify(item)}`,
  end: () => '\n]}\n',
};

/** The formats of features by the value of `f`; `json` is one name more of the first. */
export const writers: Readonly<Record<string, Writer>> = { geojson };

/** The writer for an `f` that was found to be one of `writers`, or for none. */
export const writerOf = (f: string | undefined): Writer => writers[f ?? 'geojson'] ?? geojson;

/** A whole document at once. */
export function write(writer: Writer, members: Readonly<Record<string, unknown>>, items: readonly Item[]): string {
  return [writer.begin(members), ...items.map((item, i) => writer.feature(item, i === 0)), writer.end()].join('');
}
