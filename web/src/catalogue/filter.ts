import type { Collection, SharingClass } from '../api/types';

export interface CatalogueFilter {
  q?: string;
  theme?: string;
  owner?: string;
  class?: SharingClass;
  state?: State;
}

/** How a layer stands for the reader: to be used, on its way, to be asked for, or closed. */
export const STATES = ['usable', 'waiting', 'askable', 'closed', 'overdue'] as const;
export type State = (typeof STATES)[number];

export function stateOf(layer: Collection): Exclude<State, 'overdue'> {
  const { access, request, sharing } = layer.yutu;
  if (access.actions.some((a) => a !== 'discover')) return 'usable';
  if (request?.status === 'submitted' || request?.status === 'correction') return 'waiting';
  return sharing.class === 'withheld' ? 'closed' : 'askable';
}

/** Layers that match every part of the filter; the words of `q` may stand anywhere in titles, description, provider, fields or id. */
export function filterLayers(layers: Collection[], filter: CatalogueFilter): Collection[] {
  const words = (filter.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return layers.filter((layer) => {
    const { theme, owner, sharing, overdueDays } = layer.yutu;
    if (filter.theme && theme !== filter.theme) return false;
    if (filter.owner && owner.id !== filter.owner) return false;
    if (filter.class && sharing.class !== filter.class) return false;
    if (filter.state === 'overdue' ? overdueDays <= 0 : filter.state && stateOf(layer) !== filter.state) return false;
    const text = textOf(layer);
    return words.every((word) => text.includes(word));
  });
}

function textOf({ id, yutu }: Collection): string {
  const { titleZh, titleEn, descriptionZh, descriptionEn, owner, fields } = yutu;
  const names = fields.flatMap((f) => [f.titleZh, f.titleEn, f.name]);
  return [id, titleZh, titleEn, descriptionZh, descriptionEn, owner.titleZh, owner.titleEn, ...names].join('\n').toLowerCase();
}
