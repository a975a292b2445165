import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './harness.js';
import { changedByTheEngine, reachedBy, stagesOf } from './stages.js';

const nothing = { postgis: undefined, gdal: undefined, chromium: undefined };
const scopeOf = (name: string, options: Parameters<typeof stagesOf>[0]) =>
  stagesOf(options).find((stage) => stage.name === name)?.scope;

describe('the embedded engine', () => {
  it('runs every API test where PostGIS cannot, and where all is asked for', () => {
    expect(scopeOf('api on embedded', { deep: false, lacks: { ...nothing, postgis: 'none' } })).toBe('');
    expect(scopeOf('api on embedded', { deep: true, lacks: nothing })).toBe('all');
  });
  it('beside PostGIS runs what it changes, in files that are there', () => {
    expect(scopeOf('api on embedded', { deep: false, lacks: nothing })).toBe('engine');
    expect(changedByTheEngine.filter((name) => !existsSync(join(root, `test/api/${name}.test.ts`)))).toEqual([]);
  });
});

describe('what a change can reach', () => {
  it.each([
    [['docs/security.md'], ['static', 'unit']],
    [
      ['web/src/map/MapPage.tsx', 'README.md'],
      ['static', 'unit', 'browser'],
    ],
    [['test/browser/story.test.ts'], ['static', 'browser']],
    [['server/src/store/select.test.ts'], ['static', 'unit']],
    [['sql/0001_base.sql'], ['static', 'unit', 'api', 'robust', 'clients', 'browser']],
    [['test/harness.ts'], ['static', 'unit', 'api', 'robust', 'clients', 'browser']],
    [[], []],
  ])('%j', (files, kinds) => {
    expect([...reachedBy(files)]).toEqual(kinds);
  });
});
