import type { Catalogue } from '../catalogue/catalogue.js';
import { badParameter } from '../errors/fail.js';
import type { Caller } from '../identity/caller.js';
import type { Decisions } from './decisions.js';

/** Layers that one tile of the dataset holds at most. */
export const DATASET_MOST = 32;

/** The parameter `collections` (OGC API Tiles Part 1, collections selection). @throws `parameter_invalid` */
export function readCollections(value: string): string[] {
  const ids = [...new Set(value.split(','))];
  if (ids.length > DATASET_MOST || ids.includes(''))
    badParameter(
      'collections',
      `请列出 1 到 ${DATASET_MOST} 个图层，用逗号分开`,
      `list 1 to ${DATASET_MOST} layers, separated by commas`,
    );
  return ids;
}

/** The layers of a dataset tile when none are named: the first that the caller may view, in the catalogue's order. */
export function viewableLayers(catalogue: Catalogue, decisions: Decisions, caller: Caller): string[] {
  const ids: string[] = [];
  for (const layer of catalogue.layers.values()) {
    if (ids.length === DATASET_MOST) break;
    if (decisions.of(caller, layer).can('view')) ids.push(layer.id);
  }
  return ids;
}
