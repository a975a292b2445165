import { accountErrors } from './accounts.js';
import { codesZh } from './codes-zh.js';
import { credentialErrors } from './credentials.js';
import { doorErrors } from './door.js';
import { editingErrors } from './editing.js';
import { type ErrorText, entry } from './entry.js';
import { personErrors } from './persons.js';
import { resultErrors } from './results.js';

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
    (v) => `这需要“${codesZh(v.role)}”角色。`,
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
  preview_not_yours: entry(
    403,
    '这个预览不是您的',
    'Not your preview',
    () => '这个地址里的预览只在打开它的人那里有效，一小时内有效。本次访问已记入日志。',
    () => 'The preview in this address works only for who opened it, for an hour. This attempt is in the log.',
  ),
  agreement_not_found: entry(
    404,
    '没有这份协议',
    'No such agreement',
    () => '没有这份共享协议，或者您无权查看。',
    () => 'There is no such agreement, or it is not yours to see.',
  ),
  quota_exceeded: entry(
    429,
    '已达授权用量',
    'Quota used up',
    (v) =>
      `贵单位对“${v.titleZh}”的授权用量已用完。每日用量于次日零时恢复；总量用完的，请向 ${v.ownerZh} 另行申请（${v.requestPage} ）。`,
    (v) =>
      `What the grant for "${v.titleEn}" allows has been used up. A daily quota refills at midnight; for more in total, ask ${v.ownerEn} at ${v.requestPage} .`,
  ),
  extraction_slowed: entry(
    429,
    '提取量较大，已放慢',
    'Slowed down',
    (v) => `贵单位近期从“${v.titleZh}”提取的数据较多，回答已放慢，请减少同时请求。`,
    (v) => `Your organisation has drawn much of "${v.titleEn}" lately, so its answers are slowed down. Ask for fewer at once.`,
  ),
  extraction_none: entry(
    409,
    '没有需要解除的限制',
    'Nothing to lift',
    () => '该单位在这个图层上没有提取告警或限制。',
    () => 'Nothing holds this organisation back on this layer.',
  ),
  extraction_stopped: entry(
    429,
    '提取量超限，已暂停',
    'Too much drawn',
    (v) => `贵单位从“${v.titleZh}”提取的数据已超过限度，现已暂停。请联系 ${v.ownerZh} 说明情况，由其恢复。`,
    (v) =>
      `Your organisation has drawn more of "${v.titleEn}" than its limit allows, so it is given no more. Contact ${v.ownerEn}, who can lift this.`,
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
  listing_changed: entry(
    409,
    '可见范围已变',
    'What you may see has changed',
    () => '翻页期间您的权限有变化，或链接是别人的、另一个查询的。请从第一页重新读取。',
    () =>
      'Your rights changed since the page before, or the link is somebody else’s or of another query. Begin again with the first page.',
  ),
  changes_unknown: entry(
    410,
    '没有从那时起的变更',
    'Changes are not known from there',
    () => '图层在此期间有一次大范围更新，不能逐个说明变更。请从头读取全部要素，再从新的标记继续。',
    () =>
      'Too much of the layer was replaced at once meanwhile: single changes are not known. Read all features anew and go on from a new mark.',
  ),
  already_decided: entry(
    409,
    '已有答复',
    'Already decided',
    (v) => `${v.by} 已于 ${v.at} 答复了这个申请，您的决定没有写入。`,
    (v) => `${v.by} decided this request at ${v.at}; your decision was not written.`,
  ),
  request_changed: entry(
    409,
    '申请已有变动',
    'The request has changed',
    (v) => `申请 ${v.number} 或图层的共享条件在您打开之后有变动，您的决定没有写入。请看过现在的内容再决定。`,
    (v) =>
      `Request ${v.number} or the layer’s sharing conditions changed after you opened it; your decision was not written. Look at it as it is now and decide again.`,
  ),
  request_not_yours: entry(
    403,
    '不是您的申请',
    'Not your request',
    () => '申请由申请人修改和提交；提交后，本单位的数据管理员和单位管理员也可以撤回。',
    () =>
      'A request is changed and submitted by its applicant; once submitted, the organisation’s stewards and administrators may withdraw it, too.',
  ),
  wrong_state: entry(
    409,
    '当前状态不能这样做',
    'Not possible in this state',
    (v) => `现在是“${codesZh(v.status)}”，不能${v.whatZh}。`,
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
  ...credentialErrors,
  ...editingErrors,
  ...personErrors,
  ...resultErrors,
  ...doorErrors,
  ...accountErrors,
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
  draft_not_found: entry(
    404,
    '没有这个草稿',
    'No such draft',
    () => '没有这个草稿，或它已过期。草稿只有本人能看，保留一天。',
    () => 'There is no such draft, or its day is over. Only its owner sees a draft.',
  ),
  too_many_drafts: entry(
    409,
    '草稿太多',
    'Too many drafts',
    (v) => `最多保留 ${v.most} 个草稿，合计不超过 ${v.mostMB} MB（压缩后）。请先删去一些。`,
    (v) => `You may have ${v.most} drafts, and ${v.mostMB} MB of them (packed). Delete some first.`,
  ),
  draft_too_hard: entry(
    422,
    '文件太复杂',
    'Too much for a draft',
    () => '这个文件太复杂，不能作为草稿画出来。请简化，或作为图层导入。',
    () => 'This file is too much to be drawn as a draft. Simplify it, or have it imported as a layer.',
  ),
  export_changed: entry(
    409,
    '导出已中止',
    'Export stopped',
    (v) => `导出期间“${v.titleZh}”的授权已变化，没有留下文件。`,
    (v) => `What may be exported of "${v.titleEn}" changed while it was written; no file was kept.`,
  ),
  export_under_way: entry(
    409,
    '正在写入',
    'Being written',
    (v) => `另一个导出正在写 ${v.file}，请等它结束或换一个文件名。`,
    (v) => `Another export is writing ${v.file}. Wait for it, or choose another name.`,
  ),
  file_not_writable: entry(
    422,
    '不能写入文件',
    'File cannot be written',
    (v) => `不能写入 ${v.file}，请检查文件夹及其权限。`,
    (v) => `${v.file} cannot be written. Check the folder and its permissions.`,
  ),
  disk_full: entry(
    507,
    '磁盘已满',
    'Disk full',
    () => '服务器磁盘已满，没有写入任何内容。请联系管理员。',
    () => 'The server’s disk is full; nothing was written. Please tell the administrator.',
  ),
  too_many_streams: entry(
    429,
    '实时通知太多',
    'Too many event streams',
    (v) => `同一账号、密钥或地址最多同时打开 ${v.most} 个实时通知，请关闭一些页面。`,
    (v) => `One account, key or address may have ${v.most} event streams open. Close some pages.`,
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
