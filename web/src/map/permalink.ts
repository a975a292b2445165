import type { Slot } from '../layers/slots';
import type { View } from './GlMap';

/**
 * A map as a link: `at=<zoom>/<lat>/<lng>` and `layers=a,b:55,!c` — topmost first, opacity in percent after a colon, `!` for a closed
 * eye. A link that names no base layer brings the base map with it, unless it says `none`. Opening a link never widens access: it
 * only says what to show to those who may see it.
 */
export function writeView({ zoom, lat, lng }: View): string {
  return `${zoom.toFixed(2)}/${lat.toFixed(4)}/${lng.toFixed(4)}`;
}

export function readView(text: string | undefined): View | null {
  const [zoom, lat, lng] = (text ?? '').split('/').map(Number);
  if (![zoom, lat, lng].every((n) => Number.isFinite(n)) || Math.abs(lat!) > 85 || Math.abs(lng!) > 180) return null;
  return { zoom: Math.min(18, Math.max(4, zoom!)), lat: lat!, lng: lng! };
}

export function writeLayers(slots: Slot[], base: ReadonlySet<string>): string {
  const parts = slots.map(
    ({ id, hidden, opacity }) => `${hidden ? '!' : ''}${id}${opacity === null ? '' : `:${Math.round(opacity * 100)}`}`,
  );
  return (slots.some(({ id }) => base.has(id)) ? parts : [...parts, 'none']).join(',');
}

/** The layers a link names; `first` is the base map of a link that names none of its layers. */
export function readLayers(text: string | undefined, first: Slot[]): Slot[] {
  if (text === undefined) return first;
  const slots = new Map<string, Slot>();
  for (const part of text.split(',')) {
    const [, hidden, id, percent] = /^(!?)([a-z][a-z0-9_-]*)(?::(\d{1,3}))?$/i.exec(part) ?? [];
    if (!id || id === 'none') continue;
    slots.set(id, { id, hidden: hidden === '!', opacity: percent === undefined ? null : Math.min(100, Number(percent)) / 100 });
  }
  const bare = text.split(',').includes('none') || first.some(({ id }) => slots.has(id));
  return bare ? [...slots.values()] : [...slots.values(), ...first];
}
