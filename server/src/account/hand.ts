import type { Sheet } from '@yutu/contract';
import type { Queryable } from '../db/database.js';
import { type AccountRecord, makeResetLink } from '../identity/accounts.js';
import { resetFactor } from '../identity/factor.js';
import type { Mailer } from '../mail/mailer.js';

type Person = Pick<AccountRecord, 'username' | 'nameZh' | 'nameEn' | 'mail'>;

/** Where a person sets a password. The token stands behind # and so reaches no server's log. */
export const linkOf = (origin: string, token: string): string => `${origin}/reset#${token}`;

/** Makes what somebody hands to an account's person, a way in, once: in place of what was made before. */
export async function makeSheet(q: Queryable, person: Person, what: Sheet['what'], by: string): Promise<Sheet> {
  const { username, nameZh, nameEn } = person;
  const { token, until } = await (what === 'factor' ? resetFactor : makeResetLink)(q, username, by);
  return { username, nameZh, nameEn, what, token, until };
}

/** Whether a link can go to its person by mail. */
export const reaches = (mailer: Mailer | null, person: Pick<Person, 'mail'>): boolean => mailer !== null && person.mail !== null;

/** Makes what opens the account and puts it into the mail, where nobody here sees it. */
export async function sendSheet(
  mailer: Mailer,
  q: Queryable,
  person: Person,
  what: Sheet['what'],
  by: string,
  origin: string,
): Promise<void> {
  const sheet = await makeSheet(q, person, what, by);
  await mailer.post(q, { username: person.username, address: person.mail!, until: sheet.until, ...letterOf(sheet, origin) });
}

function letterOf({ username, nameZh, nameEn, what, token, until }: Sheet, origin: string): { subject: string; text: string } {
  const given = what === 'password' ? linkOf(origin, token) : token;
  const [zh, en] =
    what === 'password'
      ? [
          `请用下面的链接为账号 ${username} 设置密码，只能用一次，${until} 前有效：`,
          `Set the password of the account ${username} with this link. It works once, until ${until}:`,
        ]
      : [
          `账号 ${username} 的两步验证已被重置。登录后输入下面的一次性重置码，启用新的验证器，${until} 前有效：`,
          `The second factor of the account ${username} was reset. Sign in and give this one-time code to set up a new authenticator, before ${until}:`,
        ];
  return {
    subject: what === 'password' ? '设置密码 / Set your password' : '两步验证已重置 / Your second factor was reset',
    text: [
      `${nameZh}：`,
      zh,
      given,
      `如果不是您所要求，请勿使用，并告知管理员。${origin}`,
      '',
      `Dear ${nameEn},`,
      en,
      given,
      `If you did not expect this, do not use it and tell your administrator. ${origin}`,
      '',
    ].join('\n'),
  };
}
