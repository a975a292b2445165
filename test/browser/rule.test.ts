import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn, startYutu, underneath, type Yutu } from '../harness.js';
import { ask, parcelsWish } from '../story.js';
import { accessible, openBrowser, openScreen, picture, type Screen, signInOnScreen } from './screen.js';

/** What the rules of sharing look like on the screen: to the public, to the steward, to the data authority. */
let yutu: Yutu;
let browser: Browser;
const opened: Screen[] = [];
const open = async (path: string) => {
  const screen = await openScreen(browser, yutu, path);
  opened.push(screen);
  return screen.page;
};

const visit = (page: Page, path: string) => page.goto(`${yutu.url}${path}`);

beforeAll(async () => {
  yutu = await startYutu();
  await yutu.stop();
  await underneath(yutu, (query) =>
    query(`update yutu.layer set update_frequency = 'monthly', last_update = current_date - 76 where id = 'parcels'`),
  );
  yutu = await yutu.again();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await yutu?.remove();
});

it('the public reads what is open to the public, not the classes between departments', async () => {
  const page = await open('/');
  const bar = page.getByRole('region', { name: '地图状态' });
  await bar.getByText('只显示向社会公开的数据').waitFor();
  expect(await page.getByText('政务内部使用').count()).toBe(0);
  await picture(page, 'rule-public-map');
  await visit(page, '/catalogue');
  const table = page.getByRole('table', { name: '图层列表' });
  await table.getByText('向社会公开', { exact: true }).first().waitFor();
  expect(await table.getByText('无条件共享').count()).toBe(0);
  await accessible(page, 'public catalogue');
  await picture(page, 'rule-public-catalogue');
  // a layer's fields as well: what of each is open to the public, nothing to ask for
  await visit(page, '/catalogue/parcels');
  const fields = page.locator('#fields');
  await fields.getByRole('columnheader', { name: '对社会' }).waitFor();
  expect(await fields.getByText('不公开').count()).toBe(await fields.getByText('不可见').count());
  expect(await fields.getByText(/有条件|无条件|不给/).count()).toBe(0);
  expect(await fields.getByRole('button').count()).toBe(0);
  await accessible(page, 'public fields');
  await picture(page, 'rule-public-fields');
  await visit(page, '/catalogue/districts');
  await fields.getByText('公开', { exact: true }).first().waitFor();
  await visit(page, '/catalogue');
  await signInOnScreen(page, 'planner');
  await table.getByText('无条件共享').first().waitFor();
  await visit(page, '/');
  await bar.getByText('政务内部使用，不得公开').waitFor();
});

it('a late layer is in time once its steward says so', async () => {
  const page = await open('/catalogue/parcels');
  await page.getByText(/^已逾期 \d+ 天/).waitFor();
  expect(await page.getByRole('button', { name: '登记：本期无变化' }).count()).toBe(0);
  await signInOnScreen(page, 'steward');
  await page.getByRole('button', { name: '登记：本期无变化' }).click();
  await page.getByText(/核对，无变化$/).waitFor();
  expect(await page.getByText(/^已逾期/).count()).toBe(0);
  await accessible(page, 'layer of its steward');
  await picture(page, 'rule-declared');
});

it('more time to answer is asked for by the steward and agreed to by the data authority', async () => {
  const { number } = await ask(await signIn(yutu, 'planner'), parcelsWish);
  const steward = await open('/');
  await signInOnScreen(steward, 'steward');
  await visit(steward, '/inbox');
  await steward.getByText('还剩 10 个工作日').first().waitFor();
  await steward.getByRole('button', { name: '申请延长' }).click();
  const form = steward.getByRole('region', { name: '延长答复期限' });
  await form.getByRole('button', { name: '申请延长' }).click();
  await form.getByText('请写明理由，天数为 1 到 10。').waitFor();
  await form.getByLabel('理由').fill('涉及三个处室，正在会商');
  await accessible(steward, 'extension');
  await picture(steward, 'rule-extension-asked');
  await form.getByRole('button', { name: '申请延长' }).click();
  await steward.getByText('已申请延长 5 个工作日，待数据主管部门答复：涉及三个处室，正在会商').waitFor();

  const security = await open('/');
  await signInOnScreen(security, 'security');
  await visit(security, '/inbox');
  await security.getByText(number).first().waitFor();
  const answer = security.getByRole('region', { name: '延长答复期限' });
  await answer.getByText('提供部门申请延长 5 个工作日：涉及三个处室，正在会商').waitFor();
  // it decides nothing here: what was asked stands in words, nothing is shown as not given
  const fields = security.getByTestId('fields-evidence');
  await fields.getByText('原值', { exact: true }).first().waitFor();
  expect(await fields.getByRole('radio').count()).toBe(0);
  expect(await fields.getByText('不给', { exact: true }).count()).toBe(0);
  expect(await security.locator('.inbox-map-key').innerText()).toMatch(/^┅\s*申请$/);
  await accessible(security, 'extension answered');
  await picture(security, 'rule-extension-answer');
  await answer.getByRole('button', { name: '同意延长' }).click();
  await steward.getByText('数据主管部门已同意延长 5 个工作日').waitFor({ timeout: 30_000 });
  await steward.getByText('还剩 15 个工作日').first().waitFor();
});
