import { describe, expect, it } from 'vitest';
import { decide } from '../access/decide.js';
import { exampleLayer } from '../catalogue/testing.js';
import { anonymous } from '../identity/caller.js';
import { AT_LEAST, isPersonal, leastOf, tellGroups } from './small-groups.js';

const personal = exampleLayer();
const field = { ...personal.fields[0]!, class: 'unconditional', sensitivity: 'public' } as const;
const plain = exampleLayer({ fields: [field] });
const conditional = exampleLayer({ fields: [{ ...field, class: 'conditional' }] });
const others = { views: [] };
const owner = decide(
  { caller: { kind: 'user', name: 'wang', organisation: 'planning', roles: [], scope: null, keyId: null }, grants: [] },
  personal,
  0,
);

describe('how many features a group must have', () => {
  it('is five for others where a field is personal or conditional, one for the owner and elsewhere', () => {
    expect([personal, conditional, plain].map((layer) => leastOf(layer, others))).toEqual([AT_LEAST, AT_LEAST, 1]);
    expect(leastOf(personal, owner)).toBe(1);
    expect(leastOf(personal, decide({ caller: anonymous, grants: [] }, personal, 0))).toBe(AT_LEAST);
    expect([personal, conditional, plain].map(isPersonal)).toEqual([true, false, false]);
  });

  it('is what the layer’s policy says, also less', () => {
    const with_ = (analyseAtLeast: number) => ({ ...personal, policy: { ...personal.policy, analyseAtLeast } });
    expect([1, 12].map((n) => leastOf(with_(n), others))).toEqual([1, 12]);
    expect(leastOf(with_(12), owner)).toBe(1);
  });
});

describe('groups', () => {
  const tell = (sizes: number[], least: number, beyond = 0) => {
    const groups = tellGroups(sizes, (n) => n, { least, most: 3, beyond });
    return groups && [groups.told, groups.rest];
  };

  it('of too few are put together, so that no difference tells one of them', () => {
    expect(tell([9, 8, 2, 1], 5)).toEqual([[9], [2, 1, 8]]);
    expect(tell([9, 8, 3, 2], 5)).toEqual([
      [9, 8],
      [3, 2],
    ]);
    expect(tell([9, 8], 5, 2)).toEqual([[9], [8]]);
    expect(tell([9, 8, 7, 6], 5)).toEqual([[9, 8, 7], [6]]);
  });

  it('of none and of few are told alike', () => {
    expect([tell([], 5), tell([4], 5), tell([2, 2], 5), tell([], 5, 4)]).toEqual([null, null, null, null]);
    expect(tell([], 1)).toEqual([[], []]);
  });
});
