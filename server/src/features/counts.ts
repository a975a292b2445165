import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Access } from '../access/decide.js';
import type { ViewSet } from '../access/view.js';
import type { Layer } from '../catalogue/layers.js';
import type { Database } from '../db/database.js';
import { countItems, extentOf, type ItemsQuery } from '../store/items.js';
import { type StatisticsQuery, statisticsOf } from '../store/statistics.js';

type Box = [number, number, number, number];

/** Counts and extents under a caller's views, asked once per layer version, views and query: paging does not count again. */
export class Counts {
  private readonly counts = new LRUCache<string, Promise<number>>({ max: 20_000 });
  private readonly classes = new LRUCache<string, ReturnType<typeof statisticsOf>>({ max: 2_000 });
  private readonly extents = new LRUCache<string, Promise<{ box: Box | null }>>({ max: 5_000 });

  constructor(private readonly db: Database) {}

  matched(layer: Layer, set: ViewSet, query: Pick<ItemsQuery, 'bbox' | 'filter'> = {}): Promise<number> {
    const id = `${layer.id}@${layer.version}/${set.key}/${digest([query.bbox ?? null, query.filter ?? null])}`;
    return remember(this.counts, id, () => countItems(this.db, layer, set, query));
  }

  statistics(layer: Layer, set: ViewSet, query: StatisticsQuery): ReturnType<typeof statisticsOf> {
    const { by, breaks, of, bbox, filter } = query;
    const id = `${layer.id}@${layer.version}/${set.key}/${digest([by ?? null, breaks ?? null, of ?? null, bbox ?? null, filter ?? null])}`;
    return remember(this.classes, id, () => statisticsOf(this.db, layer, set, query));
  }

  /**
   * The box of what the caller may see of the layer. Of a closed layer the catalogue tells roughly where it lies: the box of all of
   * it, widened to tenths of a degree.
   */
  async extent(layer: Layer, access: Access): Promise<Box | null> {
    const action = (['query', 'view', 'download'] as const).find((a) => access.can(a));
    if (action) return this.extentOf(layer, access.for(action));
    const { extent } = layer;
    return extent && [floor(extent[0]), floor(extent[1]), ceil(extent[2]), ceil(extent[3])];
  }

  private async extentOf(layer: Layer, set: ViewSet): Promise<Box | null> {
    const id = `${layer.id}@${layer.version}/${set.key}`;
    return (await remember(this.extents, id, async () => ({ box: await extentOf(this.db, layer, set) }))).box;
  }
}

const floor = (degrees: number) => Math.floor(degrees * 10) / 10;
const ceil = (degrees: number) => Math.ceil(degrees * 10) / 10;

/** Filters may be long: only their digest is kept. */
const digest = (query: unknown): string => createHash('sha256').update(JSON.stringify(query)).digest('base64url');

function remember<T>(
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
  return answer;
}
