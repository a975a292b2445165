import { Secret, TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { startYutu, type Yutu } from '../harness.js';
import { accessible, barriers, openBrowser, openScreen, picture, type Screen, signInOnScreen } from './screen.js';

/** An account from its making to a sign-in with a second factor, on three people's screens. */
let yutu: Yutu;
let browser: Browser;
const screens: Record<string, Screen> = {};
const PASSWORD = 'seven boats under the bridge';

const open = async (who: string, path: string, options = {}): Promise<Page> => {
  screens[who] = await openScreen(browser, yutu, path, options);
  return screens[who].page;
};
/** The page is no wider than its screen, in which it is small. */
const fits = async (page: Page) =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
const phone = { width: 390, height: 844 };

beforeAll(async () => {
  yutu = await startYutu();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await yutu?.remove();
});

it('goes from the administrator’s word, confirmed by another, to a steward with a second factor', async () => {
  onTestFailed(async () => {
    for (const [who, { page }] of Object.entries(screens)) await picture(page, `failed-accounts-${who}`).catch(() => {});
  });

  // The system administrator makes it; it waits, and no link is to be seen.
  const admin = await open('admin', '/accounts');
  await admin.getByRole('dialog').getByRole('button', { name: '关闭' }).click();
  await signInOnScreen(admin, 'admin');
  await admin.getByLabel('用户名').fill('li.na');
  await admin.getByLabel('中文姓名').fill('李娜');
  await admin.getByRole('button', { name: '新建', exact: true }).click();
  const made = admin.getByRole('table').filter({ hasText: '最近登录' }).getByRole('row', { name: /李娜/ });
  await made.getByText('待确认', { exact: true }).waitFor();
  const own = admin.getByRole('region', { name: '待确认事项' }).first();
  await own.getByRole('button', { name: '撤回 李娜 的更改' }).waitFor();
  expect(await admin.getByRole('button', { name: /^确认/ }).count()).toBe(0);
  expect(await admin.getByText('reset#').count()).toBe(0);
  expect(await admin.getByRole('button', { name: '管理账号 高远' }).count()).toBe(0); // their own
  await accessible(admin, 'accounts');
  await picture(admin, 'accounts-list');
  await admin.setViewportSize(phone);
  await fits(admin);
  await accessible(admin, 'accounts-phone');
  await picture(admin, 'accounts-list-phone');

  // The security administrator confirms it, by keyboard, and gets the sheet for the person.
  const security = await open('security', '/accounts');
  await security.getByRole('dialog').getByRole('button', { name: '关闭' }).click();
  await signInOnScreen(security, 'security');
  const confirm = security.getByRole('button', { name: '确认 李娜 的更改', exact: true });
  await confirm.focus();
  await accessible(security, 'accounts-waiting');
  await picture(security, 'accounts-waiting');
  await security.keyboard.press('Enter');
  const asked = security.getByRole('dialog');
  await asked.getByText('请打印并当面交给本人').waitFor();
  await asked.getByText('规划人员').waitFor();
  await asked.getByRole('button', { name: '确认', exact: true }).press('Enter');
  const link = await security.getByTestId('sheet-value').textContent();
  expect(link).toMatch(/\/reset#\S{32}$/);
  await accessible(security, 'accounts-sheet');
  await picture(security, 'accounts-sheet');
  // Printed, the page is the sheet alone, without buttons.
  await security.emulateMedia({ media: 'print' });
  expect(await security.getByTestId('sheet-value').isVisible()).toBe(true);
  for (const name of ['打印', '我已转交']) expect(await security.getByRole('button', { name }).isVisible()).toBe(false);
  expect(await security.getByRole('heading', { name: '账号管理' }).isVisible()).toBe(false);
  await picture(security, 'accounts-sheet-print');
  await security.emulateMedia({ media: null });
  await security.getByRole('button', { name: '我已转交' }).click();
  await security.getByText('没有等您确认的事项').waitFor();
  expect(await security.getByTestId('sheet-value').count()).toBe(0);

  // The person sets a password with it.
  const person = await open('person', new URL(link!).pathname + new URL(link!).hash);
  await person.getByLabel('新密码', { exact: true }).fill('short');
  await person.getByLabel('再输一遍新密码').fill('short');
  await person.getByRole('button', { name: '设置密码' }).click();
  await person.getByRole('alert').getByText('至少 12 个字符').waitFor();
  for (const label of ['新密码', '再输一遍新密码']) await person.getByLabel(label, { exact: true }).fill(PASSWORD);
  await accessible(person, 'reset');
  await picture(person, 'accounts-reset');
  await person.getByRole('button', { name: '设置密码' }).click();

  // The security administrator gives the role, and the system administrator confirms it.
  await security.getByLabel('查找').fill('li.na');
  await security.getByRole('button', { name: '管理账号 李娜' }).click();
  await security.getByRole('checkbox', { name: '审计管理员' }).check();
  await security.getByRole('checkbox', { name: '数据管理员' }).check();
  await expect.poll(() => security.getByRole('checkbox', { name: '审计管理员' }).isChecked()).toBe(false);
  await accessible(security, 'accounts-manage');
  await picture(security, 'accounts-manage');
  await security.getByRole('button', { name: '保存角色' }).click();
  await security.getByRole('button', { name: '撤回 李娜 的更改' }).waitFor();
  await security.getByRole('table').filter({ hasText: '最近登录' }).getByText('有待确认').waitFor();
  await admin.setViewportSize({ width: 1440, height: 900 });
  await admin.reload();
  await admin.getByRole('button', { name: '确认 李娜 的更改', exact: true }).click();
  const change = admin.getByRole('dialog');
  await change.getByText('规划人员 · 数据管理员').or(change.getByText('数据管理员')).first().waitFor();
  await change.getByRole('button', { name: '确认', exact: true }).click();
  await admin
    .getByRole('table')
    .filter({ hasText: '最近登录' })
    .getByRole('row', { name: /李娜/ })
    .getByText('数据管理员')
    .waitFor();

  // Signing in asks for a second factor first.
  const dialog = person.getByRole('dialog');
  await dialog.getByLabel('用户名').fill('li.na');
  await dialog.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await dialog.getByRole('button', { name: /^登录$/ }).click();
  await dialog.getByRole('img', { name: /二维码/ }).waitFor();
  const secret = (await dialog.getByTestId('factor-secret').textContent())!.replaceAll(' ', '');
  const code = (steps: number) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
  await person.setViewportSize(phone);
  await person.waitForTimeout(400); // the dialog's opening
  await accessible(person, 'enrol');
  await picture(person, 'accounts-enrol-phone');
  await fits(person);
  await person.setViewportSize({ width: 1440, height: 900 });
  await dialog.getByLabel('六位数字').fill('000000');
  await dialog.getByRole('button', { name: '确认' }).click();
  await dialog.getByRole('alert').getByText('验证码不对').waitFor();
  await dialog.getByLabel('六位数字').fill(code(0));
  await dialog.getByRole('button', { name: '确认' }).click();
  await dialog.getByTestId('recovery-codes').waitFor();
  const codes = await dialog.getByTestId('recovery-codes').getByRole('listitem').allTextContents();
  expect(codes).toHaveLength(10);
  await picture(person, 'accounts-recovery');
  await dialog.getByRole('button', { name: '我已保存' }).click();
  await person.getByTestId('user-menu').waitFor();

  // Their own page.
  await person.getByTestId('user-menu').click();
  await person.getByRole('menuitem', { name: '我的账号' }).click();
  await person.getByText('还有 10 个恢复码未用').waitFor();
  await person.getByText('本机').waitFor();
  await accessible(person, 'account');
  await picture(person, 'account');
  await person.setViewportSize(phone);
  await fits(person);
  await accessible(person, 'account-phone');
  await picture(person, 'account-phone');

  // From another device: password, then code; the first device ends the others.
  const other = await open('other', '/account?lang=en');
  const step = other.getByRole('dialog');
  await step.getByLabel('User name').fill('li.na');
  await step.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await step.getByRole('button', { name: 'Sign in' }).click();
  await step.getByLabel('Code').fill(code(1));
  await accessible(other, 'code');
  await picture(other, 'accounts-code');
  await step.getByRole('button', { name: 'Go on' }).click();
  await other.getByRole('heading', { name: 'My account' }).waitFor();
  await picture(other, 'account-en');
  await person.reload();
  await person.getByRole('button', { name: '全部退出' }).click();
  const ending = person.getByRole('dialog');
  await ending.getByText('您负责的密钥').waitFor();
  await accessible(person, 'account-end');
  await ending.getByRole('button', { name: '全部退出' }).click();
  await other.getByRole('heading', { name: 'Sign in' }).waitFor();
  await person.getByTestId('user-menu').or(person.getByText('本机')).first().waitFor();

  expect(Object.entries(barriers).filter(([, found]) => found.length > 0)).toEqual([]);
  expect(Object.values(screens).flatMap(({ faults }) => faults)).toEqual([]);
});
