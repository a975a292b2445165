import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startYutu, underneath, type Yutu } from '../harness.js';
import { goTo, openBrowser, openScreen, pixelOf, type Screen, settled, signInOnScreen } from './screen.js';

/** Data whose authors want to run scripts in the reader's browser: all of it is shown as the text that it is. */
const image = '<img src=x onerror="window.pwned=1">';
const script = '</script><script>window.pwned=1</script>';
const link = '<a href="javascript:window.pwned=1">来源</a>';
const LAYER = 'transport_nodes';
const PLACE: [number, number] = [106.6, 29.5];
let yutu: Yutu;
let browser: Browser;
let screen: Screen;

beforeAll(async () => {
  yutu = await startYutu();
  await yutu.stop();
  await underneath(yutu, async (query) => {
    await query(
      'update yutu.layer set title_zh = $1, title_en = $1, description_zh = $2, description_en = $2, source_note = $3, attribution = $3, approval_number = $4 where id = $5',
      [`图层${image}`, `${script}[x](javascript:window.pwned=1)`, link, image, LAYER],
    );
    await query(`update yutu.field set title_zh = $1, title_en = $1, unit = '<b>' where layer = $2`, [`字段${image}`, LAYER]);
    await query(`update yutu.organisation set title_zh = title_zh || $1, title_en = title_en || $1`, [image]);
    await query(`update yutu.account set name_zh = $1, name_en = $1 where username = 'planner'`, [`周${image}`]);
    await query(
      `update base.${LAYER} set name_zh = $1, name_en = $2, ident = $3, geom = st_setsrid(st_makepoint($4, $5), 4490)
       where fid = (select min(fid) from base.${LAYER})`,
      [`地点${image}`, `javascript:window.pwned=1`, script, ...PLACE],
    );
    await query(`update yutu.layer set version = version + 1 where id = $1`, [LAYER]);
  });
  yutu = await yutu.again();
  browser = await openBrowser();
  screen = await openScreen(browser, yutu);
});
afterAll(async () => {
  await browser?.close();
  await yutu?.remove();
});

/** Nothing ran, no element came of the data, and no link leads into a script. */
async function isHarmless({ page }: Screen): Promise<void> {
  expect(
    await page.evaluate(() => ({
      ran: (window as never as { pwned?: number }).pwned ?? null,
      images: document.querySelectorAll('img[src="x"], [onerror]').length,
      links: [...document.querySelectorAll('a[href]')]
        .map((a) => a.getAttribute('href')!)
        .filter((href) => /^\s*(javascript|data|vbscript):/i.test(href)),
      scripts: [...document.scripts].filter((s) => !s.src).length,
    })),
  ).toEqual({ ran: null, images: 0, links: [], scripts: 0 });
}

it('in the tree of layers, the search and the name of who is signed in', async () => {
  const { page } = screen;
  await settled(page);
  await signInOnScreen(page, 'planner');
  await page.getByText(image).first().waitFor();
  await page.getByRole('combobox').first().fill('图层<img');
  await page.getByRole('option', { name: /<img/ }).first().waitFor();
  await isHarmless(screen);
  await page.keyboard.press('Escape');
});

it('in the card of a feature', async () => {
  const { page } = screen;
  const box = page.getByTestId(`layer-row-${LAYER}`).getByRole('checkbox');
  if (!(await box.isChecked())) await box.click();
  await goTo(page, PLACE, 15);
  const { x, y } = await pixelOf(page, PLACE);
  await page.mouse.click(x, y);
  const card = page.getByTestId('feature-card');
  await card.getByText(`地点${image}`).first().waitFor();
  await isHarmless(screen);
});

it.each(['/catalogue', `/catalogue/${LAYER}`, '/requests', '/keys'])('on %s', async (path) => {
  const other = await openScreen(browser, yutu, path, { storageState: await screen.context.storageState() });
  await other.page.getByText('<img', { exact: false }).first().waitFor();
  if (path.endsWith(LAYER)) await other.page.getByText(link, { exact: false }).first().waitFor();
  await isHarmless(other);
  expect(other.faults).toEqual([]);
  await other.context.close();
});

it('nothing was blocked either: it never came to that', () => expect(screen.faults).toEqual([]));

it('what an attacker got into the page all the same would not run, and would be noticed', async () => {
  const { page, faults } = screen;
  await page.evaluate(() => {
    const element = document.createElement('script');
    element.textContent = 'window.pwned = 2';
    document.body.append(element);
    document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.pwned=3"><i style="color:red"></i>');
  });
  await expect.poll(() => faults.filter((fault) => fault.startsWith('policy: ')).length).toBeGreaterThanOrEqual(3);
  expect(await page.evaluate(() => (window as never as { pwned?: number }).pwned ?? null)).toBeNull();
});
