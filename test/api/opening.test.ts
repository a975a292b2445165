import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openHouse } from '../../server/dist/app/house.js';
import { readConfig } from '../../server/dist/config.js';
import type { Database } from '../../server/dist/db/database.js';
import { openDatabase } from '../../server/dist/db/open.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('misses nothing that another node writes while it is opened', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yutu-house-'));
  const config = readConfig({ DATA_DIR: folder }, root);
  const db = await openDatabase(config);
  // Another node commits in the very moment before this one begins to hear.
  const racing: Database = {
    ...db,
    async listen(...args) {
      await db.query(
        `insert into yutu.organisation (id, kind, title_zh, title_en) values ('late', 'department', '后来的', 'Late')`,
      );
      await db.listen(...args);
    },
  };
  const house = await openHouse(config, racing, join(root, 'sql'), { as: 'command' });
  try {
    expect(house.catalogue.organisation('late').titleEn).toBe('Late');
  } finally {
    await house.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
