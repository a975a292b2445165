import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Caller, eventually, signIn, startYutu, withDatabase, type Yutu } from '../harness.js';
import { day, revoke } from '../story.js';
import { tileAt, tilePath } from '../tile.js';

/** Work of the database for a mask that nobody may be shown any more. */
let yutu: Yutu;
let steward: Caller;
let planner: Caller;
beforeAll(async () => {
  yutu = await startYutu();
  steward = await signIn(yutu, 'steward');
  planner = await signIn(yutu, 'planner');
});
afterAll(() => yutu?.remove());

const box = [
  [106.3, 29.3],
  [106.7, 29.3],
  [106.7, 29.7],
  [106.3, 29.3],
];
/** An area as none is taken, with 60,000 corners: the database is at work on it for minutes. */
const sides = Array.from({ length: 6_000 }, (_, i) => {
  const x = 106.3 + (0.4 * i) / 6_000;
  return Array.from({ length: 10 }, (_, k) => [x, i % 2 ? 29.31 + 0.039 * (k + 1) : 29.7 - 0.039 * (k + 1)]);
});
const comb = { type: 'MultiPolygon', coordinates: [[[[106.3, 29.3], ...sides.flat(), [106.7, 29.3], [106.3, 29.3]]]] };

it('ends soon after the grant was revoked', async () => {
  await withDatabase(yutu.databaseUrl!, async (client) => {
    // In place of the area that is given.
    await client.query(`create function yutu.dear() returns trigger language plpgsql as $$
      begin new.geom := st_setsrid(st_geomfromgeojson('${JSON.stringify(comb)}'), 4490); return new; end $$`);
    await client.query('create trigger dear before insert on yutu.area for each row execute function yutu.dear()');
    const given = await steward.post('/api/grants', {
      layers: ['parcels'],
      kind: 'single',
      subject: { kind: 'organisation', id: 'transport' },
      reason: '用地审查',
      actions: ['view'],
      fields: [{ name: 'code', form: 'value' }],
      area: { polygon: { type: 'Polygon', coordinates: [box] } },
      until: day(3),
    });
    expect([given.status, given.status === 201 ? '' : given.text]).toEqual([201, '']);
    const atWork = async () => {
      const { rows } = await client.query(
        `select count(*)::int as n from pg_stat_activity where datname = current_database() and state = 'active'
           and query like 'copy (%st_contains%' and query_start < clock_timestamp() - interval '2 s'`,
      );
      return rows[0].n;
    };
    const tile = planner.get(tilePath('parcels', tileAt(106.5, 29.5, 14)));
    await eventually(async () => expect(await atWork()).toBeGreaterThan(0));
    await revoke(steward, given.json.grants[0].id);
    const began = Date.now();
    await eventually(async () => expect(await atWork()).toBe(0));
    expect(Date.now() - began).toBeLessThan(5_000);
    expect((await tile).status).toBe(403);
  });
});
