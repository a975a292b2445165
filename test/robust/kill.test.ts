import { copyFileSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { create, LAYER, point, write } from '../editing.js';
import {
  anonymous,
  engine,
  eventually,
  type Query,
  scratch,
  signIn,
  startYutu,
  underneath,
  type Yutu,
  yutuCommand,
  yutuProcess,
} from '../harness.js';
import { decode, tileAt } from '../tile.js';
import { agrees, bytesOf, filesHold, logHolds, pointsFile, steward } from './whole.js';

/** kill -9 at the worst moments: afterwards there is no half of anything. */
let yutu: Yutu;
let folder: string;
const snapshots = () => join(yutu.dataDir, 'snapshots');

beforeAll(async () => {
  yutu = await startYutu();
  folder = mkdtempSync(join(scratch(), 'killed-'));
});
afterAll(async () => {
  if (folder) rmSync(folder, { recursive: true });
  await yutu?.remove();
});

/** Begins an import through the server, and kills the server (and with PostgreSQL the command, which does the work) in its middle. */
async function killedImport(...args: string[]) {
  const { child, said, exited } = yutuProcess(yutu, ['import', ...args]);
  await eventually(async () => expect(said()).toMatch(/\b5000 features, \d+ %/), 60_000);
  child.kill('SIGKILL');
  await yutu.stop('SIGKILL');
  await exited;
  yutu = await yutu.again();
}

describe('kill -9 during an import', () => {
  it('of a new layer leaves no layer, and it can be imported again', async () => {
    const file = pointsFile(join(folder, 'new.geojson'), 30_000, '新');
    await killedImport(file, '--layer', 'killed', '--owner', 'transport');
    const owner = await signIn(yutu, 'steward-transport');
    expect((await owner.get('/api/collections/killed')).status).toBe(404);
    logHolds(yutu);
    const small = pointsFile(join(folder, 'small.geojson'), 2_000, '旧');
    expect(yutuCommand(yutu, ['import', small, '--layer', 'killed', '--owner', 'transport']).said).toMatch(
      /2000 features, version 1/,
    );
  });

  it('that replaces leaves the layer as it was, features and tiles', async () => {
    const owner = await signIn(yutu, 'steward-transport');
    const at = tileAt(106.35, 29.31, 14);
    const before = await bytesOf(owner, 'killed', at);
    expect(decode(before, 'killed').length).toBeGreaterThan(5);
    await killedImport(join(folder, 'new.geojson'), '--layer', 'killed', '--replace');
    expect((await owner.get('/api/collections/killed')).json.yutu).toMatchObject({ version: 1, featureCount: 2_000 });
    expect((await owner.get('/api/collections/killed/items?limit=1')).json.numberMatched).toBe(2_000);
    expect((await bytesOf(owner, 'killed', at)).equals(before)).toBe(true);
    logHolds(yutu);
    filesHold(yutu);
  });

  const left = (query: Query) =>
    query(`select table_schema as schema, table_name as name from information_schema.tables where table_name like 'import\\_%'`);

  it('leaves no table behind: none on the embedded engine, on PostgreSQL none a day later', async () => {
    await yutu.stop();
    await underneath(yutu, async (query) => {
      const tables = await left(query);
      if (engine === 'embedded') expect(tables).toEqual([]);
      // another process might be importing: the name says since when
      else expect(tables.length).toBeGreaterThan(0);
      const yesterday = (Date.now() - 25 * 3_600_000).toString(16).padStart(12, '0');
      for (const { schema, name } of tables)
        await query(`alter table ${schema}.${name} rename to import_${yesterday}_${name.slice(-8)}`);
    });
    yutu = await yutu.again();
    await yutu.stop();
    await underneath(yutu, async (query) => expect(await left(query)).toEqual([]));
    yutu = await yutu.again();
  });
});

describe('kill -9 during edits', () => {
  it('loses none that was answered, has no half of the others, and the tiles hold what the database holds', async () => {
    const editor = await steward(yutu);
    const made: { id: number; tag: string; lon: number }[] = [];
    const deleted: number[] = [];
    let busy = true;
    const work = (async () => {
      for (let n = 0; busy; n++) {
        try {
          const lon = 106.5 + n * 1e-4;
          const { id, tag } = await create(editor, point(lon, 29.5, { name_zh: `杀不死 ${n}` }));
          made.push({ id, tag, lon });
          if (n % 4 !== 3) continue;
          const old = made[n - 2]!;
          if ((await write(editor, 'DELETE', old.id, undefined, old.tag)).status === 204) deleted.push(old.id);
        } catch {
          return; // the server is dead
        }
      }
    })();
    while (made.length < 25) await sleep(20);
    await yutu.stop('SIGKILL');
    busy = false;
    await work;
    yutu = await yutu.again();
    const nobody = anonymous(yutu);
    const { features } = (await nobody.get(`/api/collections/${LAYER}/items?limit=1000&bbox=106.4,29.4,106.9,29.6`)).json;
    const kept = new Set<number>(features.map((f: { id: number }) => f.id));
    const wanted = made.filter(({ id }) => !deleted.includes(id));
    expect(wanted.filter(({ id }) => !kept.has(id))).toEqual([]);
    expect(deleted.filter((id) => kept.has(id))).toEqual([]);
    logHolds(yutu);
    const tiles = [...new Map(wanted.map(({ lon }) => [tileAt(lon, 29.5, 15).x, tileAt(lon, 29.5, 15)])).values()];
    expect(await agrees(yutu, LAYER, 'base', tiles)).toBeGreaterThanOrEqual(wanted.length);
    yutu = await yutu.again();
  });

  it('leaves layer, change rows and features of one version', async () => {
    await yutu.stop();
    await underneath(yutu, async (query) => {
      const [layer] = await query('select version, feature_count::int as count from yutu.layer where id = $1', [LAYER]);
      const [rows] = await query(`select count(*)::int as count from base.${LAYER}`);
      const changes = await query('select version::int from base.change where layer = $1 order by version', [LAYER]);
      expect(rows.count).toBe(layer.count);
      expect(changes.map((c) => c.version)).toEqual(Array.from({ length: layer.version - 1 }, (_, i) => i + 2));
    });
    yutu = await yutu.again();
  });
});

describe('kill -9 while a snapshot is built', () => {
  const at = tileAt(106.55, 29.56, 14);

  it('is made good at the next start: the same tile, no half file', async () => {
    const owner = await steward(yutu);
    const before = await bytesOf(owner, 'parcels', at);
    expect(before.length).toBeGreaterThan(500);
    // at several moments of the build
    for (const ms of [0, 200]) {
      await yutu.stop();
      rmSync(snapshots(), { recursive: true });
      yutu = await yutu.again();
      const asked = (await steward(yutu))
        .get(`/api/collections/parcels/tiles/WebMercatorQuad/${at.z}/${at.y}/${at.x}`)
        .catch(() => null);
      await sleep(ms);
      await yutu.stop('SIGKILL');
      await asked;
      yutu = await yutu.again();
      expect((await bytesOf(await steward(yutu), 'parcels', at)).equals(before)).toBe(true);
    }
    await eventually(async () => filesHold(yutu), 60_000);
    logHolds(yutu);
  });

  it('between writing the file and putting it in its place: what lies beside it is never read', async () => {
    const before = await bytesOf(await steward(yutu), 'parcels', at);
    await eventually(async () => expect(parcelsFiles().length).toBeGreaterThan(0), 60_000);
    await yutu.stop();
    const [file] = parcelsFiles();
    // whole, but not in its place; and one of which only the beginning was written
    renameSync(join(snapshots(), file!), join(snapshots(), `${file}.4194301.part`));
    writeFileSync(join(snapshots(), `${file}.4194302.part`), 'YUTUSNAP');
    yutu = await yutu.again();
    expect((await bytesOf(await steward(yutu), 'parcels', at)).equals(before)).toBe(true);
    await eventually(async () => expect(parcelsFiles()).toHaveLength(1), 60_000);
    await eventually(async () => filesHold(yutu));
  });

  it('with the old file still there: it serves, with the edits since', async () => {
    const editor = await steward(yutu);
    await bytesOf(editor, LAYER, tileAt(106.5, 29.5, 14));
    await eventually(async () => expect(readdirSync(snapshots()).some((f) => f.startsWith(`${LAYER}@`))).toBe(true));
    const old = readdirSync(snapshots()).find((f) => f.startsWith(`${LAYER}@`))!;
    const aside = join(folder, old);
    copyFileSync(join(snapshots(), old), aside);
    const { id } = await create(editor, point(106.91, 29.91, { name_zh: '旧底图' }));
    expect(yutuCommand(yutu, ['snapshot', 'rebuild', LAYER]).status).toBe(0);
    await yutu.stop('SIGKILL');
    for (const f of readdirSync(snapshots())) if (f.startsWith(`${LAYER}@`)) rmSync(join(snapshots(), f));
    copyFileSync(aside, join(snapshots(), old));
    yutu = await yutu.again();
    const drawn = decode(await bytesOf(anonymous(yutu), LAYER, tileAt(106.91, 29.91, 15)), LAYER);
    expect(drawn.map((f) => f.id)).toEqual([id]);
  });

  const parcelsFiles = () => readdirSync(snapshots()).filter((f) => f.startsWith('parcels@') && f.endsWith('.snapshot'));
});
