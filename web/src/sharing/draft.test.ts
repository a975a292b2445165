import { describe, expect, it } from 'vitest';
import type { Collection } from '../api/types';
import { contentOf, type Draft, defaultFields, draftLacks, fitting, freshDraft, toShare, withKind } from './draft';

const now = '2026-11-22';
const draft: Draft = {
  ...freshDraft(now),
  layers: ['parcels'],
  subject: { kind: 'organisation', id: 'housing' },
  fields: [{ name: 'code', form: 'value' }],
  reason: ' 旧改 ',
};

describe('what a steward is about to share', () => {
  it('says what is missing, in the order of the page', () => {
    expect(draftLacks(freshDraft(now), now)).toEqual(['layers', 'subject', 'reason']);
    expect(draftLacks({ ...draft, actions: [], fields: [], place: 'divisions', until: now, reason: ' ' }, now)).toEqual([
      'actions',
      'fields',
      'area',
      'until',
      'reason',
    ]);
    expect(draftLacks(draft, now)).toEqual([]);
    expect(draftLacks({ ...draft, kind: 'emergency' }, now)).toEqual(['area']);
  });

  it('takes the rules of its kind', () => {
    const emergency = withKind(draft, 'emergency', now);
    expect(emergency).toMatchObject({
      place: 'divisions',
      until: '2026-12-22',
      subject: { kind: 'organisation', id: 'housing' },
    });
    expect(withKind({ ...draft, place: 'jurisdiction', until: '2026-12-01' }, 'emergency', now)).toMatchObject({
      place: 'jurisdiction',
      until: '2026-12-01',
    });
    expect(withKind({ ...draft, subject: { kind: 'line', id: 'x' } }, 'pair', now).subject).toEqual({ kind: 'organisation' });
    const own = [{ yutu: { kind: 'base' } }, { yutu: { kind: 'thematic' } }] as Collection[];
    expect(fitting('base', own)).toEqual([own[0]]);
    expect(fitting('theme', own)).toEqual(own);
  });

  it('is sent without what says nothing; several layers without fields and rows', () => {
    expect(toShare({ ...draft, rows: ' ', precision: { kind: 'grid', metres: 100 } })).toEqual({
      layers: ['parcels'],
      kind: 'single',
      subject: { kind: 'organisation', id: 'housing' },
      reason: '旧改',
      actions: ['view', 'query'],
      fields: [{ name: 'code', form: 'value' }],
      area: null,
      precision: { kind: 'grid', metres: 100 },
      until: '2027-05-22',
    });
    const several = contentOf({ ...draft, layers: ['a', 'b'], rows: "kind = 'x'", place: 'jurisdiction' });
    expect(several).toEqual({ actions: ['view', 'query'], fields: null, area: { jurisdiction: true }, until: '2027-05-22' });
  });

  it('begins with every field in the form it offers first', () => {
    const fields = [
      { name: 'code', offered: ['value'] },
      { name: 'holder', offered: ['code', 'value'] },
      { name: 'phone', offered: [] },
    ];
    expect(defaultFields({ yutu: { fields } } as unknown as Collection)).toEqual([
      { name: 'code', form: 'value' },
      { name: 'holder', form: 'code' },
    ]);
  });
});
