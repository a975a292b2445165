import { describe, expect, it } from 'vitest';
import type { FieldForm } from '../catalogue/definition.js';
import { exampleLayer } from '../catalogue/testing.js';
import type { View } from './view.js';
import { filterableFields, shownStyle, visibleFields } from './visible.js';

const layer = exampleLayer();
const showing = (fields: Record<string, FieldForm>): View => ({
  actions: new Set(['view']),
  fields: new Map(Object.entries(fields)),
  rows: null,
  area: null,
  maxZoom: null,
  precision: null,
  counted: null,
  source: 'grant',
  grant: 'g',
  until: null,
});
const visible = (...views: View[]) => visibleFields(layer, views).map(({ field, form, bits }) => [field.name, form, bits]);
const filterable = (...views: View[]) => filterableFields(layer, views).map((f) => f.name);

describe('the visible fields', () => {
  it('are those of the views, in the layer’s order, with the views that show them', () => {
    expect(visible(showing({ term_end: 'value', code: 'value' }), showing({ code: 'value' }))).toEqual([
      ['code', 'value', 0b11],
      ['term_end', 'value', 0b01],
    ]);
  });

  it('stand twice where one view shows the value and another the code, the value first', () => {
    expect(visible(showing({ holder: 'code' }), showing({ holder: 'value' }), showing({ holder: 'code' }))).toEqual([
      ['holder', 'value', 0b010],
      ['holder', 'code', 0b101],
    ]);
  });

  it('are none of none, and none that the layer has not', () => {
    expect(visible()).toEqual([]);
    expect(visible(showing({ gone: 'value' }))).toEqual([]);
  });

  it('have a bit for the last view too', () => {
    const views = [...Array(30).fill(showing({})), showing({ code: 'value' })];
    expect(visible(...views)).toEqual([['code', 'value', 2 ** 30]]);
  });
});

describe('the fields to filter by', () => {
  it('are those whose value every view shows', () => {
    expect(filterable(showing({ code: 'value', holder: 'value' }))).toEqual(['code', 'holder']);
    expect(filterable(showing({ code: 'value', holder: 'value' }), showing({ code: 'value' }))).toEqual(['code']);
  });

  it('are none behind a code: a filter would tell the value', () => {
    expect(filterable(showing({ holder: 'code' }))).toEqual([]);
    expect(filterable(showing({ holder: 'code' }), showing({ holder: 'value' }))).toEqual([]);
  });

  it('are none without a view', () => {
    expect(filterable()).toEqual([]);
  });
});

describe('how a layer is drawn', () => {
  const classes = [
    { value: '010', color: 'cat-3', labelZh: '耕地', labelEn: 'Arable' },
    { value: '070', color: 'cat-4', labelZh: '住宅', labelEn: 'Homes' },
  ];
  const drawn = { ...layer, style: { role: 'thematic', type: 'categories', field: 'holder', classes, label: 'code' } as const };

  it('is told as it is to who sees the field it depends on', () => {
    expect(shownStyle({ style: { ...drawn.style, classes } }, [showing({ holder: 'value', code: 'code' })])).toEqual(drawn.style);
  });

  it('says nothing of the values of a field that is hidden, masked or a code', () => {
    for (const views of [[], [showing({})], [showing({ holder: 'masked' })], [showing({ holder: 'code' })]]) {
      const style = shownStyle({ style: { ...drawn.style, classes } }, views);
      expect(style).toEqual({ role: 'thematic', type: 'single', color: 'cat-3' });
      expect(JSON.stringify(style)).not.toMatch(/holder|耕地|070/);
    }
  });

  it('keeps classes of numbers for who sees them rounded', () => {
    const style = { role: 'thematic', type: 'graduated', field: 'holder', classes, color: 'ochre-1' } as const;
    expect(shownStyle({ style: { ...style, classes } }, [showing({ holder: 'masked' })]).type).toBe('graduated');
    expect(shownStyle({ style: { ...style, classes } }, [showing({ code: 'value' })])).toEqual({
      role: 'thematic',
      type: 'single',
      color: 'ochre-1',
    });
  });
});
