import { fail } from '../errors/fail.js';
import type { Refusal } from './rules.js';

/** @throws what the refusal says; nothing for null */
export function refuse(refusal: Refusal | null, role = 'steward', state: { status: string; step: string } | null = null): void {
  if (refusal === null) return;
  if (refusal === 'role') fail('role_required', { role });
  if (refusal === 'state')
    fail('wrong_state', { status: state?.status ?? '', whatZh: '办理', whatEn: `changed (${state?.step ?? ''})` });
  fail(refusal);
}
