import { describe, expect, it } from 'vitest';
import { givable, toggled } from './roles';

describe('ticking roles', () => {
  it('keeps the three administrators alone', () => {
    expect(toggled(['planner'], 'steward')).toEqual(['planner', 'steward']);
    expect(toggled(['planner', 'steward'], 'security')).toEqual(['security']);
    expect(toggled(['security'], 'planner')).toEqual(['planner']);
    expect(toggled(['planner', 'steward'], 'planner')).toEqual(['steward']);
  });
  it('offers what the server would take', () => {
    expect(givable(['admin'], true)).toEqual(['planner']);
    expect(givable(['admin'], false)).toEqual([]);
    expect(givable(['security'], true)).toEqual([]);
    expect(givable(['security'], false)).toContain('auditor');
    expect(givable(['planner', 'org_admin'], true)).toEqual(['planner', 'steward', 'org_admin']);
    expect(givable(['auditor'], false)).toEqual([]);
  });
});
