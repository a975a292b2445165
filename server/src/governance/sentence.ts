import type { AuditRow } from '../audit/chain.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { codesZh } from '../errors/codes-zh.js';

type Words = [zh: string, en: string];

const actions: Record<string, Words> = {
  sign_in: ['登录', 'signed in'],
  sign_out: ['退出', 'signed out'],
  sign_in_failed: ['登录失败', 'failed to sign in'],
  request_submitted: ['提交了申请', 'submitted a request'],
  request_resubmitted: ['补正后重新提交了申请', 'submitted a corrected request'],
  request_edited: ['代申请人修改了申请', 'changed a request in its applicant’s place'],
  request_withdrawn: ['撤回了申请', 'withdrew a request'],
  correction_asked: ['要求补正', 'asked for a correction'],
  update_delivery: ['登记了数据更新', 'declared a delivery of'],
  update_no_change: ['登记本期无变化', 'declared no change of'],
  extension_asked: ['申请延长答复期限', 'asked for more time to answer'],
  extension_agreed: ['同意延长答复期限', 'agreed to more time to answer'],
  extension_declined: ['不同意延长答复期限', 'did not agree to more time to answer'],
  granted: ['同意了申请', 'granted a request'],
  narrower: ['同意了申请的一部分', 'granted part of a request'],
  refused: ['不予共享', 'refused a request'],
  grant: ['发出授权', 'issued a grant'],
  revoke: ['收回授权', 'revoked a grant'],
  agreement_made: ['订立共享协议', 'made an agreement'],
  agreement_signed: ['签署共享对子', 'signed a standing pair'],
  agreement_ended: ['结束共享协议', 'ended an agreement'],
  emergency_granted: ['发出应急授权', 'granted in an emergency'],
  emergency_confirmed: ['确认应急授权', 'confirmed an emergency'],
  emergency_reviewed: ['复核应急授权', 'reviewed an emergency'],
  preview: ['以他人身份预览', 'previewed as somebody else'],
  preview_refused: ['打开他人的预览地址，被拒绝：', 'was refused with the address of somebody else’s preview of'],
  key_created: ['新建密钥', 'made a key'],
  key_rotated: ['更换密钥', 'rotated a key'],
  key_revoked: ['停用密钥', 'revoked a key'],
  key_offered: ['请同事接手密钥', 'offered a key to a colleague'],
  key_offer_withdrawn: ['撤回密钥的移交', 'took back the offer of a key'],
  key_taken_over: ['接手密钥', 'took a key over'],
  certificate_offered: ['请同事接手证书', 'offered a certificate to a colleague'],
  certificate_offer_withdrawn: ['撤回证书的移交', 'took back the offer of a certificate'],
  certificate_taken_over: ['接手证书', 'took a certificate over'],
  embed_offered: ['请同事接手嵌入', 'offered an embed to a colleague'],
  embed_offer_withdrawn: ['撤回嵌入的移交', 'took back the offer of an embed'],
  embed_taken_over: ['接手嵌入', 'took an embed over'],
  signed_revoked: ['停用瓦片网址', 'took back an address of tiles of'],
  tiles_signed: ['签发瓦片网址', 'signed an address of tiles of'],
  embed_created: ['新建嵌入', 'made an embed of'],
  embed_revoked: ['停用嵌入', 'revoked an embed of'],
  certificate_registered: ['登记证书', 'registered a certificate'],
  certificate_revoked: ['停用证书', 'revoked a certificate'],
  export: ['下载', 'exported'],
  access: ['访问', 'accessed'],
  layer_registered: ['登记图层', 'registered a layer'],
  layer_replaced: ['更新图层数据', 'replaced a layer’s features'],
  feature_created: ['新增要素', 'added a feature to'],
  feature_replaced: ['替换要素', 'replaced a feature of'],
  feature_updated: ['修改要素', 'changed a feature of'],
  feature_deleted: ['删除要素', 'deleted a feature of'],
  account_saved: ['设置账号', 'set the account'],
  account_created: ['新建账号', 'made the account'],
  account_renamed: ['修改账号名称', 'renamed the account'],
  roles_changed: ['更改角色', 'changed the roles of'],
  account_disabled: ['停用账号', 'disabled the account'],
  account_enabled: ['恢复账号', 'enabled the account'],
  account_unlocked: ['解锁账号', 'unlocked the account'],
  account_moved: ['更改单位', 'moved the account'],
  account_mail_changed: ['更改邮箱', 'changed the address of mail of'],
  account_confirmed: ['确认了账号更改', 'confirmed a change of'],
  account_declined: ['未予确认账号更改', 'declined a change of'],
  account_withdrawn: ['撤回了账号更改', 'withdrew a change of'],
  mail_failed: ['邮件未能送达', 'could not deliver mail to'],
  password_reset_started: ['开出设置密码的链接', 'made a link to set the password of'],
  password_reset: ['用链接设置了密码', 'set a password by a link'],
  password_changed: ['修改了密码', 'changed the password'],
  factor_enrolled: ['启用了两步验证', 'set up a second factor'],
  factor_removed: ['停用了两步验证', 'removed the second factor'],
  factor_reset: ['重置两步验证', 'reset the second factor of'],
  code_failed: ['验证码有误', 'gave a wrong code'],
  sessions_ended: ['退出了其他设备', 'ended all other sessions'],
  delegation_made: ['委托代办', 'delegated to'],
  delegation_ended: ['收回委托', 'took the delegation back from'],
  extraction_alarm: ['提取量告警', 'noticed that much was drawn of'],
  extraction_slow: ['因提取量较大而放慢', 'slowed down'],
  extraction_stop: ['因提取量超限而暂停', 'stopped'],
  extraction_lifted: ['解除了提取限制', 'lifted the limit on'],
  audit_algorithm: ['更换了日志的摘要算法', 'changed the log’s hash algorithm'],
  audit_pruned: ['导出并移出了日志的旧年份', 'exported and took out old years of the log'],
};

const accountDeeds = new Set(
  Object.keys(actions).filter((action) => /^(account|roles|password|factor|delegation|mail)_/.test(action)),
);

const surfaces: Record<string, Words> = {
  tiles: ['瓦片', 'tiles'],
  items: ['要素', 'features'],
  export: ['下载', 'export'],
  search: ['搜索', 'search'],
  statistics: ['统计', 'statistics'],
  analyse: ['红线套合', 'overlay'],
  verify: ['核验', 'checks'],
};

/** Changes of accounts that wait for a second person. */
const kinds: Record<string, Words> = {
  create: ['新建账号', 'a new account'],
  roles: ['角色', 'roles'],
  move: ['单位', 'organisation'],
  mail: ['邮箱', 'address of mail'],
  reset_password: ['重置密码', 'a reset of the password'],
  reset_factor: ['重置两步验证', 'a reset of the second factor'],
};

/** Deeds that nobody need sign in for; the others that have no actor are the platform's own. */
const anybody = new Set(['access', 'preview_refused']);

/** A log entry as a sentence a person reads. */
export function sentence(row: AuditRow, catalogue: Catalogue): { textZh: string; textEn: string } {
  const [zh, en] = actions[row.action] ?? [row.action, row.action];
  const layer = row.layer === null ? null : catalogue.layers.get(row.layer);
  const office = row.organisation === null ? null : catalogue.organisation(row.organisation);
  const whoZh =
    row.actor === null && row.organisation === null
      ? anybody.has(row.action)
        ? '公众'
        : '平台'
      : `${office?.titleZh ?? ''} ${row.actor ?? ''}`.trim();
  const whoEn =
    row.actor === null && row.organisation === null
      ? anybody.has(row.action)
        ? 'The public'
        : 'The platform'
      : [row.actor, office && `(${office.titleEn})`].filter(Boolean).join(' ');
  // Of accounts: whose, where it is not the person's own.
  const whom = row.layer === null && accountDeeds.has(row.action) && row.subject !== row.actor ? ` ${row.subject}` : '';
  const onZh = row.layer === null ? '' : `“${layer?.titleZh ?? row.layer}”`;
  const onEn = row.layer === null ? '' : ` "${layer?.titleEn ?? row.layer}"`;
  const d = row.detail as Record<string, number & string>;
  let [moreZh, moreEn] = ['', ''];
  if (row.action === 'access') {
    const [sZh, sEn] = surfaces[d.surface!] ?? ['', ''];
    moreZh = `：${sZh} ${d.requests} 次，${d.features} 个要素`;
    moreEn = `: ${d.requests} × ${sEn}, ${d.features} features`;
  } else if (typeof d.fid === 'number') {
    moreZh = ` ${d.fid} 号（第 ${d.version} 版）`;
    moreEn = ` no. ${d.fid} (version ${d.version})`;
  } else if (row.action.startsWith('extraction_')) {
    const { titleZh, titleEn } = catalogue.organisation(String(d.grantee));
    moreZh = `：${titleZh}，已提取 ${d.rows} 个要素${d.reason ? `；${d.reason}` : ''}`;
    moreEn = `: ${titleEn}, ${d.rows} features drawn${d.reason ? `; ${d.reason}` : ''}`;
  } else if (Array.isArray(row.detail.roles)) {
    moreZh = `：${codesZh(row.detail.roles.join('、'))}`;
    moreEn = `: ${row.detail.roles.join(', ')}`;
  } else if (row.action === 'delegation_made') {
    moreZh = `，${d.from} 至 ${d.until}`;
    moreEn = `, ${d.from} to ${d.until}`;
  } else if (typeof d.reason === 'string' || typeof d.text === 'string') {
    moreZh = `：${d.reason ?? d.text}`;
    moreEn = `: ${d.reason ?? d.text}`;
  } else if (typeof d.grantee === 'string') {
    const grantee = catalogue.organisation(d.grantee);
    moreZh = `，给 ${grantee.titleZh}，至 ${d.until}`;
    moreEn = ` to ${grantee.titleEn} until ${d.until}`;
  }
  if (d.waits) {
    moreZh += '（待另一位管理员确认）';
    moreEn += ' (to be confirmed by another administrator)';
  }
  if (typeof d.kind === 'string' && /^account_(confirmed|declined|withdrawn)$/.test(row.action)) {
    moreZh += `（${kinds[d.kind]?.[0] ?? d.kind}，${d.by} 办理）`;
    moreEn += ` (${kinds[d.kind]?.[1] ?? d.kind}, made by ${d.by})`;
  }
  // Done in an absent steward's place.
  const forZh = typeof d.for === 'string' ? `（代 ${d.for}）` : '';
  const forEn = typeof d.for === 'string' ? ` for ${d.for}` : '';
  return {
    textZh: `${whoZh}${forZh} ${zh}${onZh}${whom}${moreZh}`,
    textEn: `${whoEn}${forEn} ${en}${onEn}${whom}${moreEn}`,
  };
}
