import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { scratch, signIn, startYutu, type Yutu, yutuCommand } from '../harness.js';
import { confirmChanges, day } from '../story.js';
import { accessible, barriers, openBrowser, openScreen, picture, type Screen, signInOnScreen } from './screen.js';

/** How systems come in: keys, client certificates and addresses on other sites, made, seen and ended by a steward. */
let yutu: Yutu;
let browser: Browser;
let screen: Screen;
let page: Page;
let granted: string;
const PASSWORD = 'seven boats under the bridge';
const phone = { width: 390, height: 844 };
const desk = { width: 1440, height: 900 };

beforeAll(async () => {
  yutu = await startYutu({ env: { SECOND_FACTOR: 'off' } });
  const colleague = ['colleague', '--organisation', 'planning', '--roles', 'steward', '--name', 'colleague'];
  expect(yutuCommand(yutu, ['user', ...colleague, '--password', PASSWORD]).status).toBe(0);
  await confirmChanges(await signIn(yutu, 'security'), 'colleague');
  const owner = await signIn(yutu, 'steward-water');
  const { json } = await owner.get('/api/collections');
  const layer = json.collections.find((c: { yutu: { access: { source: string } } }) => c.yutu.access.source === 'own');
  granted = layer.yutu.titleZh;
  const given = await owner.post('/api/grants', {
    layers: [layer.id],
    kind: 'single',
    subject: { kind: 'organisation', id: 'planning' },
    reason: '门户网站',
    actions: ['view', 'embed'],
    fields: [],
    area: null,
    until: day(30),
  });
  expect(given.json).toMatchObject({ grants: [{ layer: { id: layer.id } }] });
  browser = await openBrowser();
  screen = await openScreen(browser, yutu, '/keys');
  page = screen.page;
  await page.getByRole('dialog').getByRole('button', { name: '关闭' }).click();
  await signInOnScreen(page, 'steward');
});
afterAll(async () => {
  await browser?.close();
  await yutu?.remove();
});
const seen = (name: string) => onTestFailed(async () => void (await picture(page, `failed-${name}`).catch(() => {})));

/** Looked at on a desk and on a phone: no wider than its screen, no barriers. */
async function looked(name: string) {
  await accessible(page, name);
  await picture(page, name);
  await page.setViewportSize(phone);
  await page.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth);
  await picture(page, `${name}-phone`);
  await page.setViewportSize(desk);
}

it('a key says what for, from where, and may be limited to both', async () => {
  seen('systems-key');
  await page.getByLabel('给哪个系统用').fill('一张图');
  await page.getByLabel('来源网段').fill('10.20.0.0/16, everywhere');
  await page.getByRole('combobox', { name: '只用于' }).click();
  await page.getByRole('option', { name: '查询' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '生成密钥' }).click();
  // what the server says of the network stands beside it
  await page.locator('#key-networks[aria-invalid="true"]').waitFor();
  await page.getByLabel('来源网段').fill('10.20.0.0/16, 10.21.3.7');
  await page.getByRole('button', { name: '生成密钥' }).click();
  const key = (await page.getByTestId('new-key-value').innerText()).trim();
  expect(key).toMatch(/^yt_/);
  const row = page.getByRole('row', { name: /一张图/ });
  await row.getByText('10.20.0.0/16 10.21.3.7').waitFor();
  await row.getByText('查询', { exact: true }).waitFor();
  const refused = await fetch(`${yutu.url}/api/collections/parcels/items?limit=1`, {
    headers: { authorization: `Bearer ${key}` },
  });
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([403, 'key_network']);
  await looked('systems-keys');
});

it('a key tells who answers for it, and is offered to a colleague who takes it', async () => {
  seen('systems-hand-over');
  const row = page.getByRole('row', { name: /一张图/ });
  await row.getByRole('button', { name: '移交 一张图' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('对方接手之前，一切照旧').waitFor();
  await accessible(page, 'systems-hand-over');
  await dialog.getByRole('combobox', { name: '交给谁' }).fill('colleague');
  await page.getByRole('option', { name: /colleague/ }).click();
  await dialog.getByRole('button', { name: '移交', exact: true }).click();
  await row.getByText(/已请 .* 接手/).waitFor();
  // the colleague takes it, and is shown its new secret
  const other = await openScreen(browser, yutu, '/keys');
  await other.page.getByRole('dialog').getByRole('button', { name: '关闭' }).click();
  await signInOnScreen(other.page, 'colleague', PASSWORD);
  await other.page.getByRole('button', { name: '接手 一张图' }).click();
  await other.page.getByRole('dialog').getByRole('button', { name: '接手', exact: true }).click();
  expect((await other.page.getByTestId('new-key-value').innerText()).trim()).toMatch(/^yt_/);
  await other.page
    .getByRole('row', { name: /一张图/ })
    .getByText(/^由 .* 新建$/)
    .waitFor();
  await other.page.close();
  await page.reload();
  // nobody but its holder gives it a new secret
  await row.getByText('colleague').waitFor();
  expect(await row.getByRole('button').count()).toBe(0);
});

it('a certificate is registered, seen and ended', async () => {
  seen('systems-certificate');
  const folder = mkdtempSync(join(scratch(), 'certificates-'));
  const openssl = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '20'];
  const leaf = ['-addext', 'basicConstraints=critical,CA:FALSE', '-subj', '/C=CN/O=Planning/CN=gis.example'];
  execFileSync('openssl', [...openssl, ...leaf, '-keyout', 'gis.key', '-out', 'gis.crt'], { cwd: folder, stdio: 'pipe' });
  await page.getByRole('tab', { name: '客户端证书' }).click();
  await page.getByText('还没有登记证书').waitFor();
  await page.getByLabel('给哪个系统用').fill('规划管理系统');
  await page.getByLabel('证书（PEM）').fill(readFileSync(join(folder, 'gis.key'), 'utf8'));
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await page.getByText('这里面有私钥').waitFor();
  await page.locator('input[type=file]').setInputFiles(join(folder, 'gis.crt'));
  await page.waitForFunction(() =>
    document.querySelector<HTMLTextAreaElement>('#certificate-certificate')?.value.startsWith('-----BEGIN CERTIFICATE'),
  );
  await page.getByLabel('怎样识别').selectOption('subject');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  const row = page.getByRole('row', { name: /规划管理系统/ });
  await row.getByText('C=CN, O=Planning, CN=gis.example').waitFor();
  await row.getByText('有效').waitFor();
  await looked('systems-certificates');
  await row.getByRole('button', { name: '停用证书 规划管理系统' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '停用', exact: true }).click();
  await row.getByText('已停用').waitFor();
});

it('an address on another site carries its right, until it is ended', async () => {
  seen('systems-embed');
  await page.getByRole('tab', { name: '嵌入外站' }).click();
  await page.getByRole('combobox', { name: '图层' }).click();
  await page.getByRole('option', { name: granted, exact: true }).click();
  await page.getByLabel('放在哪些网站').fill('water.example');
  await page.getByRole('button', { name: '生成地址' }).click();
  await page.getByText('请写 1 到 20 个网站').waitFor();
  // the address of a page is taken for its site
  await page.getByLabel('放在哪些网站').fill('https://water.example/map/index.html');
  await page.getByRole('button', { name: '生成地址' }).click();
  const tiles = (await page.getByTestId('new-key-value').innerText()).trim();
  expect(tiles).toMatch(/\/tiles\/WebMercatorQuad\/\{z\}\/\{y\}\/\{x\}\?signed=/);
  const code = await page.getByTestId('embed-page').innerText();
  const tilejson = /"url":"([^"]+)"/.exec(code)![1]!;
  const from = (origin: string) => fetch(tilejson, { headers: { origin, referer: `${origin}/` } }).then((r) => r.status);
  expect(await from('https://water.example')).toBe(200);
  expect(await from('https://elsewhere.example')).not.toBe(200);
  const row = page.getByRole('row', { name: /https:\/\/water\.example/ });
  await row.getByText(granted).waitFor();
  await row.getByText('有效').waitFor();
  await looked('systems-embeds');
  await row.getByRole('button', { name: /^停用 https:\/\/water\.example 上的/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: '停用', exact: true }).click();
  await row.getByText('已停用').waitFor();
  expect(await from('https://water.example')).not.toBe(200);
});

it('a signed address is listed and taken back', async () => {
  seen('systems-signed');
  const steward = await signIn(yutu, 'steward');
  const made = await steward.post('/api/collections/districts/signed-tiles', { hours: 2 });
  const address = new URL(made.json.tilejson);
  const shown = () => fetch(address).then((r) => r.status);
  expect(await shown()).toBe(200);
  await page.getByRole('tab', { name: '限时网址' }).click();
  const row = page.getByRole('row', { name: /有效/ });
  await looked('systems-signed');
  await row.getByRole('button', { name: /^停用限时网址/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: '停用', exact: true }).click();
  await page.getByRole('row', { name: /已停用/ }).waitFor();
  expect(await shown()).toBe(403);
});

it('is read in English and in the dark', async () => {
  seen('systems-en');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(`${yutu.url}/keys?tab=embeds&lang=en`);
  await page.getByRole('heading', { name: 'Addresses on other sites' }).waitFor();
  await page
    .getByRole('row', { name: /water\.example/ })
    .getByText('Revoked')
    .waitFor();
  await accessible(page, 'systems-dark');
  await picture(page, 'systems-embeds-en-dark');
  await page.goto(`${yutu.url}/keys?lang=en`);
  await page
    .getByRole('row', { name: /一张图/ })
    .getByText('Query')
    .waitFor();
  await accessible(page, 'systems-keys-dark');
  await picture(page, 'systems-keys-en-dark');
  expect(Object.entries(barriers).filter(([, found]) => found.length > 0)).toEqual([]);
  expect(screen.faults).toEqual([]);
});
