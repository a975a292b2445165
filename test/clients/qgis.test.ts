import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, makeKey, scratch, signIn, startYutu, withKey, type Yutu } from '../harness.js';
import { allItems, parcelsGift, parcelsWish, revoke, share, vertices } from '../story.js';

const PYTHON = '/usr/bin/python3';
const script = fileURLToPath(new URL('read-with-qgis.py', import.meta.url));
/** The inner city, with room around what is granted. */
const MAP = [106.2, 29.35, 106.9, 29.95] as const;
const PIXEL = (MAP[2] - MAP[0]) / 600;

interface Seen {
  valid: boolean;
  fields: string[];
  ids: string[];
  drawn: number;
  box: [west: number, south: number, east: number, north: number] | null;
}

const lacking = spawnSync(PYTHON, ['-c', 'import qgis.core']).status !== 0;

/** Debian's QGIS reads and draws what was granted: all of it, nothing else, with a key only. */
describe.skipIf(lacking)('QGIS (apt-get install python3-qgis)', () => {
  let yutu: Yutu;
  let steward: Caller;
  let key: string;
  let grant: string;

  beforeAll(async () => {
    yutu = await startYutu();
    const planner = await signIn(yutu, 'planner');
    steward = await signIn(yutu, 'steward');
    grant = await share(planner, steward, parcelsWish, parcelsGift);
    key = (await makeKey(planner, 'qgis')).key;
  });
  afterAll(() => yutu?.remove());

  /** Not waited for in one piece: Yutu's own process must answer meanwhile, and does; this one stays free to report. */
  function qgis(layer: string, secret: string): Promise<Seen> {
    const child = spawn(PYTHON, [script, `${yutu.url}/api`, secret, layer, ...MAP.map(String)], {
      // a profile of this run's own: no one's settings, no one's keys
      env: { ...process.env, HOME: scratch(), XDG_RUNTIME_DIR: scratch(), QGIS_CUSTOM_CONFIG_PATH: scratch() },
      timeout: 120_000,
    });
    let said = '';
    let faults = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.stderr.on('data', (chunk) => {
      faults += chunk;
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', () => {
        const line = said.split('\n').find((text) => text.startsWith('{'));
        if (line) resolve(JSON.parse(line));
        else reject(new Error(`QGIS said nothing:\n${said}${faults}`));
      });
    });
  }

  it('reads every granted feature with the granted fields, and draws them in their place', async () => {
    const { features } = await allItems(withKey(yutu, key), '/api/collections/parcels/items?limit=1000');
    const seen = await qgis('parcels', key);
    expect(seen.valid).toBe(true);
    expect(seen.fields).toEqual(expect.arrayContaining(['code', 'land_use', 'area_m2']));
    for (const withheld of ['right_type', 'holder']) expect(seen.fields).not.toContain(withheld);
    expect([...seen.ids].sort()).toEqual(features.map(({ properties }) => String(properties.code)).sort());
    const corners = features.flatMap(vertices);
    const wanted = [0, 1].map((i) => Math.min(...corners.map((c) => c[i]!)));
    wanted.push(...[0, 1].map((i) => Math.max(...corners.map((c) => c[i]!))));
    expect(seen.drawn).toBeGreaterThan(1_000);
    // specks at the edge of what is drawn may not fill a pixel
    seen.box!.forEach((side, i) => {
      expect(Math.abs(side - wanted[i]!)).toBeLessThan(3 * PIXEL);
    });
  });

  it('sees nothing of it with another department’s key, nor with this one once the grant is revoked', async () => {
    const other = (await makeKey(await signIn(yutu, 'steward-water'), 'qgis')).key;
    expect(await qgis('parcels', other)).toEqual({ valid: false, fields: [], ids: [], drawn: 0, box: null });
    await revoke(steward, grant);
    expect(await qgis('parcels', key)).toEqual({ valid: false, fields: [], ids: [], drawn: 0, box: null });
  });
});
