import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { YutuError } from './fail.js';
import { asYutuError, languageOf, toProblem } from './problem.js';
import { type ErrorCode, errorTable } from './table.js';

describe('the language', () => {
  it.each([
    [undefined, 'zh'],
    ['', 'zh'],
    ['fr', 'zh'],
    ['*', 'zh'],
    ['en', 'en'],
    ['en-GB,en;q=0.9', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['fr;q=1.0, en;q=0.5', 'en'],
    ['zh;q=0.3, en;q=0.4', 'en'],
    ['en;q=0, zh;q=0.1', 'zh'],
    ['en;q=0', 'zh'],
    ['EN-us', 'en'],
    ['en;q=nonsense', 'zh'],
  ])('of %j is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });

  it('of whatever is sent is one of ours', () => {
    fc.assert(fc.property(fc.string(), (header) => ['zh', 'en'].includes(languageOf(header))));
  });
});

describe('every fault', () => {
  /** Any value a sentence may name. */
  const values = new Proxy({} as Record<string, string>, { get: (_, name) => `<${String(name)}>` });
  it.each(Object.keys(errorTable) as ErrorCode[])('%s has a status and sentences in both languages', (code) => {
    const { status, titleZh, titleEn, detailZh, detailEn } = errorTable[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(titleZh).toMatch(/\p{Script=Han}/u);
    expect(detailZh(values)).toMatch(/\p{Script=Han}/u);
    expect(`${titleEn} ${detailEn(values)}`.replaceAll(/<\w+>/g, '')).not.toMatch(/\p{Script=Han}|undefined/u);
  });
});

describe('a problem', () => {
  const fault = new YutuError(
    'parameter_invalid',
    { parameter: 'limit', whyZh: '太大', whyEn: 'it is too large' },
    { parameter: 'limit', allowed: { maximum: 9 } },
  );

  it('says the same in the reader’s language, with a code that stays', () => {
    const [zh, en] = [toProblem(fault, 'zh').body, toProblem(fault, 'en').body];
    expect(zh).toEqual({
      type: 'about:blank',
      title: '参数有误',
      status: 400,
      code: 'parameter_invalid',
      detail: '“limit”不能用：太大。',
      parameter: 'limit',
      allowed: { maximum: 9 },
    });
    expect(en).toEqual({ ...zh, title: 'Invalid parameter', detail: '"limit" cannot be used: it is too large.' });
  });

  it('gives whole addresses where it says where to ask', () => {
    const refusal = new YutuError('not_granted', {
      titleZh: '宗地',
      titleEn: 'Parcels',
      ownerZh: '规划局',
      ownerEn: 'Planning',
      requestPage: '/?request=parcels',
      requestApi: '/api/requests',
    });
    const { detail } = toProblem(refusal, 'en', 'https://map.example').body;
    expect(detail).toContain('https://map.example/?request=parcels');
    expect(detail).toContain('https://map.example/api/requests');
  });

  it('says when to come back if the platform is away', () => {
    expect(toProblem(new YutuError('database_unavailable'), 'en').retryAfter).toBe(2);
    expect(toProblem(new YutuError('too_many_attempts', { seconds: 40 }, { retryAfter: 40 }), 'en').retryAfter).toBe(40);
    expect(toProblem(fault, 'en')).not.toHaveProperty('retryAfter');
  });

  it('of our own making tells nothing but the number it was logged under', () => {
    const secret = 'relation "yutu.account" at postgres://yutu:hunter2@db/yutu';
    for (const thrown of [
      new Error(secret),
      Object.assign(new Error(secret), { code: '42P01', detail: secret }),
      secret,
      { secret },
      null,
      undefined,
    ]) {
      const { body, logId } = toProblem(thrown, 'en');
      expect(body).toMatchObject({ status: 500, code: 'internal', detail: expect.stringContaining(logId!) });
      expect(JSON.stringify(body)).not.toMatch(/account|hunter2|secret/);
    }
    expect(toProblem(fault, 'en')).not.toHaveProperty('logId');
  });
});

describe('what others throw', () => {
  it.each<[string, object, string | null]>([
    ['half a body', { type: 'entity.parse.failed', status: 400 }, 'body_invalid'],
    ['a body whose sender left', { type: 'request.aborted', status: 400 }, 'body_invalid'],
    ['a body of another length than said', { type: 'request.size.invalid', status: 400 }, 'body_invalid'],
    ['a body in an unknown encoding', { type: 'encoding.unsupported', status: 415 }, 'body_invalid'],
    ['a body too large', { type: 'entity.too.large', limit: 5 * 1024 * 1024, status: 413 }, 'body_too_large'],
    ['an address that cannot be decoded', new URIError('malformed'), 'not_found'],
    ['a range beyond the file', { status: 416, message: 'Range Not Satisfiable' }, 'not_found'],
    ['a full disk', { code: 'ENOSPC' }, 'disk_full'],
    ['a full disk of the database', { code: '53100' }, 'disk_full'],
    ['a query stopped', { code: '57014' }, 'query_timeout'],
    ['a query stopped in GEOS', { code: 'XX000', message: 'x: GEOS Error: InterruptedException: Interrupted!' }, 'query_timeout'],
    ['a fault of a file’s reading', { status: 500 }, null],
    ['anything else', { code: '42P01' }, null],
  ])('%s', (_what, error, code) => {
    expect(asYutuError(error)?.code ?? null).toBe(code);
  });

  it('is told with its limit', () => {
    expect(toProblem({ type: 'entity.too.large', limit: 5_242_880 }, 'en').body.detail).toBe('The body is larger than 5120 kB.');
  });
});
