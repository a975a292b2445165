import { codesZh } from './codes-zh.js';
import { entry } from './entry.js';

/** Faults of signing in, of one's own account and of administering others'. */
export const accountErrors = {
  code_wrong: entry(
    401,
    '验证码不对',
    'Wrong code',
    () => '验证码不对或已用过，请输入验证器上当前的六位数字，或一个未用过的恢复码。',
    () =>
      'This code is wrong or was used already. Enter the six digits your authenticator shows now, or a recovery code not used yet.',
  ),
  password_wrong: entry(
    403,
    '密码不对',
    'Wrong password',
    () => '当前密码不对。',
    () => 'The present password is wrong.',
  ),
  reset_link_invalid: entry(
    404,
    '链接无效',
    'Invalid link',
    () => '这个链接已用过、已过期或不完整，请向管理员再要一个。',
    () => 'This link was used, has expired or is not whole. Ask your administrator for another.',
  ),
  factor_not_offered: entry(
    409,
    '还没有开始',
    'Not begun yet',
    () => '请先取得二维码，再输入验证码。',
    () => 'Ask for the QR code first, then confirm it with a code.',
  ),
  factor_link_invalid: entry(
    403,
    '重置码无效',
    'Invalid code of the reset',
    () => '您的两步验证已被重置。请输入安全管理员当面交给您的一次性重置码；它已过期时，请再要一个。',
    () =>
      'Your second factor was reset. Give the one-time code that the security administrator handed you; if it has expired, ask for another.',
  ),
  factor_required: entry(
    409,
    '不能取消',
    'Cannot be removed',
    () => '您的角色须用两步验证，不能取消；可以换一个验证器。',
    () => 'Your roles need a second factor: it cannot be removed, only replaced.',
  ),
  account_not_found: entry(
    404,
    '没有这个账号',
    'No such account',
    () => '没有这个账号，或它不归您管理。',
    () => 'There is no such account, or it is not yours to administer.',
  ),
  own_account: entry(
    403,
    '不能管理自己的账号',
    'Not your own account',
    () => '任何人都不能更改自己的角色，也不能停用、解锁或重置自己的账号，请由其他管理员办理。',
    () => 'Nobody changes their own roles, or disables, unlocks or resets their own account. Ask another administrator.',
  ),
  demo_account: entry(
    409,
    '演示账号不能更改',
    'A demonstration account',
    () => '演示账号供大家共用，不能更改。可以另建一个账号来试。',
    () => 'Demonstration accounts are everybody’s and cannot be changed. Make an account of your own to try this.',
  ),
  roles_exclude: entry(
    422,
    '角色不能并存',
    'Roles that exclude one another',
    () => '系统管理员、安全管理员、审计管理员只能各由一人单独担任，不能与其他角色并存。',
    () => 'System, security and audit administrator exclude one another and every other role.',
  ),
  not_yours_to_do: entry(
    403,
    '不归您办理',
    'Not yours to do',
    () => '这一项由另一类管理员办理：系统管理员建号、停用、解锁和重置密码，安全管理员授予角色和重置两步验证。',
    () =>
      'This belongs to another administrator: the system administrator creates, disables, unlocks and resets passwords; the security administrator gives roles and resets second factors.',
  ),
  role_not_given: entry(
    403,
    '无权授予这个角色',
    'Not yours to give',
    () => '您不能授予这个角色：系统管理员只能建规划人员账号，单位管理员只能授予规划人员、数据管理员和单位管理员。',
    () =>
      'You cannot give this role: a system administrator creates planners only, an organisation’s administrator gives planner, steward and org_admin only.',
  ),
  factor_needed_first: entry(
    409,
    '须先启用两步验证',
    'Needs a second factor first',
    () => '安全管理员和审计管理员的密码只有在其启用两步验证后才能这样重置；否则请在服务器上用 yutu account reset 办理。',
    () =>
      'The password of a security or audit administrator is reset this way only once they have a second factor. Otherwise use "yutu account reset" on the server.',
  ),
  account_unconfirmed: entry(
    409,
    '账号尚未确认',
    'Not confirmed yet',
    () => '这个账号还没有经另一位管理员确认，确认之后才能更改角色、单位、邮箱或重置。',
    () =>
      'Another administrator has not confirmed this account yet. Its roles, organisation and address can be changed, and it can be reset, once that is done.',
  ),
  account_change_not_found: entry(
    404,
    '没有这项待确认事项',
    'Nothing to confirm',
    () => '没有这项待确认事项：它已办结、已被新的更改取代，或不归您确认。',
    () => 'There is no such change: it was settled, another took its place, or it is not yours to confirm.',
  ),
  account_change_lapsed: entry(
    409,
    '已过确认期限',
    'Its term to be confirmed is over',
    (v) => `这项更改 ${v.days} 天内无人确认，已失效。请办理人撤回后重新办理，再行确认。`,
    (v) => `Nobody confirmed this change within ${v.days} days, and it has lapsed. Its maker withdraws it and makes it anew.`,
  ),
  own_change: entry(
    403,
    '不能确认自己办的事',
    'Your own deed',
    () => '这是您自己办理的，须由另一位管理员确认。',
    () => 'You did this yourself: another administrator confirms it.',
  ),
  same_office: entry(
    403,
    '须由另一类管理员确认',
    'Another kind of administrator confirms',
    () => '这是同类管理员办理的，须由另一类管理员或该单位的管理员确认。',
    () => 'An administrator of your own kind did this: one of another kind, or the organisation’s own, confirms it.',
  ),
  last_administrator: entry(
    409,
    '最后一名管理员',
    'The last administrator',
    (v) => `这是最后一名在任的“${codesZh(v.role)}”，请先指定接任者。`,
    (v) => `This is the last active account with the role "${v.role}". Give it to another account first.`,
  ),
  delegation_not_found: entry(
    404,
    '没有这项委托',
    'No such delegation',
    () => '没有这项委托，或它已经结束。',
    () => 'There is no such delegation, or it is over.',
  ),
  delegation_overlaps: entry(
    409,
    '这几天已经委托过',
    'Delegated for these days already',
    (v) => `您已委托这位同事代办 ${v.from} 至 ${v.until}，日期有重叠。请选其他日期，或先收回那一项。`,
    (v) =>
      `You put this colleague in your place from ${v.from} to ${v.until} already. Choose days beside these, or take that delegation back first.`,
  ),
};
