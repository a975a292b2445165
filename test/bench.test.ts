import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
// @ts-expect-error: the bench is plain JavaScript
import { insideOf } from './bench/data/inside.js';
// @ts-expect-error: as above
import { overview, page, section } from './bench/report.js';
// @ts-expect-error: as above
import { quantile, seeded } from './bench/statistics.js';

const versions = { server: '15', postgis: '3.3', workers: '2', buffers: '512MB' };
const part = (name: string, verdicts: unknown[], body = 'Text.') =>
  section(name, { title: `About ${name}`, command: 'npm run bench', verdicts, body, load: [0.2, 1.4], versions });

const FIRST = part(
  'cut',
  [['a tile', '≤ 5 ms', '3 ms', true]],
  'Old figures.\n\n| what | other |\n| --- | --: |\n| not a verdict | 1 |',
);
const SECOND = part('http', [
  ['a cached tile', '≥ 40,000/s', '12,000/s', false],
  ['Martin', '', 'no wrk', null],
]);

it('a partial run replaces its own sections and keeps what people wrote and the other sections', () => {
  const order = ['cut', 'deep', 'http'];
  const whole = page(
    '# Performance\n\nBy hand.\n',
    new Map([
      ['cut', FIRST],
      ['http', SECOND],
    ]),
    order,
  );
  const again = page(whole, new Map([['cut', part('cut', [['a tile', '≤ 5 ms', '9 ms', false]], 'New figures.')]]), order);
  expect(again.match(/By hand\./g)).toHaveLength(1);
  expect(again).toContain('New figures.');
  expect(again).not.toContain('Old figures.');
  expect(again).toContain(SECOND);
  expect(again.indexOf('## About cut')).toBeLessThan(again.indexOf('## About http'));
  const rows = again.slice(again.indexOf('## Reached'), again.indexOf('<!-- cut -->')).match(/^\| (?!what|---).*$/gm);
  expect(rows).toEqual([
    '| a tile | ≤ 5 ms | 9 ms | **not reached** |',
    '| a cached tile | ≥ 40,000/s | 12,000/s | **not reached** |',
    '| Martin |  | no wrk | not measured |',
  ]);
  expect(page(again, new Map(), order)).toBe(again);
});

it('the overview takes verdicts only, and a busy machine is named', () => {
  expect(overview([FIRST])).toContain('| a tile | ≤ 5 ms | 3 ms | reached |');
  expect(overview([FIRST])).not.toContain('not a verdict');
  expect(FIRST).not.toContain('Something else ran');
  const busy = section('cut', { title: '', command: '', verdicts: [], body: '', load: [2.5, 3], versions });
  expect(busy).toContain('Something else ran');
});

it('boxes inside a polygon are told from those on its border, in its hole and beside it', () => {
  const ring = (west: number, south: number, size: number) => [
    [west, south],
    [west + size, south],
    [west + size, south + size],
    [west, south + size],
    [west, south],
  ];
  const covers = insideOf([ring(10, 20, 8), ring(13, 23, 2)]);
  expect(covers(10.5, 20.5, 12.5, 22.5)).toBe(true);
  expect(covers(9.5, 21, 11, 22)).toBe(false);
  expect(covers(13.5, 23.5, 14.5, 24.5)).toBe(false);
  expect(covers(12.5, 24, 13.5, 24.5)).toBe(false);
  expect(covers(30, 30, 31, 31)).toBe(false);
});

it('quantiles are values that occurred; the same seed gives the same numbers', () => {
  expect([0, 0.5, 0.95, 1].map((q) => quantile([5, 1, 4, 2, 3], q))).toEqual([1, 3, 5, 5]);
  const [a, b] = [seeded(3), seeded(3)];
  expect([a(), a(), a()]).toEqual([b(), b(), b()]);
});

it('the bench refuses what it cannot do before it begins', () => {
  const run = (args: string[], env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [fileURLToPath(new URL('bench/run.js', import.meta.url)), ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
  expect(run(['--tiles', '0'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--tiles') });
  expect(run(['--growth', '1000,x'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--growth') });
  expect(run([], { TEST_DATABASE_URL: '' })).toMatchObject({ status: 2, stderr: expect.stringContaining('TEST_DATABASE_URL') });
});
