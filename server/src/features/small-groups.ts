import type { Access } from '../access/decide.js';
import type { Layer } from '../catalogue/layers.js';

/** Least features of a group where the layer's policy does not say and features are somebody's. */
export const AT_LEAST = 5;

/** Whether a layer tells of persons: then also the polygon that is laid over it has a least size. */
export const isPersonal = ({ fields }: Pick<Layer, 'fields'>): boolean => fields.some((f) => f.sensitivity === 'personal');

/** Whether the caller is of the owner's own people, who are told everything. */
export const isOwn = ({ views }: Pick<Access, 'views'>): boolean => views.some((view) => view.source === 'own');

/**
 * How many features a group must have to be told of by itself (the k of statistical disclosure control). The owner's own people are told of
 * every group; others by the layer's policy, else of five at least where a field is personal or given under conditions.
 */
export function leastOf(layer: Pick<Layer, 'fields' | 'policy'>, access: Pick<Access, 'views'>): number {
  if (isOwn(access)) return 1;
  const guarded = isPersonal(layer) || layer.fields.some((f) => f.class !== 'unconditional');
  return layer.policy.analyseAtLeast ?? (guarded ? AT_LEAST : 1);
}

/**
 * The groups that are told by themselves. Those of fewer than `least` are put together with what is beyond the `most`, and joined by the next
 * smallest until they too are as many: else the difference to the total would tell them.
 * @param groups the largest first
 * @param beyond features of no group here, which are in the total
 * @returns null when all together are fewer than `least`: none and few are told alike
 */
export function tellGroups<T>(
  groups: readonly T[],
  sizeOf: (group: T) => number,
  { least, most, beyond = 0 }: { least: number; most: number; beyond?: number },
): { told: T[]; rest: T[] } | null {
  const total = groups.reduce((sum, group) => sum + sizeOf(group), beyond);
  if (least > 1 && total < least) return null;
  const told = groups.filter((group) => sizeOf(group) >= least).slice(0, most);
  const rest = groups.filter((group) => !told.includes(group));
  const hidden = () => rest.reduce((sum, group) => sum + sizeOf(group), beyond);
  while (hidden() > 0 && hidden() < least && told.length > 0) {
    const smallest = told.reduce((a, b) => (sizeOf(b) < sizeOf(a) ? b : a));
    told.splice(told.indexOf(smallest), 1);
    rest.push(smallest);
  }
  return { told, rest };
}
