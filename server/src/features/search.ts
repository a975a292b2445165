import { type Filter, foldCase } from '@yutu/tiles';
import { filterableFields } from '../access/visible.js';
import type { Item } from '../store/items.js';
import type { Description, Use } from './deliver.js';
import type { Reading } from './reading.js';
import type { FeatureRooms } from './rooms.js';
import { simplify } from './traditional.js';

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

/**
 * Finds layers (also closed ones), divisions, offices and named places, each only as the caller may see it.
 * @param readings the layers that the caller may know of
 */
export async function search(
  { catalogue, guard }: Pick<FeatureRooms, 'catalogue' | 'guard'>,
  readings: readonly Reading[],
  text: string,
): Promise<Description<SearchResult[]>> {
  const written = text.trim().toLowerCase();
  const needle = simplify(written);
  const has = (...hay: (string | null)[]) => hay.some((h) => h && simplify(h.toLowerCase()).includes(needle));
  const own = ownDivision(catalogue, readings);
  const results: SearchResult[] = [];
  const named = readings.filter(({ layer: l }) => has(l.id, l.titleZh, l.titleEn, l.descriptionZh, l.descriptionEn));
  for (const reading of named.slice(0, EACH)) {
    const { layer, access } = reading;
    const owner = catalogue.organisation(layer.owner);
    results.push({
      kind: 'layer',
      id: layer.id,
      titleZh: layer.titleZh,
      titleEn: layer.titleEn,
      subtitleZh: owner.titleZh,
      subtitleEn: owner.titleEn,
      bbox: await reading.extent(),
      locked: !access.can('view'),
    });
  }
  for (const d of [...catalogue.divisions.values()]
    .filter((x) => has(x.nameZh, x.nameEn) || x.code.startsWith(needle))
    .sort((a, b) => Number(b === own) - Number(a === own))
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
  const uses: Use[] = [];
  for (const reading of readings) {
    const fields = searchable(reading);
    // Whoever is slowed down on the layer waits here as well; where too many wait, it is left out.
    const turn =
      fields.length > 0 &&
      (await guard.pace(reading.caller.organisation, reading.layer).then(
        () => true,
        () => false,
      ));
    const features = turn ? await found(reading, fields, [...new Set([written, needle])], own?.bbox) : [];
    if (features.length === 0) continue;
    uses.push({ layer: reading.layer.id, surface: 'search', features });
    results.push(...features.map((item) => placeOf(reading, item)));
  }
  return { body: results, uses };
}

/** Search fields of the layer that may be searched: only what is shown as its value, a hidden or masked field is no oracle. */
function searchable({ access, layer, set }: Reading): string[] {
  if (!access.can('query')) return [];
  const open = filterableFields(layer, set.views).filter((f) => f.type === 'text');
  return layer.searchFields.filter((name) => open.some((f) => f.name === name));
}

/** The division that the caller's organisation answers for: what lies there is probably meant. */
function ownDivision(catalogue: FeatureRooms['catalogue'], [reading]: readonly Reading[]) {
  const organisation = reading?.caller.organisation;
  const code = organisation ? catalogue.organisation(organisation).division : null;
  return code ? catalogue.divisions.get(code) : undefined;
}

/** @param own the box whose features come first */
async function found(
  reading: Reading,
  fields: readonly string[],
  needles: readonly string[],
  own: readonly number[] | undefined,
): Promise<Item[]> {
  const filter: Filter = {
    op: 'or',
    args: fields.flatMap((name) =>
      needles.map((needle) => ({
        op: 'like' as const,
        args: [
          { op: 'casei' as const, args: [{ property: name }] },
          { op: 'casei' as const, args: [`%${foldCase(needle).replace(/[\\%_]/g, '\\$&')}%`] },
        ],
      })),
    ),
  };
  const near = own ? await reading.items({ filter, bbox: [...own], limit: PLACES }) : [];
  if (near.length === PLACES) return near;
  const known = new Set(near.map(({ id }) => id));
  const all = await reading.items({ filter, limit: PLACES });
  return [...near, ...all.filter(({ id }) => !known.has(id))].slice(0, PLACES);
}

function placeOf(reading: Reading, item: Item): SearchResult {
  const { layer } = reading;
  const [first, second] = searchable(reading);
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
