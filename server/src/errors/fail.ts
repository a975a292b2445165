import { type ErrorCode, errorTable } from './table.js';

export type { ErrorCode } from './table.js';

/** What a room throws when it cannot do what was asked. It knows no http: `errors/problem.ts` maps it. */
export class YutuError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly values: Record<string, string | number> = {},
    readonly more: { parameter?: string; allowed?: unknown; retryAfter?: number } = {},
  ) {
    super(errorTable[code].detailEn(values));
    this.name = 'YutuError';
  }
}

/** Throws a {@link YutuError}; for use in expressions. */
export function fail(
  code: ErrorCode,
  values: Record<string, string | number> = {},
  more: { parameter?: string; allowed?: unknown; retryAfter?: number } = {},
): never {
  throw new YutuError(code, values, more);
}

/** A parameter or body member that cannot be used: names it and says what would be right. */
export function badParameter(parameter: string, whyZh: string, whyEn: string, allowed?: unknown): never {
  throw new YutuError('parameter_invalid', { parameter, whyZh, whyEn }, { parameter, allowed });
}
