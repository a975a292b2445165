import type { Collection, Instance } from '../api/types';
import { daysSince } from '../i18n/days';
import { canView } from './row-slot';

export type Grouping = 'theme' | 'owner';
export type Filter = 'all' | 'viewable' | 'granted' | 'recent';

export interface Group {
  code: string;
  titleZh: string;
  titleEn: string;
  layers: Collection[];
}

const RECENT_DAYS = 30;

const passes: Record<Filter, (layer: Collection) => boolean> = {
  all: () => true,
  viewable: canView,
  granted: ({ yutu }) => yutu.access.source === 'grant',
  recent: ({ yutu }) => yutu.lastUpdate !== null && daysSince(yutu.lastUpdate) <= RECENT_DAYS,
};

/** Layers in groups: themes in the instance's order, offices by how many layers they give. Empty groups are left out. */
export function groupLayers(layers: Collection[], instance: Instance, by: Grouping, filter: Filter, words = ''): Group[] {
  const sought = words.trim().toLowerCase();
  const kept = layers.filter(
    (layer) =>
      passes[filter](layer) &&
      (!sought || layer.yutu.titleZh.includes(sought) || layer.yutu.titleEn.toLowerCase().includes(sought)),
  );
  const groups: Group[] =
    by === 'theme'
      ? instance.themes.map((theme) => ({ ...theme, layers: kept.filter(({ yutu }) => yutu.theme === theme.code) }))
      : offices(kept);
  const known = new Set(groups.flatMap((group) => group.layers));
  const rest = kept.filter((layer) => !known.has(layer));
  if (rest.length) groups.push({ code: '', titleZh: '其他', titleEn: 'Other', layers: rest });
  return groups.filter((group) => group.layers.length > 0);
}

function offices(layers: Collection[]): Group[] {
  const groups = new Map<string, Group>();
  for (const layer of layers) {
    const { id, titleZh, titleEn } = layer.yutu.owner;
    const group = groups.get(id) ?? { code: id, titleZh, titleEn, layers: [] };
    group.layers.push(layer);
    groups.set(id, group);
  }
  return [...groups.values()].sort((a, b) => b.layers.length - a.layers.length);
}
