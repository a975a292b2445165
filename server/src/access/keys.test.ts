import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldForm } from '../catalogue/definition.js';
import { rightsKey, uncounted, viewSet } from './canonical.js';
import type { View } from './view.js';

/** Views out of few values, so that equal ones and covered ones are common. */
const view: fc.Arbitrary<View> = fc
  .record({
    fields: fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom<FieldForm>('value', 'masked', 'code')), {
      selector: ([name]) => name,
    }),
    rows: fc.constantFrom(null, true, false),
    area: fc.constantFrom(null, 'x', 'y'),
    maxZoom: fc.constantFrom(null, 9, 12),
    counted: fc.constantFrom(null, { zoom: 12, fields: [] }, { zoom: 12, fields: ['a'] }, { zoom: 9, fields: ['a'] }),
    precision: fc.constantFrom(null, { kind: 'grid' as const, metres: 10 }, { kind: 'cell' as const, metres: 10 }),
    grant: fc.uuid(),
    until: fc.nat(),
  })
  .map(({ fields, area, ...rest }) => ({
    ...rest,
    actions: new Set(['view'] as const),
    fields: new Map(fields),
    area: area && { id: rest.grant, hash: area },
    source: 'grant' as const,
  }));

/** What of views shapes bytes, as text. */
const shapes = (views: readonly View[]): string =>
  JSON.stringify(
    views.map((v) => [
      [...v.fields].sort(),
      v.rows,
      v.area?.hash ?? null,
      v.maxZoom,
      v.precision?.kind,
      v.precision?.metres,
      v.counted?.zoom,
      v.counted?.fields,
    ]),
  );

const few = fc.array(view, { maxLength: 4 });

describe('the key of views', () => {
  it('does not depend on their order, their repetition, their grants or their terms', () => {
    fc.assert(
      fc.property(few, fc.infiniteStream(fc.nat()), (views, numbers) => {
        const other = [...views, ...views.map((v) => ({ ...v, grant: 'another', until: 1 }))]
          .map((one) => ({ one, at: numbers.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        expect(viewSet(other).key).toBe(viewSet(views).key);
      }),
    );
  });

  it('that names rights alone does not depend on what counts', () => {
    fc.assert(
      fc.property(few, (views) => {
        expect(rightsKey(viewSet(views))).toBe(viewSet(views.map(uncounted)).key);
      }),
    );
  });

  it('is equal exactly for equal canonical forms', () => {
    fc.assert(
      fc.property(few, few, (some, others) => {
        const [a, b] = [viewSet(some), viewSet(others)];
        expect(a.key === b.key).toBe(shapes(a.views) === shapes(b.views));
      }),
      { numRuns: 500 },
    );
  });
});
