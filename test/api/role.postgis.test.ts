import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anonymous, root, startYutu, withDatabase, type Yutu, yutuCommand } from '../harness.js';
import { pointsFile } from '../robust/whole.js';

/** What docker-compose.yml gives the application: a role that owns its database and is no superuser, made by docker/init-role.sh. */
const role = `yutu_test_role_${process.pid}`;
const password = 'of-this-test-1';
let yutu: Yutu;
let init: ReturnType<typeof spawnSync>;

beforeAll(async () => {
  yutu = await startYutu({
    start: 'empty',
    through(databaseUrl) {
      const url = new URL(databaseUrl);
      if (!init) {
        const { pathname, hostname, port, username } = url;
        init = spawnSync(join(root, 'docker/init-role.sh'), {
          encoding: 'utf8',
          env: {
            ...process.env,
            ...{ PGHOST: hostname, PGPORT: port, POSTGRES_USER: username, POSTGRES_DB: pathname.slice(1) },
            ...{ YUTU_DB_ROLE: role, YUTU_DB_PASSWORD: password },
          },
        });
        if (init.status !== 0) throw new Error(`the role was not made: ${init.stderr}${init.error ?? ''}`);
      }
      Object.assign(url, { username: role, password });
      return url.href;
    },
  });
});
afterAll(async () => {
  await yutu?.remove();
  await withDatabase(process.env.TEST_DATABASE_URL!, (client) => client.query(`drop role if exists ${role}`));
});

it('the application runs as a role without rights on the machine: migrates, imports, serves', async () => {
  await withDatabase(yutu.databaseUrl!, async (client) => {
    const { rows } = await client.query(
      'select rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication from pg_roles where rolname = $1',
      [role],
    );
    expect(rows).toEqual([
      { rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolbypassrls: false, rolreplication: false },
    ]);
    const { rows: owners } = await client.query("select distinct tableowner from pg_tables where schemaname = 'yutu'");
    expect(owners).toEqual([{ tableowner: role }]);
  });
  const url = new URL(yutu.databaseUrl!);
  Object.assign(url, { username: role, password });
  const own = { DATABASE_URL: url.href };
  const first = ['--organisation', 'survey', '--title', '测绘院', '--admin', 'a.min', '--security', 's.ec', '--auditor', 'a.ud'];
  const points = pointsFile(join(yutu.dataDir, 'points.geojson'), 5, '点');
  for (const args of [
    ['account', 'bootstrap', ...first],
    ['import', points, '--layer', 'points', '--owner', 'survey'],
  ]) {
    const { status, said } = yutuCommand(yutu, args, own);
    expect([args, status, said]).toEqual([args, 0, expect.any(String)]);
  }
  // Its schema is the role's own; a stranger learns nothing of it.
  expect((await anonymous(yutu).get('/api/collections/points/items')).status).toBeGreaterThanOrEqual(401);
  expect((await anonymous(yutu).get('/readyz')).text).toBe('ready\n');
});
