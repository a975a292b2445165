import { expect, test } from 'vitest';
import type { Collection } from '../api/types';
import { rowSlot } from './row-slot';

const today = new Date('2026-11-22T12:00:00');
const map = { on: true, zoom: 9 };

function layer(part: Partial<Collection['yutu']> = {}): Collection {
  const yutu = {
    access: { actions: ['discover', 'view'], source: 'public', until: null, area: null, rows: null, grants: [], key: 'a' },
    request: null,
    sharing: { class: 'conditional', groundKind: null, groundZh: null, groundEn: null },
    style: { role: 'thematic', type: 'single' },
    lastUpdateKind: null,
    lastEdit: null,
    overdueDays: 0,
    lastUpdate: '2026-11-14',
    updateFrequency: 'monthly',
    ...part,
  };
  return { id: 'x', yutu } as unknown as Collection;
}

const closed = { access: { ...layer().yutu.access, actions: ['discover'] as never, source: 'none' as const } };

test('failed outranks loading outranks everything else', () => {
  expect(rowSlot(layer({ overdueDays: 9 }), { ...map, state: 'failed' }, today)).toEqual({ kind: 'failed' });
  expect(rowSlot(layer({ overdueDays: 9 }), { ...map, state: 'exhausted' }, today)).toEqual({ kind: 'exhausted' });
  expect(rowSlot(layer({ overdueDays: 9 }), { ...map, state: 'loading' }, today)).toEqual({ kind: 'loading' });
});

test('a closed layer offers a request, its state, or the reason', () => {
  expect(rowSlot(layer(closed), map, today)).toEqual({ kind: 'request' });
  expect(rowSlot(layer({ ...closed, request: { id: '1', status: 'submitted' } }), map, today)).toEqual({
    kind: 'status',
    status: 'submitted',
  });
  const withheld = { class: 'withheld', groundKind: 'law', groundZh: '…', groundEn: '…' } as const;
  expect(rowSlot(layer({ ...closed, sharing: withheld }), map, today)).toEqual({ kind: 'reason' });
});

test('a grant says until when, a stale layer by how much, a fresh one how old it is', () => {
  const granted = { ...layer().yutu.access, source: 'grant' as const, until: '2027-03-31' };
  expect(rowSlot(layer({ access: granted }), map, today)).toEqual({ kind: 'granted', until: '2027-03-31' });
  expect(rowSlot(layer({ overdueDays: 47 }), map, today)).toEqual({ kind: 'late', days: 47 });
  expect(rowSlot(layer({ lastUpdate: '2026-10-23' }), map, today)).toEqual({ kind: 'dueSoon', days: 1 });
  expect(rowSlot(layer(), map, today)).toEqual({ kind: 'age', days: 8 });
});

test('out of scale is said only while the layer is on', () => {
  const style = { role: 'thematic', type: 'single', minZoom: 11 } as const;
  expect(rowSlot(layer({ style }), map, today)).toEqual({ kind: 'outOfScale' });
  expect(rowSlot(layer({ style }), { on: false, zoom: 9 }, today)).toEqual({ kind: 'age', days: 8 });
});
