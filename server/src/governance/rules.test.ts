import { expect, it } from 'vitest';
import { memberOf } from '../identity/caller.js';
import { liftRefusal } from './rules.js';

it('a limit is lifted by the owner’s steward or a security administrator, never for the own organisation', () => {
  const security = memberOf('authority', ['security']);
  const steward = memberOf('planning', ['steward']);
  expect(liftRefusal(security, 'planning', 'transport')).toBeNull();
  expect(liftRefusal(steward, 'planning', 'transport')).toBeNull();
  expect(liftRefusal(security, 'planning', 'authority')).toBe('gives_to_self');
  expect(liftRefusal(steward, 'water', 'transport')).toBe('role');
  expect(liftRefusal({ ...steward, actingFor: 'chen.li' }, 'planning', 'transport')).toBe('role');
  expect(liftRefusal(memberOf('authority', ['auditor']), 'planning', 'transport')).toBe('role');
});
