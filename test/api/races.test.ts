import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { create, square, write } from '../editing.js';
import {
  Caller as AnyCaller,
  anonymous,
  type Caller,
  engine,
  eventually,
  type Place,
  root,
  scratch,
  signIn,
  startYutu,
  withDatabase,
  withSecondNode,
  type Yutu,
} from '../harness.js';
import { ask, confirmChanges, type GrantInput, inner, parcelsGift, parcelsWish, revoke, share } from '../story.js';
import { tileAt, tilePath } from '../tile.js';

/** What happens at the same time: who wins, and what still leaves after the answer that ended it. */
const hours = join(mkdtempSync(join(scratch(), 'clock-')), 'hours');
const clockOf = (file: string) => ({
  NODE_OPTIONS: `--import=${pathToFileURL(join(root, 'test/clock.mjs'))}`,
  CLOCK_HOURS: file,
});
let yutu: Yutu;
let planner: Caller;
let steward: Caller;
beforeAll(async () => {
  writeFileSync(hours, '0');
  yutu = await startYutu({ env: { ...clockOf(hours), SECOND_FACTOR: 'off' } });
  planner = await signIn(yutu, 'planner');
  steward = await signIn(yutu, 'steward');
});
afterAll(() => yutu?.remove());

const items = '/api/collections/parcels/items';
const nextOf = (page: { links: { rel: string; href: string }[] }) => {
  const href = page.links.find((link) => link.rel === 'next')!.href;
  return href.slice(new URL(href).origin.length);
};

describe('a grant that is revoked', () => {
  it('while tiles and pages are read: of what is asked for after the revocation’s answer nothing is given', async () => {
    const grant = await share(planner, steward, parcelsWish, parcelsGift);
    const at = tileAt(106.55, 29.56, 14);
    const paths = [
      ...Array.from({ length: 16 }, (_, i) => tilePath('parcels', { ...at, x: at.x + (i % 4), y: at.y + (i >> 2) })),
      `${items}?limit=2000`,
      `${items}/1`,
      '/api/collections/parcels/tilejson',
    ];
    expect((await planner.get(paths[0]!)).status).toBeLessThan(300);
    let ended = false;
    let stop = false;
    const late: string[] = [];
    const asked = { before: 0, after: 0 };
    const reader = async (first: number) => {
      for (let i = first; !stop; i++) {
        const path = paths[i % paths.length]!;
        const begunAfter = ended;
        const answer = await planner.get(path);
        asked[begunAfter ? 'after' : 'before']++;
        const data = !path.endsWith('tilejson') && answer.status < 300;
        if (begunAfter && data) late.push(`${answer.status} ${path}`);
        // metadata of a closed layer stay open, without its fields
        if (begunAfter && path.endsWith('tilejson') && answer.text.includes('land_use')) late.push(path);
      }
    };
    const readers = [0, 3, 7, 11, 16, 17].map(reader);
    const enough = (which: 'before' | 'after') => eventually(async () => expect(asked[which]).toBeGreaterThan(30), 60_000);
    await enough('before');
    await revoke(steward, grant);
    ended = true;
    await enough('after');
    stop = true;
    await Promise.all(readers);
    expect(late).toEqual([]);
  });

  it('while a file streams: the file ends there, visibly cut', async () => {
    // the whole layer, for download: more than what is conditioned, which the steward gives a reason for
    const request = await ask(planner, { ...parcelsWish, actions: ['view', 'query', 'download', 'api'], area: null });
    const decided = await steward.post(`/api/requests/${request.id}/decision`, { outcome: 'granted', reason: '应急' });
    expect([decided.status, decided.text.slice(0, 300)]).toEqual([200, expect.any(String)]);
    const all = (await planner.get(`${items}?limit=1`)).json.numberMatched;
    const taken = await new Promise<{ text: string; whole: boolean }>((resolve, reject) => {
      const get = http.get(
        new URL('/api/collections/parcels/export', yutu.url),
        { headers: planner.headers, agent: false },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.once('data', () => {
            response.pause();
            // the reader waits, so the server does: what comes after the revocation was not read from the table before
            revoke(steward, decided.json.grant.id).then(() => response.resume(), reject);
          });
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('close', () => resolve({ text, whole: response.complete }));
          response.on('error', () => {});
        },
      );
      get.on('error', reject);
    });
    expect(taken.whole).toBe(false);
    expect(taken.text.endsWith(']}\n')).toBe(false);
    expect(taken.text.split('"type":"Feature"').length - 1).toBeLessThan(all);
    expect((await planner.get('/api/collections/parcels/export')).status).toBe(403);
  });
});

/**
 * Every surface that tells of a layer's features. The layer's table is locked, so that each waits with what was decided before; the
 * rights go; the lock is let go. An engine in the process cannot be locked from outside: there `deliver.test.ts` stands for this.
 */
const everySurface = () => {
  const layer = '/api/collections/parcels';
  const near = tileAt(106.55, 29.56, 15);
  const red = {
    type: 'Polygon',
    coordinates: [
      [
        [106.55, 29.55],
        [106.57, 29.55],
        [106.57, 29.57],
        [106.55, 29.57],
        [106.55, 29.55],
      ],
    ],
  };
  /** Each asks something that nobody asked before: nothing comes from what is remembered. */
  const surfaces: [string, (caller: Caller, turn: number) => ReturnType<Caller['get']>][] = [
    ['items', (caller, turn) => caller.get(`${layer}/items?limit=${7 + turn}`)],
    ['item', (caller) => caller.get(`${layer}/items/1`)],
    ['items by a filter', (caller, turn) => caller.get(`${layer}/items?filter=area_m2%3E${turn}`)],
    [
      'items by a filter that cannot be',
      (caller, turn) => caller.get(`${layer}/items?filter=S_INTERSECTS(geometry,POINT(${turn} 0))`),
    ],
    ['search', (caller) => caller.get(`/api/search?q=${inner.yuzhong}`)],
    ['statistics', (caller, turn) => caller.get(`${layer}/statistics?by=land_use&filter=area_m2%3E${turn}`)],
    ['analyse', (caller) => caller.post(`${layer}/analyse`, { geometry: red, by: 'land_use' })],
    ['verify', (caller) => caller.post(`${layer}/verify`, { id: 1, claims: { land_use: '07' } })],
    ['changes', (caller) => caller.get(changesLink)],
    ['export', (caller) => caller.get(`${layer}/export`)],
    ['a tile', (caller, turn) => caller.get(tilePath('parcels', { ...near, x: near.x + turn }))],
    [
      'a dataset tile',
      (caller, turn) => caller.get(`/api/tiles/WebMercatorQuad/15/${near.y}/${near.x + turn}?collections=parcels`),
    ],
    ['the collection', (caller) => caller.get(layer)],
    ['the catalogue', (caller) => caller.get('/api/collections')],
    ['TileJSON', (caller) => caller.get(`${layer}/tilejson`)],
    ['the tileset', (caller) => caller.get(`${layer}/tiles/WebMercatorQuad`)],
    ['the dataset’s tilesets', (caller) => caller.get('/api/tiles/WebMercatorQuad?collections=parcels')],
  ];
  let changesLink: string;
  let turn = 0;
  const actions: GrantInput['actions'] = ['view', 'query', 'download', 'api', 'analyse', 'verify'];
  const area = { divisions: [inner.yuzhong, inner.jiangbei] };
  /** Asks some surfaces and takes the right away while they wait. @returns answers that are not those of who never had it */
  async function late(some: typeof surfaces, end: (grant: string) => Promise<void>): Promise<string[]> {
    turn++;
    // other rows each time: nothing that is remembered of the views fits
    const gift = { ...parcelsGift, actions, rows: `area_m2 > ${turn}` };
    const grant = await share(planner, steward, { ...parcelsWish, actions, area }, gift);
    changesLink = nextOf((await planner.get(`${layer}/changes`)).json);
    expect((await planner.get(`/api/search?q=${inner.yuzhong}`)).text).toContain('"parcels/');
    // Masks are made when a grant is given, and may be there already: after an edit they are asked for anew.
    await create(steward, square(106.56, 29.56, 0.0004), 'parcels');
    return withDatabase(yutu.databaseUrl!, async (client) => {
      await client.query('begin');
      await client.query('lock table org_planning.parcels, org_planning.change in access exclusive mode');
      const done = new Set<string>();
      const asked = some.map(async ([name, ask]) => {
        const { status, text } = await ask(planner, turn).catch(() => ({ status: 0, text: 'the answer was cut' }));
        done.add(name);
        return { name, status, text };
      });
      await eventually(async () => {
        await client.query('select pg_stat_clear_snapshot()');
        const { rows } = await client.query(
          `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        expect(rows[0].n).toBeGreaterThan(0);
      });
      await sleep(200); // the others wait in the database, too, or for who asked the same first
      const waited = some.flatMap(([name]) => (done.has(name) ? [] : [name]));
      await end(grant);
      await client.query('rollback');
      waiting.push(...waited);
      const told: string[] = [];
      for (const { name, status, text } of await Promise.all(asked)) {
        const now = await surfaces.find(([one]) => one === name)![1](planner, turn);
        const same = status === now.status && text === now.text;
        if (!same && status !== 0 && waited.includes(name))
          told.push(`${name}: ${status} ${text.slice(0, 200)}, now ${now.status}`);
      }
      return told;
    });
  }
  const waiting: string[] = [];

  it('while its layer’s table is locked: no surface answers with data afterwards', async () => {
    // a few at a time: who waits holds a connection
    for (let i = 0; i < surfaces.length; i += 3)
      expect(await late(surfaces.slice(i, i + 3), (grant) => revoke(steward, grant))).toEqual([]);
    expect(waiting).toEqual(surfaces.map(([name]) => name));
  });
};
/** A draft is its owner's alone: what is theirs is not answered to a session that ended while the database worked. */
const drafts = () => {
  it('tells nothing of the person’s drafts', async () => {
    const other = await signIn(yutu, 'planner');
    const geojson = {
      type: 'FeatureCollection',
      features: [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [106.5, 29.5] } }],
    };
    const { json: draft } = await other.post('/api/drafts', geojson);
    const late = await withDatabase(yutu.databaseUrl!, async (client) => {
      await client.query('begin');
      await client.query('lock table yutu.draft in access exclusive mode');
      const { x, y, z } = tileAt(106.5, 29.5, 14);
      const asked = ['/api/drafts', `/api/drafts/${draft.id}/tiles/WebMercatorQuad/${z}/${y}/${x}`].map((path) =>
        other.get(path),
      );
      await sleep(300);
      expect((await other.delete('/api/session')).status).toBe(204);
      await client.query('rollback');
      return Promise.all(asked);
    });
    expect(late.map(({ status }) => status)).toEqual([401, 404]);
  });
};
/** An edit that waits in the database while its editor's office ends is not made, whatever it waits for and however the office ends. */
const edits = () => {
  const ends: [string, (username: string) => Promise<void>][] = [
    ['the role is taken', (username) => changed(security, username, { roles: ['planner'] }, admin)],
    ['the account is disabled', (username) => changed(admin, username, { disabled: true })],
    [
      'another node has not heard',
      (username) =>
        withDatabase(yutu.databaseUrl!, async (client) => {
          await client.query(`update yutu.account set roles = '{planner}' where username = '${username}'`);
        }),
    ],
  ];
  let admin: Caller;
  let security: Caller;
  const changed = async (by: Caller, username: string, patch: object, confirmer?: Caller) => {
    expect((await by.patch(`/api/accounts/${username}`, patch)).status).toBe(200);
    if (confirmer) await confirmChanges(confirmer, username);
  };

  it.each(ends)('is not made: %s', async (_, end) => {
    [admin, security] = [await signIn(yutu, 'admin'), await signIn(yutu, 'security')];
    const username = `editor${ends.findIndex(([, one]) => one === end)}`;
    await withDatabase(yutu.databaseUrl!, async (client) => {
      await client.query(
        `insert into yutu.account (username, name_zh, name_en, organisation, roles, password_hash, demo, confirmed_at)
         select $1, $1, $1, organisation, '{steward}', password_hash, false, now() from yutu.account where username = 'steward'`,
        [username],
      );
    });
    const editor = await signIn(yutu, username);
    const { id, tag } = await create(editor, square(106.57, 29.57, 0.0004, { holder: '甲' }), 'parcels');
    const count = async () => (await steward.get(`${items}?limit=1`)).json.numberMatched;
    const before = await count();
    const asked = await withDatabase(yutu.databaseUrl!, async (client) => {
      await client.query('begin');
      await client.query('lock table org_planning.parcels, org_planning.change in access exclusive mode');
      const edits = [
        write(editor, 'PATCH', id, { properties: { holder: '乙' } }, tag, 'parcels'),
        editor.post(items, square(106.58, 29.57, 0.0004)),
      ];
      await sleep(400);
      await end(username);
      await client.query('rollback');
      return Promise.all(edits);
    });
    expect(asked.map(({ status }) => status).every((status) => status === 401 || status === 403)).toBe(true);
    expect((await steward.get(`${items}/${id}`)).json.properties.holder).toBe('甲');
    expect(await count()).toBe(before);
  });
};
if (engine === 'postgis') {
  describe('an edit under way', edits);
  describe('a grant that is revoked', everySurface);
  describe('a session that ended', drafts);
}

it('of two stewards who decide at once one wins, and the other is told who', async () => {
  const other = await signIn(yutu, 'steward-planning');
  for (let turn = 0; turn < 5; turn++) {
    const request = await ask(planner, { ...parcelsWish, purpose: `line ${turn}` });
    const path = `/api/requests/${request.id}/decision`;
    const answers = await Promise.all([
      steward.post(path, { outcome: 'narrower', reason: 'x', grant: parcelsGift }),
      other.post(path, { outcome: 'refused', reasonCode: 'other', reason: 'y' }),
      steward.post(path, { outcome: 'narrower', reason: 'x', grant: parcelsGift }),
      other.post(path, { outcome: 'correction', reason: 'y' }),
    ]);
    const statuses = answers.map((a) => a.status).sort();
    expect([turn, statuses.filter((s) => s === 200).length, answers.map((a) => a.text.slice(0, 200))]).toEqual([
      turn,
      1,
      expect.anything(),
    ]);
    expect(statuses.filter((s) => s === 409).length).toBeGreaterThanOrEqual(2);
    const grants = (await planner.get('/api/grants')).json.grants.filter((g: { request: string }) => g.request === request.id);
    expect(grants.length).toBeLessThanOrEqual(1);
    for (const grant of grants) await revoke(steward, grant.id);
  }
});

describe('a page’s next link', () => {
  it('is refused to who may see other things than who got it', async () => {
    await share(planner, steward, parcelsWish, parcelsGift);
    const first = (await planner.get(`${items}?limit=10`)).json;
    const next = nextOf(first);
    const second = await planner.get(next);
    expect(second.status).toBe(200);
    expect(second.json.features.length).toBe(10);
    expect((await anonymous(yutu).get(next)).status).toBe(401);
    expect((await (await signIn(yutu, 'steward-water')).get(next)).status).toBe(403);
    const owner = await steward.get(next);
    expect([owner.status, owner.json.code]).toEqual([409, 'listing_changed']);
    const forged = await planner.get(next.replace(/after=[^&]+/, `after=${Buffer.from('f0').toString('base64url')}`));
    expect(forged.status).toBe(400);
  });

  it('is refused when one of two grants ended in between: the rest is not narrower without a word', async () => {
    const more = await share(
      planner,
      steward,
      { ...parcelsWish, area: { divisions: ['500106'] } },
      {
        ...parcelsGift,
        area: { divisions: ['500106'] },
      },
    );
    const next = nextOf((await planner.get(`${items}?limit=10`)).json);
    await revoke(steward, more);
    const answer = await planner.get(next);
    expect([answer.status, answer.json.code]).toEqual([409, 'listing_changed']);
    expect((await planner.get(`${items}?limit=10`)).status).toBe(200);
  });
});

describe('time', () => {
  const goTo = async (ahead: number) => {
    writeFileSync(hours, String(ahead));
    yutu.process.kill('SIGUSR2');
    await sleep(100);
  };
  const fresh = async () => new AnyCaller(yutu.url, (await signIn(yutu, 'planner')).headers);

  it('a grant that expires between two pages: the next page is refused', async () => {
    const caller = await fresh();
    const next = nextOf((await caller.get(`${items}?limit=10`)).json);
    const tile = tilePath('parcels', tileAt(106.55, 29.56, 14));
    const etag = (await caller.get(tile)).headers.etag!;
    await goTo(24 * 100); // past the three months
    for (const [path, headers] of [
      [next, {}],
      [`${items}?limit=1`, {}],
      [tile, {}],
      [tile, { 'if-none-match': etag }],
    ] as const)
      expect([path, (await caller.get(path, headers)).status >= 400]).toEqual([path, true]);
    // a clock that is set back gives nothing back by itself: that takes a look at the grants, such as any change of them brings
    await goTo(0);
    const again = await share(planner, steward, parcelsWish, parcelsGift);
    expect((await (await fresh()).get(next)).status).toBe(200);
    await revoke(steward, again);
  });
});

/** Several nodes share a PostgreSQL; an embedded engine has one. */
const twoNodes = () => {
  it('each judges terms by its own clock: one that is fast ends a grant early, never the other’s', async () => {
    const ahead = join(mkdtempSync(join(scratch(), 'clock-')), 'hours');
    writeFileSync(ahead, String(24 * 100));
    const theirs = async (second: Place, child: ChildProcess) => {
      const there = new AnyCaller(second.url, planner.headers);
      expect((await planner.get(`${items}?limit=1`)).status).toBe(200);
      expect((await there.get(`${items}?limit=1`)).status).toBeGreaterThanOrEqual(401);
      writeFileSync(ahead, '0');
      child.kill('SIGUSR2');
      const again = await share(planner, steward, parcelsWish, parcelsGift);
      await eventually(async () => expect((await there.get(`${items}?limit=1`)).status).toBe(200));
      await revoke(steward, again);
    };
    await withSecondNode(yutu, theirs, clockOf(ahead));
  }, 120_000);

  it('a layer that is withheld meanwhile is given to nobody on any of them', async () => {
    expect((await planner.get(`${items}?limit=1`)).status).toBe(200);
    await withDatabase(yutu.databaseUrl!, async (client) => {
      await client.query(
        `update yutu.layer set sharing_class = 'withheld', withheld_confirmed_at = now(), withheld_confirmed_by = 'test' where id = 'parcels'`,
      );
      await client.query(`notify yutu, '{"kind":"all"}'`);
    });
    await eventually(async () => {
      const answer = await planner.get(`${items}?limit=1`);
      expect([answer.status, answer.json.code]).toEqual([403, 'layer_withheld']);
    });
    for (const path of [tilePath('parcels', tileAt(106.55, 29.56, 14)), `${items}/1`])
      expect((await planner.get(path)).status).toBe(403);
  });
};
if (engine === 'postgis') describe('two nodes', twoNodes);
