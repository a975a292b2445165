/** Pixels around a click that still mean the feature; fingers are broader. */
export const REACH = matchMedia('(pointer: coarse)').matches ? 12 : 5;

/** The same in degrees of longitude. */
export const reachAt = (zoom: number): number => (REACH * 360) / (512 * 2 ** zoom);
