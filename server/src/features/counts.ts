import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Access } from '../access/decide.js';
import type { ViewSet } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import { ClientLeft, runForAll, throwIfLeft } from '../db/client.js';
import type { Database } from '../db/database.js';
import { countItems, type ItemsQuery, type Summary, summaryOf } from '../store/items.js';
import { type StatisticsQuery, statisticsOf } from '../store/statistics.js';

type Box = [number, number, number, number];

/** Counts and extents under a caller's views, asked once per layer version, views and query: paging does not count again. */
export class Counts {
  private readonly counts = new LRUCache<string, Promise<number>>({ max: 20_000 });
  private readonly classes = new LRUCache<string, ReturnType<typeof statisticsOf>>({ max: 2_000 });
  /** A catalogue of a thousand layers for fifty kinds of callers. */
  private readonly summaries = new LRUCache<string, Promise<Summary>>({ max: 50_000 });

  /** @param home the instance's box */
  constructor(
    private readonly db: Database,
    private readonly home: () => Box,
  ) {}

  async matched(layer: Layer, set: ViewSet, query: Pick<ItemsQuery, 'bbox' | 'filter'> = {}): Promise<number> {
    if (!query.bbox && query.filter === undefined) return (await this.summary(layer, set)).features;
    const id = `${layer.id}@${layer.version}/${set.key}/${digest([query.bbox ?? null, query.filter ?? null])}`;
    return remember(this.counts, id, () => countItems(this.db, layer, set, query));
  }

  statistics(layer: Layer, set: ViewSet, query: StatisticsQuery): ReturnType<typeof statisticsOf> {
    const { by, breaks, of, ends, bbox, filter } = query;
    const id = `${layer.id}@${layer.version}/${set.key}/${digest([by ?? null, breaks ?? null, of ?? null, ends ?? null, bbox ?? null, filter ?? null])}`;
    return remember(this.classes, id, () => statisticsOf(this.db, layer, set, query));
  }

  private summary(layer: Layer, set: ViewSet): Promise<Summary> {
    return remember(this.summaries, `${layer.id}@${layer.version}/${set.key}`, () =>
      runForAll(() => summaryOf(this.db, layer, set)),
    );
  }

  /**
   * The box of what the caller may see of the layer. Whoever sees none of its features is told the instance's box, whatever rows there are:
   * one that lies apart would show in any box that is made from them, however roughly.
   */
  async extent(layer: Layer, access: Access): Promise<Box | null> {
    const { outline } = access;
    return outline ? (await this.summary(layer, outline)).box : this.home();
  }
}

/** Filters may be long: only their digest is kept. */
const digest = (query: unknown): string => createHash('sha256').update(JSON.stringify(query)).digest('base64url');

async function remember<T>(
  cache: Pick<LRUCache<string, Promise<T> & object>, 'get' | 'set' | 'delete'>,
  id: string,
  ask: () => Promise<T>,
): Promise<T> {
  let answer: Promise<T> | undefined = cache.get(id);
  if (!answer) {
    answer = ask();
    cache.set(id, answer);
    answer.catch(() => cache.delete(id)); // a fault is not an answer
  }
  try {
    return await answer;
  } catch (error) {
    // Whoever had asked first has left, and the question with it: others ask anew.
    if (!(error instanceof ClientLeft)) throw error;
    throwIfLeft();
    return remember(cache, id, ask);
  }
}
