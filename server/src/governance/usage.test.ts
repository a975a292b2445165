import { expect, it } from 'vitest';
import type { Catalogue } from '../catalogue/catalogue.js';
import { type UsageRow, usageCsv } from './usage.js';

const catalogue = {
  organisation: (id: string) => ({ id, titleZh: '市交通局', titleEn: 'Transport "Bureau", city' }),
} as unknown as Catalogue;
const row = (more: Partial<UsageRow> = {}): UsageRow => ({
  day: '2026-11-22',
  organisation: 'transport',
  actor: 'key:规划审批系统',
  surface: 'items',
  via: 'key',
  grant: 'g1',
  requests: 4,
  features: 3634,
  bytes: 2913350,
  km2: 12.34567,
  ...more,
});

it('writes use as a table that spreadsheets read: Chinese, quotes, the public, and no formula of anybody’s', () => {
  const text = usageCsv(
    [row(), row({ organisation: null, actor: null, grant: null, via: 'anonymous' }), row({ actor: '=1+1' })],
    catalogue,
  );
  expect(
    text.startsWith('\uFEFFday,organisation,title_zh,title_en,actor,via,surface,grant,requests,features,bytes,km2\r\n'),
  ).toBe(true);
  expect(text.split('\r\n').slice(1)).toEqual([
    '2026-11-22,transport,市交通局,"Transport ""Bureau"", city",key:规划审批系统,key,items,g1,4,3634,2913350,12.346',
    '2026-11-22,,公众,The public,,anonymous,items,,4,3634,2913350,12.346',
    `2026-11-22,transport,市交通局,"Transport ""Bureau"", city",'=1+1,key,items,g1,4,3634,2913350,12.346`,
    '',
  ]);
});
