import type { Collection } from '../api/types';
import { daysSince } from '../i18n/days';

/** `exhausted`: what the grant allows has been used up. */
export type LoadState = 'loading' | 'failed' | 'exhausted' | 'ready';

/** The one thing a layer row says beside its name, by rank: failed or exhausted > loading > request > grant > out of scale > late > due soon > age. */
export type RowSlot =
  | { kind: 'failed' | 'exhausted' | 'loading' | 'request' | 'reason' | 'outOfScale' }
  | { kind: 'status'; status: 'draft' | 'submitted' | 'correction' | 'narrower' | 'refused' }
  | { kind: 'granted'; until: string }
  | { kind: 'late' | 'dueSoon' | 'age'; days: number }
  | { kind: 'frequency' };

const DAYS = { daily: 1, weekly: 7, monthly: 31, quarterly: 92, yearly: 366, irregular: null } as const;
const SOON = 3;

export const canView = ({ yutu }: Collection) => yutu.access.actions.includes('view');
export const canQuery = ({ yutu }: Collection) => yutu.access.actions.includes('query');
export const canEdit = ({ yutu }: Collection) => yutu.access.actions.includes('edit');

export function rowSlot(layer: Collection, map: { on: boolean; state?: LoadState; zoom: number }, today = new Date()): RowSlot {
  const { access, request, sharing, style, overdueDays, lastUpdate, updateFrequency } = layer.yutu;
  if (map.on && (map.state === 'failed' || map.state === 'exhausted')) return { kind: map.state };
  if (map.on && map.state === 'loading') return { kind: 'loading' };
  const status = request?.status;
  if (status === 'submitted' || status === 'correction') return { kind: 'status', status };
  if (!canView(layer)) {
    if (sharing.class === 'withheld') return { kind: 'reason' };
    if (status === 'draft' || status === 'refused') return { kind: 'status', status };
    return { kind: 'request' };
  }
  if (map.on && style.minZoom !== undefined && map.zoom < style.minZoom) return { kind: 'outOfScale' };
  if (access.source === 'grant' && access.until) return { kind: 'granted', until: access.until };
  if (overdueDays > 0) return { kind: 'late', days: overdueDays };
  if (!lastUpdate) return { kind: 'frequency' };
  const age = daysSince(lastUpdate, today);
  const period = DAYS[updateFrequency];
  if (period && period > SOON * 2 && period - age <= SOON && period >= age)
    return { kind: 'dueSoon', days: Math.max(1, period - age) };
  return age > 366 ? { kind: 'frequency' } : { kind: 'age', days: Math.max(0, age) };
}
