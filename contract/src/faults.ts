import type { Operation } from './operation.js';

/** Faults of every write with a body. */
export const BODY_FAULTS = [
  'request_malformed',
  'request_timeout',
  'body_invalid',
  'body_too_large',
  'asked_too_often',
  'origin_refused',
  'disk_full',
] as const;

/** Faults of every surface that gives data of a layer. */
export const DATA_FAULTS = [
  'layer_not_found',
  'parameter_unknown',
  'layer_needs_sign_in',
  'not_granted',
  'quota_exceeded',
  'extraction_slowed',
  'extraction_stopped',
  'layer_withheld',
  'key_scope',
  'key_action',
] as const;

/** Faults of whatever a request names its caller with, before any room is asked. */
export const CREDENTIAL_FAULTS = [
  'credential_invalid',
  'certificate_untrusted',
  'certificate_unknown',
  'key_network',
  'key_quota',
  'preview_not_yours',
] as const;

/** Faults of who is no person, where only people may call. */
export const PERSON_FAULTS = ['sign_in_required', 'person_required'] as const;

/** What every operation may answer when the platform itself is unwell. */
export const PLATFORM_FAULTS = {
  tooLong: ['request_too_long'],
  internal: ['internal'],
  unavailable: ['starting', 'database_unavailable', 'query_timeout', 'overloaded', 'rights_unknown'],
} as const;

/** What every operation answers to a query that it does not have. */
export const QUERY_FAULTS = ['parameter_unknown', 'format_unsupported'] as const;

/** The codes of all that an operation may answer when it is not well: its own faults and those that it shares with others. */
export function faultsOf({ callers, faults }: Operation): Set<string> {
  const shared = [...QUERY_FAULTS, 'parameter_invalid', ...Object.values(PLATFORM_FAULTS).flat()];
  const ofCaller = callers === 'unasked' ? [] : [...CREDENTIAL_FAULTS, ...(callers === 'person' ? PERSON_FAULTS : [])];
  return new Set([...faults, ...shared, ...ofCaller].map((fault) => fault.split('.')[0]!));
}
