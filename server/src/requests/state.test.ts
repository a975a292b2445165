import { describe, expect, it } from 'vitest';
import { exampleLayer } from '../catalogue/testing.js';
import type { RequestRow } from './load.js';
import { stateOf } from './state.js';

const row = (wish: Partial<RequestRow> = {}) =>
  ({
    id: 'r',
    purpose: 'a railway',
    actions: ['view'],
    fields: [{ name: 'code', form: 'value' }],
    areaId: null,
    until: '2027-01-01',
    ...wish,
  }) as RequestRow;
const layer = exampleLayer();
const state = stateOf(row(), layer);

describe('what is decided on', () => {
  it('is the same when nothing changed that a decision depends on', () => {
    expect(stateOf(row({ usedBefore: 3, reason: 'x' }), exampleLayer({ version: 9, featureCount: 7, titleZh: '地块' }))).toBe(
      state,
    );
  });

  it.each<[string, Partial<RequestRow>]>([
    ['the purpose', { purpose: 'a road' }],
    ['the actions', { actions: ['view', 'download'] }],
    ['a field’s form', { fields: [{ name: 'code', form: 'code' }] }],
    ['the area', { areaId: 'a' }],
    ['the term', { until: '2028-01-01' }],
  ])('is another when %s changed', (_what, wish) => {
    expect(stateOf(row(wish), layer)).not.toBe(state);
  });

  it.each<[string, Parameters<typeof exampleLayer>[0]]>([
    ['sharing class', { sharingClass: 'unconditional' }],
    ['security level', { securityLevel: 'sensitive' }],
    ['policy', { policy: { ...layer.policy, maxMonths: 1 } }],
    ['fields', { fields: layer.fields.slice(1) }],
    ['fields’ sensitivity', { fields: layer.fields.map((f) => ({ ...f, sensitivity: 'internal' as const })) }],
  ])('is another when the layer’s %s changed', (_what, wish) => {
    expect(stateOf(row(), exampleLayer(wish))).not.toBe(state);
  });
});
