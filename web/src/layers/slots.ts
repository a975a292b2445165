import type { Collection } from '../api/types';
import { createStore } from '../app/store';
import { toast } from '../app/toast';
import i18n from '../i18n';

/** A layer's place on the map. Closed layers keep theirs, so that a shared map says what is missing. */
export interface Slot {
  id: string;
  /** The eye: kept in the legend, not drawn. */
  hidden: boolean;
  /** 0–1; null: as the layer's own style says. */
  opacity: number | null;
}

/** Topmost first; null until the first map is known. */
export const slots = createStore<Slot[] | null>(null);

const now = () => slots.get() ?? [];
const change = (id: string, part: Partial<Slot>) =>
  slots.set(now().map((slot) => (slot.id === id ? { ...slot, ...part } : slot)));

/** As the base map draws them, topmost first. */
const ROLES = ['places', 'districts', 'rivers', 'townships', 'context'];

/** The first map: the base layers anyone may see. */
export const firstSlots = (collections: Collection[]): Slot[] =>
  ROLES.flatMap((role) => collections.filter(({ yutu }) => yutu.style.role === role && yutu.access.actions.includes('view'))).map(
    ({ id }) => ({ id, hidden: false, opacity: null }),
  );

export const isOn = (list: Slot[] | null, id: string) => Boolean(list?.some((slot) => slot.id === id));

export function show(id: string) {
  if (isOn(now(), id)) change(id, { hidden: false });
  else slots.set([{ id, hidden: false, opacity: null }, ...now()]);
}

/** Takes a layer off the map; for eight seconds it can be put back where it was. */
export function remove(id: string, title: string) {
  const before = now();
  slots.set(before.filter((slot) => slot.id !== id));
  toast({
    text: i18n.t('layers:removed', { title }),
    tone: 'info',
    action: { label: i18n.t('app:undo'), run: () => slots.set(before) },
  });
}

export function toggle(id: string) {
  if (isOn(now(), id)) slots.set(now().filter((slot) => slot.id !== id));
  else show(id);
}

export const setHidden = (id: string, hidden: boolean) => change(id, { hidden });
export const setOpacity = (id: string, opacity: number) => change(id, { opacity });

/** Moves a layer to another place in the order, 0 = topmost. */
export function moveTo(id: string, place: number) {
  const list = [...now()];
  const from = list.findIndex((slot) => slot.id === id);
  if (from < 0) return;
  const [slot] = list.splice(from, 1);
  list.splice(Math.max(0, Math.min(place, list.length)), 0, slot!);
  slots.set(list);
}

export function moveBy(id: string, step: -1 | 1) {
  moveTo(id, now().findIndex((slot) => slot.id === id) + step);
}
