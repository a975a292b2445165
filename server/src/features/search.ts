import { type Filter, foldCase } from '@yutu/tiles';
import { filterableFields } from '../access/visible.js';
import type { Layer } from '../catalogue/layers.js';
import type { Caller } from '../identity/caller.js';
import { type Item, queryItems } from '../store/items.js';
import type { Counts } from './counts.js';
import { noteUse } from './items.js';
import type { FeatureRooms } from './rooms.js';

type Box = [number, number, number, number];

export interface SearchResult {
  kind: 'layer' | 'division' | 'place' | 'organisation';
  id: string;
  titleZh: string;
  titleEn: string;
  subtitleZh: string;
  subtitleEn: string;
  bbox: Box | null;
  locked: boolean;
}

const PLACES = 8;
const EACH = 8;

/** Finds layers (also closed ones), divisions, offices and named places, each only as the caller may see it. */
export async function search(rooms: FeatureRooms, counts: Counts, caller: Caller, text: string): Promise<SearchResult[]> {
  const needle = text.trim().toLowerCase();
  const has = (...hay: (string | null)[]) => hay.some((h) => h?.toLowerCase().includes(needle));
  const { catalogue, decisions } = rooms;
  const results: SearchResult[] = [];
  const visible = [...catalogue.layers.values()]
    .map((layer) => ({ layer, access: decisions.of(caller, layer) }))
    .filter((l) => l.access.discover);
  for (const { layer, access } of visible
    .filter(({ layer: l }) => has(l.id, l.titleZh, l.titleEn, l.descriptionZh, l.descriptionEn))
    .slice(0, EACH)) {
    const owner = catalogue.organisation(layer.owner);
    results.push({
      kind: 'layer',
      id: layer.id,
      titleZh: layer.titleZh,
      titleEn: layer.titleEn,
      subtitleZh: owner.titleZh,
      subtitleEn: owner.titleEn,
      bbox: await counts.extent(layer, access),
      locked: !access.can('view'),
    });
  }
  for (const d of [...catalogue.divisions.values()]
    .filter((x) => has(x.nameZh, x.nameEn) || x.code.startsWith(needle))
    .slice(0, EACH))
    results.push({
      kind: 'division',
      id: d.code,
      titleZh: d.nameZh,
      titleEn: d.nameEn ?? d.nameZh,
      subtitleZh: `行政区划 ${d.code}`,
      subtitleEn: `Division ${d.code}`,
      bbox: d.bbox,
      locked: false,
    });
  for (const o of [...catalogue.organisations.values()]
    .filter((x) => x.kind !== 'district' && has(x.titleZh, x.titleEn))
    .slice(0, EACH))
    results.push({
      kind: 'organisation',
      id: o.id,
      titleZh: o.titleZh,
      titleEn: o.titleEn,
      subtitleZh: '提供部门',
      subtitleEn: 'Provider',
      bbox: null,
      locked: false,
    });
  for (const { layer, access } of visible)
    if (layer.searchFields.length > 0 && access.can('query'))
      results.push(...(await searchLayer(rooms, caller, layer, access.for('query'), needle)));
  return results;
}

async function searchLayer(
  rooms: FeatureRooms,
  caller: Caller,
  layer: Layer,
  set: Parameters<typeof queryItems>[2],
  needle: string,
): Promise<SearchResult[]> {
  // Only what is shown as its value may be searched: a hidden or masked field is no oracle.
  const open = filterableFields(layer, set.views).filter((f) => f.type === 'text');
  const fields = layer.searchFields.filter((name) => open.some((f) => f.name === name));
  if (fields.length === 0) return [];
  const pattern = `%${foldCase(needle).replace(/[\\%_]/g, '\\$&')}%`;
  const filter: Filter = {
    op: 'or',
    args: fields.map((name) => ({
      op: 'like' as const,
      args: [
        { op: 'casei' as const, args: [{ property: name }] },
        { op: 'casei' as const, args: [pattern] },
      ],
    })),
  };
  const found = await queryItems(rooms.db, layer, set, { filter, limit: PLACES });
  if (found.length > 0) noteUse(rooms, caller, layer, set, 'search', found, 0);
  const [first, second] = fields;
  return found.map((item) => {
    const title = String(item.properties[first!] ?? item.id);
    return {
      kind: 'place',
      id: `${layer.id}/${item.id}`,
      titleZh: title,
      titleEn: String((second && item.properties[second]) ?? title),
      subtitleZh: layer.titleZh,
      subtitleEn: layer.titleEn,
      bbox: boxOf(item.geometry),
      locked: false,
    };
  });
}

function boxOf(geometry: Item['geometry']): Box | null {
  const box: Box = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const visit = (c: unknown): void => {
    if (!Array.isArray(c)) return;
    if (typeof c[0] === 'number') {
      const [x, y] = c as [number, number];
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    } else c.forEach(visit);
  };
  visit((geometry as { coordinates?: unknown } | null)?.coordinates);
  return box[0] <= box[2] ? box : null;
}
