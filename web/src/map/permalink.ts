import type { Slot } from '../layers/slots';
import type { View } from './GlMap';

/**
 * A map as a link: `at=<zoom>/<lat>/<lng>` and `layers=a,b:55,!c` — topmost first, opacity in percent after a colon, `!` for a closed
 * eye. Opening a link never widens access: it only says what to show to those who may see it.
 */
export function writeView({ zoom, lat, lng }: View): string {
  return `${zoom.toFixed(2)}/${lat.toFixed(4)}/${lng.toFixed(4)}`;
}

export function readView(text: string | undefined): View | null {
  const [zoom, lat, lng] = (text ?? '').split('/').map(Number);
  if (![zoom, lat, lng].every((n) => Number.isFinite(n)) || Math.abs(lat!) > 85 || Math.abs(lng!) > 180) return null;
  return { zoom: Math.min(18, Math.max(4, zoom!)), lat: lat!, lng: lng! };
}

export const writeLayers = (slots: Slot[]) =>
  slots
    .map(({ id, hidden, opacity }) => `${hidden ? '!' : ''}${id}${opacity === null ? '' : `:${Math.round(opacity * 100)}`}`)
    .join(',') || 'none';

export function readLayers(text: string | undefined): Slot[] | null {
  if (text === undefined) return null;
  const slots = new Map<string, Slot>();
  for (const part of text.split(',')) {
    const [, hidden, id, percent] = /^(!?)([a-z][a-z0-9_-]*)(?::(\d{1,3}))?$/i.exec(part) ?? [];
    if (!id || id === 'none') continue;
    slots.set(id, { id, hidden: hidden === '!', opacity: percent === undefined ? null : Math.min(100, Number(percent)) / 100 });
  }
  return [...slots.values()];
}
