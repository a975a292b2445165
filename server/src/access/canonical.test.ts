import type { Filter } from '@yutu/tiles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldForm } from '../catalogue/definition.js';
import { canonical, MAX_VIEWS } from './canonical.js';
import { areaIds, type View } from './view.js';

type Shape = { fields: [string, FieldForm][]; rows?: Filter | null; area?: string | null };
let made = 0;
/** A view of a shape; what does not shape bytes differs every time. */
const view = ({ fields, rows = null, area = null }: Shape): View => ({
  actions: new Set(['view']),
  fields: new Map(fields),
  rows,
  area: area === null ? null : { id: `area-${++made}`, hash: area },
  maxZoom: null,
  precision: null,
  counted: null,
  source: 'grant',
  grant: `grant-${++made}`,
  until: ++made,
});
const key = (...shapes: Shape[]) => canonical(shapes.map(view)).key;

const small: Filter = { op: '<', args: [{ property: 'area_m2' }, 500] };
const large: Filter = { op: '>', args: [{ property: 'area_m2' }, 500] };

describe('the key', () => {
  it('is that of what is shown, not of who gave it until when', () => {
    expect(key({ fields: [['code', 'value']], area: 'a' })).toBe(key({ fields: [['code', 'value']], area: 'a' }));
    expect(key({ fields: [['code', 'value']], area: 'a' })).toMatch(/^[\w-]{24}$/);
  });

  it.each<[string, Shape, Shape]>([
    ['another field', { fields: [['code', 'value']] }, { fields: [['name', 'value']] }],
    ['a code in a value’s place', { fields: [['holder', 'value']] }, { fields: [['holder', 'code']] }],
    ['another area', { fields: [], area: 'a' }, { fields: [], area: 'b' }],
    ['an area at all', { fields: [], area: 'a' }, { fields: [] }],
    ['other rows', { fields: [], rows: small }, { fields: [], rows: large }],
    ['no rows', { fields: [], rows: false }, { fields: [], rows: null }],
    [
      'two views in place of one',
      { fields: [['code', 'value']] },
      {
        fields: [
          ['code', 'value'],
          ['name', 'value'],
        ],
      },
    ],
  ])('differs for %s', (_what, one, other) => {
    expect(key(one)).not.toBe(key(other));
  });

  it('does not add up what two views show apart', () => {
    const apart = key({ fields: [['code', 'value']], area: 'a' }, { fields: [['name', 'value']], area: 'b' });
    const together = key(
      {
        fields: [
          ['code', 'value'],
          ['name', 'value'],
        ],
        area: 'a',
      },
      {
        fields: [
          ['code', 'value'],
          ['name', 'value'],
        ],
        area: 'b',
      },
    );
    expect(apart).not.toBe(together);
  });

  it('of no view is one of its own', () => {
    expect(key()).not.toBe(key({ fields: [] }));
  });
});

describe('a view that another covers', () => {
  const covered = (wide: Shape, narrow: Shape) => {
    const { views } = canonical([view(narrow), view(wide), view(narrow)]);
    return views.length === 1 && key(wide, narrow) === key(wide);
  };
  it.each<[string, Shape, Shape]>([
    [
      'more fields',
      {
        fields: [
          ['code', 'value'],
          ['name', 'value'],
        ],
      },
      { fields: [['code', 'value']] },
    ],
    ['values for codes', { fields: [['holder', 'value']] }, { fields: [['holder', 'code']] }],
    ['everywhere', { fields: [] }, { fields: [], area: 'a' }],
    ['every row', { fields: [], area: 'a' }, { fields: [], area: 'a', rows: small }],
  ])('by %s is dropped', (_what, wide, narrow) => {
    expect(covered(wide, narrow)).toBe(true);
    expect(covered(narrow, wide)).toBe(false);
  });

  it('only in part is kept', () => {
    expect(covered({ fields: [['code', 'value']] }, { fields: [['name', 'value']], area: 'a' })).toBe(false);
    expect(covered({ fields: [], area: 'a' }, { fields: [], area: 'b' })).toBe(false);
  });
});

describe('for any views', () => {
  const shape = fc.record({
    fields: fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom<FieldForm>('value', 'code')), {
      selector: ([name]) => name,
    }),
    rows: fc.constantFrom<Filter | null>(null, small, large),
    area: fc.constantFrom(null, 'east', 'west'),
  });
  const shapes = fc.array(shape, { maxLength: 6 });
  /** The shapes in words of this test's own: what stays when the covered are taken out. */
  const plain = (list: readonly View[]) =>
    list
      .map((v) => JSON.stringify([[...v.fields].sort(), v.rows, v.area?.hash ?? null]))
      .sort()
      .join('\n');

  it('the key is equal exactly when the canonical forms are', () => {
    fc.assert(
      fc.property(shapes, shapes, (one, other) => {
        const [a, b] = [canonical(one.map(view)), canonical(other.map(view))];
        expect(a.key === b.key).toBe(plain(a.views) === plain(b.views));
      }),
    );
  });

  it('the order in which grants come and their repetition change nothing', () => {
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.nat()), (list, order) => {
        const shuffled = [...list, ...list].map((s) => [order.next().value, s] as const).sort(([a], [b]) => a - b);
        const [a, b] = [canonical(list.map(view)), canonical(shuffled.map(([, s]) => view(s)))];
        expect(b.key).toBe(a.key);
        expect(b.views.map((v) => plain([v]))).toEqual(a.views.map((v) => plain([v]))); // the same bits
      }),
    );
  });

  it('nothing that was shown is lost', () => {
    fc.assert(
      fc.property(shapes, (list) => {
        const kept = canonical(list.map(view)).views;
        for (const one of list.map(view))
          for (const [name, form] of one.fields)
            expect(
              kept.some(
                (k) =>
                  (k.area === null || k.area.hash === one.area?.hash) &&
                  (k.rows === null || k.rows === one.rows) &&
                  (k.fields.get(name) === 'value' || k.fields.get(name) === form),
              ),
            ).toBe(true);
      }),
    );
  });
});

describe('more views than a tile has bits for', () => {
  const times = (n: number, make: (i: number) => Shape) => Array.from({ length: n }, (_, i) => view(make(i)));

  it('that differ in their areas alone become one, in whatever order they come', () => {
    const many = times(60, (i) => ({ fields: [['code', 'value']], area: `area ${i}`, rows: small }));
    const { views, leftOut, key: name } = canonical(many);
    expect([views.length, leftOut]).toEqual([1, 0]);
    expect(areaIds(views[0]!.area!).sort()).toEqual(many.map((v) => v.area!.id).sort());
    expect([views[0]!.rows, [...views[0]!.fields]]).toEqual([small, [['code', 'value']]]);
    expect(canonical([...many].reverse()).key).toBe(name);
    expect(canonical(views).key).toBe(name);
    expect(canonical(many.slice(1)).key).not.toBe(name);
  });

  it('that differ in their rows alone become one', () => {
    const rows = (i: number): Filter => ({ op: '=', args: [{ property: 'district' }, `d${i}`] });
    const { views, leftOut } = canonical(times(40, (i) => ({ fields: [], rows: rows(i) })));
    expect([views.length, leftOut]).toEqual([1, 0]);
    const { op, args } = views[0]!.rows as { op: string; args: Filter[] };
    expect(op).toBe('or');
    expect(args.map((a) => JSON.stringify(a)).sort()).toEqual(
      Array.from({ length: 40 }, (_, i) => JSON.stringify(rows(i))).sort(),
    );
  });

  it('never lend each other areas or rows', () => {
    const rows = (i: number): Filter => ({ op: '=', args: [{ property: 'district' }, `d${i}`] });
    const many = times(MAX_VIEWS + 3, (i) => ({ fields: [], area: `area ${i}`, rows: rows(i) }));
    const { views, key: name, leftOut } = canonical(many);
    expect([views.length, leftOut]).toEqual([MAX_VIEWS, 3]);
    for (const kept of views) expect(many).toContainEqual(kept);
    expect(canonical(views).key).toBe(name);
  });
});
