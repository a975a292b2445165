import { describe, expect, it } from 'vitest';
import { changed, textOf } from './change';

describe('what a form sends', () => {
  it('is only what differs, empty meaning no value', () => {
    const was = { name: '甲', beds: 12, emergency: true, opened: null };
    expect(changed(was, { name: '甲', beds: '12', emergency: 'true', opened: '' })).toEqual({});
    expect(changed(was, { name: '', beds: '13', emergency: 'false', opened: '2026-01-02' })).toEqual({
      name: null,
      beds: '13',
      emergency: 'false',
      opened: '2026-01-02',
    });
  });
  it('shows values as they are written', () => {
    expect([textOf(null), textOf(undefined), textOf(0), textOf(false), textOf('x')]).toEqual(['', '', '0', 'false', 'x']);
  });
});
