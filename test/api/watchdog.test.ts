import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../server/dist/db/database.js';
import { openEmbedded } from '../../server/dist/db/embedded.js';
import { openPostgis } from '../../server/dist/db/postgis.js';
import { engine, scratch } from '../harness.js';

const queryTimeoutMs = 1_500;
let db: Database;

beforeAll(async () => {
  db =
    engine === 'postgis'
      ? openPostgis(process.env.TEST_DATABASE_URL!, { poolSize: 3, queryTimeoutMs })
      : await openEmbedded(join(scratch(), 'database'), { queryTimeoutMs });
  await db.query('create table if not exists kept (n integer)');
  await db.query('insert into kept values (1)');
});
afterAll(async () => {
  await db.query('drop table kept');
  await db.close();
});

const endless = 'select count(*) from generate_series(1, 2000000000) g';

it('a query that runs too long is stopped with a sentence, and the next one works on what was committed', async () => {
  const started = Date.now();
  await expect(db.query(endless)).rejects.toMatchObject({ code: 'query_timeout' });
  expect(Date.now() - started).toBeLessThan(10_000);
  expect(await db.query('select n from kept')).toEqual([{ n: 1 }]);
});

it('within a transaction it undoes all of it', async () => {
  const work = db.tx(async (q) => {
    await q.query('insert into kept values (2)');
    await q.query(endless);
  });
  await expect(work).rejects.toMatchObject({ code: 'query_timeout' });
  expect(await db.query('select n from kept')).toEqual([{ n: 1 }]);
  await db.tx((q) => q.query('insert into kept values (3)'));
  expect(await db.query('select n from kept order by n')).toEqual([{ n: 1 }, { n: 3 }]);
});

it('others who wait for the one connection are told or served, never left hanging', async () => {
  const answers = await Promise.allSettled([db.query(endless), db.query('select 1 as one'), db.query('select 2 as two')]);
  expect(answers[0]).toMatchObject({ status: 'rejected', reason: { code: 'query_timeout' } });
  expect(answers.slice(1)).toMatchObject([
    { status: 'fulfilled', value: [{ one: 1 }] },
    { status: 'fulfilled', value: [{ two: 2 }] },
  ]);
});
