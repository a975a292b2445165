import type { Action, SecurityLevel } from './definition.js';

type Words = readonly [zh: string, en: string];

/** Actions as people read them. */
export const actionWords: Record<Action, Words> = {
  discover: ['发现', 'discover'],
  view: ['浏览', 'view'],
  query: ['查询', 'query'],
  download: ['下载', 'download'],
  api: ['接口', 'API'],
  edit: ['编辑', 'edit'],
  analyse: ['红线套合', 'overlay'],
  verify: ['核验', 'verification'],
  embed: ['嵌入', 'embedding'],
};

/** Security levels as people read them. */
export const levelWords: Record<SecurityLevel, Words> = {
  public: ['公开', 'public'],
  internal: ['内部', 'internal'],
  sensitive: ['敏感', 'sensitive'],
};
