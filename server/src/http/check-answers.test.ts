import { json, operation, z } from '@yutu/contract';
import { describe, expect, it } from 'vitest';
import { YutuError } from '../errors/fail.js';
import { checkedFault, checkReply } from './check-answers.js';

const town = z.object({ name: z.string(), twin: z.object({ name: z.string() }).nullable() });
const getTown = operation({
  id: 'getTown',
  method: 'get',
  path: '/towns/{id}',
  tag: 'Platform',
  en: 'A town',
  zh: '镇',
  callers: 'person',
  answers: {
    200: { description: 'The town', json: json(town, { one: ['One', { name: '北碚', twin: null }] }) },
    204: { description: 'None' },
  },
  faults: ['layer_not_found', 'parameter_invalid.until'],
});

describe('an answer is held against its contract', () => {
  it.each([
    [200, { name: '北碚', twin: { name: '合川' } }],
    [204, undefined],
  ])('%i %j is one', (status, body) => expect(() => checkReply(getTown, status, body)).not.toThrow());

  it.each([
    [200, { name: '北碚', twin: null, mayor: '李' }, /members that its contract does not have.*mayor/],
    [200, { name: '北碚', twin: { name: '合川', mayor: '李' } }, /members that its contract does not have.*mayor/],
    [200, { name: '北碚' }, /getTown answered 200 against its contract.*twin/s],
    [200, { name: 7, twin: null }, /expected string/],
    [201, { name: '北碚', twin: null }, /getTown answered 201, which its contract does not have/],
    [204, { name: '北碚', twin: null }, /with a body/],
  ])('%i %j is none', (status, body, why) => expect(() => checkReply(getTown, status, body)).toThrow(why));
});

describe('a fault is held against the contract', () => {
  const fault = (code: ConstructorParameters<typeof YutuError>[0]) => new YutuError(code, { layer: 'a' });

  it('its own, and those of every operation and of the caller, are as they are', () => {
    for (const code of ['layer_not_found', 'parameter_invalid', 'parameter_unknown', 'sign_in_required', 'overloaded'] as const) {
      const thrown = fault(code);
      expect(checkedFault(getTown, thrown)).toBe(thrown);
    }
  });

  it('one that it does not have is told', () => {
    expect(checkedFault(getTown, fault('key_over'))).toEqual(
      new Error('getTown answered key_over, which its contract does not have'),
    );
  });

  it('what is no fault of ours, and where no operation was met, goes through', () => {
    const other = new Error('other');
    expect(checkedFault(getTown, other)).toBe(other);
    const thrown = fault('key_over');
    expect(checkedFault(undefined, thrown)).toBe(thrown);
  });
});
