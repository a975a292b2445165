import { randomUUID } from 'node:crypto';
import { isCancelled } from './cancelled.js';
import { YutuError } from './fail.js';
import { errorTable } from './table.js';

export type Language = 'zh' | 'en';

/** RFC 9457 problem details, with a stable `code`. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  parameter?: string;
  allowed?: unknown;
}

/** The first of zh and en that `Accept-Language` asks for; zh when it asks for neither. */
export function languageOf(header: string | undefined): Language {
  const ranked = (header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...rest] = part.trim().toLowerCase().split(';');
      const q = rest.find((r) => r.trim().startsWith('q='));
      return { tag: tag.trim(), q: q ? Number(q.trim().slice(2)) || 0 : 1 };
    })
    .sort((a, b) => b.q - a.q);
  for (const { tag, q } of ranked) {
    if (q > 0 && tag.startsWith('zh')) return 'zh';
    if (q > 0 && tag.startsWith('en')) return 'en';
  }
  return 'zh';
}

/** Errors of the database driver and of Express that have a meaning of their own. */
export function asYutuError(error: unknown): YutuError | null {
  if (error instanceof YutuError) return error;
  const e = error as { code?: string; type?: string; status?: number; limit?: number } | null;
  if (e?.type === 'entity.too.large')
    return new YutuError('body_too_large', { limit: `${Math.round((e.limit ?? 0) / 1024)} kB` });
  if (/^(entity|request|charset|encoding)\./.test(e?.type ?? '')) return new YutuError('body_invalid');
  // Express and its files: an address that cannot be read, a range that a file does not have.
  if (error instanceof URIError || (e?.status !== undefined && e.status >= 400 && e.status < 500))
    return new YutuError('not_found');
  if (e?.code === '53100' || e?.code === 'ENOSPC') return new YutuError('disk_full');
  if (isCancelled(error)) return new YutuError('query_timeout', { seconds: '' });
  return null;
}

/** Turns whatever was thrown into a status and a body that leaks nothing; unknown faults get a log id. */
export function toProblem(
  error: unknown,
  language: Language,
  origin = '',
): { body: ProblemBody; retryAfter?: number; logId?: string } {
  const known = asYutuError(error);
  const logId = known ? undefined : randomUUID();
  const fault = known ?? new YutuError('internal', { id: logId! });
  const text = errorTable[fault.code];
  const values = absolute(fault.values, origin);
  const body: ProblemBody = {
    type: 'about:blank',
    title: language === 'zh' ? text.titleZh : text.titleEn,
    status: text.status,
    code: fault.code,
    detail: language === 'zh' ? text.detailZh(values) : text.detailEn(values),
  };
  if (fault.more.parameter !== undefined) body.parameter = fault.more.parameter;
  if (fault.more.allowed !== undefined) body.allowed = fault.more.allowed;
  const out: { body: ProblemBody; retryAfter?: number; logId?: string } = { body };
  const retryAfter = fault.more.retryAfter ?? (text.status === 503 ? 2 : undefined);
  if (retryAfter !== undefined) out.retryAfter = retryAfter;
  if (logId) out.logId = logId;
  return out;
}

/** Values that are addresses of ours (`requestPage`, `requestApi`) with the origin before them. */
function absolute(values: YutuError['values'], origin: string): YutuError['values'] {
  return Object.fromEntries(Object.entries(values).map(([name, v]) => [name, name.startsWith('request') ? `${origin}${v}` : v]));
}
