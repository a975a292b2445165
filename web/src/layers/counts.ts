import type { Statistics, Symbology } from '../api/types';

/** What the features of a style's classes are counted by; null where it has no classes of one field. */
export function countedBy({ type, field, classes }: Symbology): { by: string; breaks?: string } | null {
  if (!field || !classes?.length || type === 'single') return null;
  if (type === 'categories') return { by: field };
  const breaks = limitsOf(classes);
  return breaks.length === classes.length - 1 && breaks.length > 0 ? { by: field, breaks: breaks.join(',') } : null;
}

/** Where a graduated style's classes meet, ascending. */
export const limitsOf = (classes: NonNullable<Symbology['classes']>): number[] =>
  classes.slice(1).flatMap(({ min }, i) => min ?? classes[i]?.max ?? []);

/** Features of the style's class at `index`; null where that is not told: too few, or beyond the classes the answer tells apart. */
export function countOf(style: Symbology, index: number, { classes, others }: Statistics): number | null {
  const limits = limitsOf(style.classes ?? []);
  const found = classes.filter(({ value, from }) =>
    style.type === 'graduated'
      ? from !== undefined && from === (limits[index - 1] ?? null)
      : String(value) === style.classes?.[index]?.value,
  );
  return found.length === 0 && others !== 0 ? null : found.reduce((sum, { count }) => sum + count, 0);
}
