type Values = Record<string, string | number>;
interface ErrorText {
  status: number;
  titleZh: string;
  titleEn: string;
  detailZh: (v: Values) => string;
  detailEn: (v: Values) => string;
}

const entry = (
  status: number,
  titleZh: string,
  titleEn: string,
  detailZh: (v: Values) => string,
  detailEn: (v: Values) => string,
): ErrorText => ({ status, titleZh, titleEn, detailZh, detailEn });

/** Every fault the platform answers with: its http status and its sentence in both languages. */
export const errorTable = {
  // --- the address or the parameters ---
  not_found: entry(
    404,
    '未找到',
    'Not found',
    () => '这里没有您要的内容，请检查网址。',
    () => 'There is nothing at this address. Please check it.',
  ),
  layer_not_found: entry(
    404,
    '没有这个图层',
    'No such layer',
    (v) => `没有名为“${v.layer}”的图层。`,
    (v) => `There is no layer named "${v.layer}".`,
  ),
  feature_not_found: entry(
    404,
    '没有这个要素',
    'No such feature',
    (v) => `图层“${v.layer}”里没有编号为 ${v.fid} 的要素，或它不在您的授权范围内。`,
    (v) => `Layer "${v.layer}" has no feature ${v.fid}, or it lies outside what you were granted.`,
  ),
  parameter_invalid: entry(
    400,
    '参数有误',
    'Invalid parameter',
    (v) => `“${v.parameter}”不能用：${v.whyZh}。`,
    (v) => `"${v.parameter}" cannot be used: ${v.whyEn}.`,
  ),
  parameter_unknown: entry(
    400,
    '不认识的参数',
    'Unknown parameter',
    (v) => `这里不接受参数“${v.parameter}”。可用：${v.allowed}。`,
    (v) => `Parameter "${v.parameter}" is not known here. Known: ${v.allowed}.`,
  ),
  body_invalid: entry(
    400,
    '内容无法读取',
    'Unreadable body',
    () => '提交的内容不是有效的 JSON。',
    () => 'The body is not valid JSON.',
  ),
  body_too_large: entry(
    413,
    '内容过大',
    'Body too large',
    (v) => `提交的内容超过 ${v.limit}。`,
    (v) => `The body is larger than ${v.limit}.`,
  ),
  tile_out_of_range: entry(
    400,
    '瓦片编号超出范围',
    'Tile out of range',
    (v) => `没有瓦片 ${v.tile}：级别为 0–${v.maxZoom}，行列为 0 到 2 的级别次方减一。`,
    (v) => `There is no tile ${v.tile}: zooms are 0–${v.maxZoom}, rows and columns 0 to 2^zoom − 1.`,
  ),
  method_not_allowed: entry(
    405,
    '不支持的操作',
    'Method not allowed',
    (v) => `这个网址不支持 ${v.method}。`,
    (v) => `${v.method} is not possible at this address.`,
  ),
  format_unsupported: entry(
    400,
    '不支持的格式',
    'Unsupported format',
    (v) => `不支持格式“${v.format}”。可用：${v.allowed}。`,
    (v) => `Format "${v.format}" is not offered. Offered: ${v.allowed}.`,
  ),
  // --- who is asking ---
  credential_invalid: entry(
    401,
    '凭据无效',
    'Invalid credential',
    () => '这个密钥不对、已过期或已停用。请在“我的密钥”里新建。',
    () => 'This key is wrong, expired or revoked. Make a new one under "My keys".',
  ),
  sign_in_failed: entry(
    401,
    '无法登录',
    'Sign-in failed',
    () => '用户名或密码不对。',
    () => 'The user name or password is wrong.',
  ),
  too_many_attempts: entry(
    429,
    '尝试过多',
    'Too many attempts',
    (v) => `尝试次数过多，请 ${v.seconds} 秒后再试。`,
    (v) => `Too many attempts. Try again in ${v.seconds} seconds.`,
  ),
  sign_in_required: entry(
    401,
    '请先登录',
    'Sign in first',
    () => '这里需要登录，或用密钥访问。',
    () => 'Sign in, or use a key.',
  ),
  person_required: entry(
    403,
    '密钥不能用',
    'Not with a key',
    () => '这里需要人登录后操作，不能用密钥。',
    () => 'This is for a signed-in person; a key cannot be used here.',
  ),
  layer_needs_sign_in: entry(
    401,
    '请先登录',
    'Sign in first',
    (v) => `图层“${v.titleZh}”不对外公开。请登录后申请，或用获权单位的密钥访问。`,
    (v) => `Layer "${v.titleEn}" is not public. Sign in to request it, or use the key of an organisation that was granted it.`,
  ),
  origin_refused: entry(
    403,
    '来源不符',
    'Wrong origin',
    () => '这个写操作来自别的网站，已拒绝。',
    () => 'This write came from another site and was refused.',
  ),
  role_required: entry(
    403,
    '没有权限',
    'Not allowed',
    (v) => `这需要“${v.role}”角色。`,
    (v) => `This needs the role "${v.role}".`,
  ),
  // --- what they may see ---
  not_granted: entry(
    403,
    '未获权',
    'Not granted',
    (v) => `贵单位尚未获权使用“${v.titleZh}”（${v.ownerZh}）。请到 ${v.requestPage} 申请，或向 ${v.requestApi} 提交申请。`,
    (v) =>
      `Your organisation has not been granted "${v.titleEn}" (${v.ownerEn}). Request it at ${v.requestPage} or by a POST to ${v.requestApi} .`,
  ),
  action_not_granted: entry(
    403,
    '授权不含此操作',
    'Action not granted',
    (v) => `贵单位对“${v.titleZh}”的授权不含“${v.actionZh}”。如有需要，请向 ${v.ownerZh} 另行申请（${v.requestPage} ）。`,
    (v) =>
      `Your organisation's grant for "${v.titleEn}" does not include "${v.actionEn}". If you need it, request it from ${v.ownerEn} at ${v.requestPage} .`,
  ),
  layer_withheld: entry(
    403,
    '不予共享',
    'Withheld',
    (v) => `“${v.titleZh}”不予共享，依据：${v.groundZh}。`,
    (v) => `"${v.titleEn}" is withheld. Ground: ${v.groundEn}.`,
  ),
  key_scope: entry(
    403,
    '不在密钥范围内',
    'Outside the key’s scope',
    (v) => `这个密钥不能用于“${v.titleZh}”。请用范围包含它的密钥。`,
    (v) => `This key is not for "${v.titleEn}". Use one whose scope includes it.`,
  ),
  // --- requests and grants ---
  request_not_found: entry(
    404,
    '没有这个申请',
    'No such request',
    () => '没有这个申请，或它与您无关。',
    () => 'There is no such request, or it is not yours to see.',
  ),
  grant_not_found: entry(
    404,
    '没有这个授权',
    'No such grant',
    () => '没有这个授权，或它与您无关。',
    () => 'There is no such grant, or it is not yours to see.',
  ),
  key_not_found: entry(
    404,
    '没有这个密钥',
    'No such key',
    () => '没有这个密钥，或它不属于您。',
    () => 'There is no such key, or it is not yours.',
  ),
  already_decided: entry(
    409,
    '已有答复',
    'Already decided',
    (v) => `${v.by} 已于 ${v.at} 答复了这个申请，您的决定没有写入。`,
    (v) => `${v.by} decided this request at ${v.at}; your decision was not written.`,
  ),
  wrong_state: entry(
    409,
    '当前状态不能这样做',
    'Not possible in this state',
    (v) => `申请现在是“${v.status}”，不能${v.whatZh}。`,
    (v) => `The request is "${v.status}" now and cannot be ${v.whatEn}.`,
  ),
  already_revoked: entry(
    409,
    '已收回',
    'Already revoked',
    () => '这个授权已经收回。',
    () => 'This grant has been revoked already.',
  ),
  wider_than_asked: entry(
    422,
    '超出申请',
    'Wider than asked',
    (v) => `授权不能比申请更宽：${v.whyZh}。`,
    (v) => `A grant cannot be wider than its request: ${v.whyEn}.`,
  ),
  wider_than_policy: entry(
    422,
    '超出图层的共享条件',
    'Wider than the layer allows',
    (v) => `图层的共享条件不允许：${v.whyZh}。`,
    (v) => `The layer's sharing conditions do not allow it: ${v.whyEn}.`,
  ),
  own_layer: entry(
    409,
    '无需申请',
    'No request needed',
    () => '这是贵单位自己的图层，无需申请。',
    () => 'This layer is your own organisation’s: no request is needed.',
  ),
  // --- files coming in ---
  import_invalid: entry(
    422,
    '文件不能导入',
    'File cannot be imported',
    (v) => `${v.whyZh}。没有写入任何内容。`,
    (v) => `${v.whyEn}. Nothing was written.`,
  ),
  exists: entry(
    409,
    '已存在',
    'Exists already',
    (v) => `“${v.what}”已存在。`,
    (v) => `"${v.what}" exists already.`,
  ),
  // --- the platform itself ---
  starting: entry(
    503,
    '正在启动',
    'Starting',
    () => '平台正在启动，请稍候。',
    () => 'The platform is starting. Please wait a moment.',
  ),
  database_unavailable: entry(
    503,
    '数据库暂不可用',
    'Database unavailable',
    () => '数据库暂时连不上，请稍后再试。已提交的内容不受影响。',
    () => 'The database cannot be reached just now. Try again shortly; what was committed is safe.',
  ),
  query_timeout: entry(
    503,
    '查询超时',
    'Query took too long',
    (v) => `查询超过 ${v.seconds} 秒，已中止。请缩小范围或减少条件。`,
    (v) => `The query took longer than ${v.seconds} seconds and was stopped. Narrow the area or the filter.`,
  ),
  disk_full: entry(
    507,
    '磁盘已满',
    'Disk full',
    () => '服务器磁盘已满，没有写入任何内容。请联系管理员。',
    () => 'The server’s disk is full; nothing was written. Please tell the administrator.',
  ),
  overloaded: entry(
    503,
    '请求过多',
    'Overloaded',
    () => '同时请求太多，请稍后再试。',
    () => 'Too many requests at once. Try again in a moment.',
  ),
  internal: entry(
    500,
    '内部错误',
    'Internal error',
    (v) => `平台出错了，已记入日志（编号 ${v.id}）。`,
    (v) => `Something went wrong on our side; it was logged (id ${v.id}).`,
  ),
} satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof errorTable;
