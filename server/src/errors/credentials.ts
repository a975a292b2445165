import { codesZh } from './codes-zh.js';
import { entry } from './entry.js';

/** Faults of keys, certificates, signed addresses and sign-in elsewhere. */
export const credentialErrors = {
  key_network: entry(
    403,
    '来源网络不符',
    'Not from this network',
    () => '这个密钥和它签发的网址只能从登记的网络使用。',
    () => 'This key, and the addresses it signed, may be used from its registered networks only.',
  ),
  key_quota: entry(
    429,
    '今日次数已用完',
    'Used up for today',
    (v) => `这个凭据每天可用 ${v.quota} 次，今天的已用完，零点以后恢复。`,
    (v) => `This credential is good for ${v.quota} requests a day. Today's are used up; it works again after midnight.`,
  ),
  key_action: entry(
    403,
    '不在密钥范围内',
    'Outside the key’s scope',
    (v) => `这个密钥不能用于“${v.actionZh}”。`,
    (v) => `This key is not for "${v.actionEn}".`,
  ),
  certificate_untrusted: entry(
    401,
    '证书不被认可',
    'Certificate not accepted',
    () => '这个客户端证书不是由认可的机构颁发的，或不在有效期内。',
    () => 'This client certificate was not issued by an authority accepted here, or it is not valid now.',
  ),
  certificate_unknown: entry(
    401,
    '证书未登记',
    'Certificate not registered',
    () => '这个客户端证书没有登记，或已停用、到期。请由单位管理员或数据管理员登记。',
    () =>
      'This client certificate is not registered, was revoked or is over. A steward or administrator of your organisation can register it.',
  ),
  certificate_taken: entry(
    409,
    '已登记',
    'Registered already',
    () => '这个证书或主体已经登记。',
    () => 'This certificate, or this subject, is registered already.',
  ),
  certificate_not_found: entry(
    404,
    '没有这个证书',
    'No such certificate',
    () => '没有这个证书、它已停用，或它不属于贵单位。',
    () => 'There is no such certificate, it was revoked, or it is not your organisation’s.',
  ),
  oidc_unavailable: entry(
    503,
    '统一身份认证暂不可用',
    'The sign-in service is away',
    () => '暂时无法连接统一身份认证，请稍后再试，或用本地账号登录。',
    () => 'The sign-in service cannot be reached at the moment. Try again later, or sign in with a local account.',
  ),
  oidc_refused: entry(
    401,
    '登录未完成',
    'Sign-in not completed',
    () => '这次登录没有完成：已过期、已用过、不是从这个浏览器发起的，或账号在本平台已停用。请重新登录。',
    () =>
      'This sign-in was not completed: it is over, was used before, was not begun in this browser, or the account is disabled here. Please sign in again.',
  ),
  oidc_subject: entry(
    403,
    '无法识别身份',
    'Identity not usable',
    () => '统一身份认证给出的用户标识（sub）超过 255 个字符，或含有控制字符，不能用来登录。请联系平台管理员。',
    () =>
      'The identifier (sub) that the sign-in service gives of you is longer than 255 characters or holds control characters, so it cannot be used. Please tell the administrator.',
  ),
  oidc_organisation: entry(
    403,
    '单位未登记',
    'Unknown organisation',
    (v) => `统一身份认证说您属于“${v.organisation}”，本平台没有这个单位。请联系平台管理员。`,
    (v) =>
      `The sign-in service says that you belong to "${v.organisation}", which is no organisation here. Please tell the administrator.`,
  ),
  oidc_roles: entry(
    403,
    '角色冲突',
    'Roles that exclude one another',
    (v) => `统一身份认证给出的角色（${codesZh(v.roles)}）不能由一人兼任：系统、安全、审计管理员各由不同的人担任。`,
    (v) =>
      `The roles from the sign-in service (${v.roles}) cannot be one person’s: system, security and audit administrators are different people.`,
  ),
  signed_invalid: entry(
    403,
    '签名网址无效',
    'The signed address does not hold',
    () => '这个签名网址不对、已到期，或签发它的授权已有变化。请向签发人索取新的网址。',
    () => 'This signed address is wrong or over, or the rights behind it have changed. Ask whoever gave it to you for a new one.',
  ),
  embed_origin: entry(
    403,
    '不能在这个网站使用',
    'Not on this site',
    () => '这个嵌入网址只能在登记的网站上使用。',
    () => 'This embedded address works only on the sites it was made for.',
  ),
  embed_not_found: entry(
    404,
    '没有这个嵌入',
    'No such embed',
    () => '没有这个嵌入、它已停用，或它不属于贵单位。',
    () => 'There is no such embed, it was revoked, or it is not your organisation’s.',
  ),
  signed_not_found: entry(
    404,
    '没有这个签名网址',
    'No such signed address',
    () => '没有这个签名网址、它已停用或到期，或它不归您管理。',
    () => 'There is no such signed address, it was revoked or is over, or it is not yours to keep.',
  ),
  credential_not_yours: entry(
    403,
    '不归您办理',
    'Not yours to do',
    () =>
      '更换和移交由负责人办理，停用由负责人或单位管理员办理（授权点名的密钥和证书，数据管理员也可停用；网址和嵌入，图层的数据管理员也可停用）。',
    () =>
      'Who answers for it rotates it and hands it over; it is revoked by them or the organisation’s administrator (keys that a grant names and certificates by a steward, too; addresses and embeds by the layer’s steward).',
  ),
  credential_needs_steward: entry(
    403,
    '须由数据管理员负责',
    'For a steward',
    () => '这个密钥被一项授权点名，只有本单位的数据管理员可以接手和更换。请把它移交给数据管理员。',
    () => 'A grant names this key: only a steward of the organisation takes it over and rotates it. Hand it over to one.',
  ),
  credential_not_offered: entry(
    409,
    '没有移交给您',
    'Not offered to you',
    () => '负责人或单位管理员没有请您接手，或已过十四天。',
    () =>
      'Neither its holder nor the organisation’s administrator asked you to take it over, or that was over fourteen days ago.',
  ),
  credential_over: entry(
    409,
    '已到期',
    'Over',
    () => '这个凭据已到期，不能移交，请新建。',
    () => 'This credential is over and cannot be handed over. Make a new one.',
  ),
  keys_too_many: entry(
    409,
    '密钥和证书太多',
    'Too many keys and certificates',
    (v) => `一人最多负责 ${v.most} 个有效的密钥和证书。请停用不用的，或移交给同事。`,
    (v) => `One person answers for ${v.most} keys and certificates in force at most. Revoke what nobody uses, or hand some over.`,
  ),
  account_federated: entry(
    409,
    '账号由统一身份认证管理',
    'An account of the sign-in service',
    () => '这个账号从统一身份认证登录，没有本地密码，也不能另设。',
    () => 'This account signs in at the sign-in service. It has no password here, and none can be given to it.',
  ),
  key_over: entry(
    409,
    '密钥已失效',
    'The key is over',
    () => '这个密钥已停用或到期，不能更换，请新建。',
    () => 'This key is revoked or over and cannot be rotated. Make a new one.',
  ),
};
