/** Codes that stand in sentences, as a Chinese sentence says them. */
const words: Record<string, string> = {
  // roles
  planner: '规划人员',
  steward: '数据管理员',
  org_admin: '单位管理员',
  admin: '系统管理员',
  security: '安全管理员',
  auditor: '审计管理员',
  // what a request has come to
  draft: '草稿',
  submitted: '已提交',
  correction: '待补正',
  granted: '已获权',
  narrower: '同意一部分',
  refused: '不予共享',
  withdrawn: '已撤回',
  // how a layer is shared
  unconditional: '无条件共享',
  conditional: '有条件共享',
  withheld: '不予共享',
  // types of columns and of JSON
  text: '文本',
  string: '文本',
  integer: '整数',
  int: '整数',
  bigint: '大整数',
  number: '数值',
  double: '小数',
  boolean: 'true 或 false',
  date: '日期',
  timestamp: '时间',
  array: '列表',
  object: '对象',
  record: '对象',
  null: '空值',
  undefined: '空值',
};

/** A code, or several in one text, in Chinese; what is no code of ours stays as it is. */
export const codesZh = (codes: unknown): string => String(codes).replace(/[a-z_]+/g, (code) => words[code] ?? code);
