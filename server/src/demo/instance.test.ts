import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CityInstance, InstanceError, readInstance } from './instance.js';

const data = fileURLToPath(new URL('../../../data', import.meta.url));
let city: CityInstance;

beforeAll(async () => {
  city = await readInstance(join(data, 'chongqing'));
});

describe('the city that comes with the platform', () => {
  it('has its organisations, each in its place', () => {
    const kinds = (kind: string) => city.organisations.filter((o) => o.kind === kind);
    expect([kinds('city').length, kinds('authority').length, kinds('department').length, kinds('district').length]).toEqual([
      1, 1, 15, 38,
    ]);
    for (const o of kinds('district')) expect(o.id).toBe(`district-${o.division}`);
  });

  it('has accounts for every role on the way of a request, and no passwords', () => {
    const roles = new Map(city.accounts.map((a) => [a.username, a.roles]));
    expect(roles.get('planner')).toEqual(['planner']);
    expect(roles.get('steward')).toEqual(['steward', 'planner']);
    expect(roles.get('admin')).toEqual(['admin']);
    expect(roles.get('auditor')).toEqual(['auditor']);
    // the bureaus of the districts are there to be shared with
    for (const o of city.organisations.filter((o) => o.kind === 'department' && o.parent === 'city'))
      expect(roles.get(`steward-${o.id}`)).toEqual(['steward']);
    expect(JSON.stringify(city.accounts)).not.toMatch(/password/i);
  });

  it('has the holidays and swapped working days as announced', () => {
    const count = (year: string, kind: string) =>
      city.calendar.days.filter((d) => d.date.startsWith(year) && d.kind === kind).length;
    expect([count('2025', 'holiday'), count('2025', 'workday')]).toEqual([28, 5]);
    expect([count('2026', 'holiday'), count('2026', 'workday')]).toEqual([33, 6]);
    const weekday = (date: string) => new Date(date).getUTCDay();
    for (const d of city.calendar.days) if (d.kind === 'workday') expect([0, 6]).toContain(weekday(d.date));
    expect(city.calendar.notes.find((n) => n.year === 2027)?.complete).toBe(false);
  });

  it('names layers shortly, in both languages', () => {
    expect(city.layers).toHaveLength(15);
    for (const { definition: d } of city.layers) {
      expect([...d.titleZh].length, d.titleZh).toBeLessThanOrEqual(12);
      expect(d.titleEn.length, d.titleEn).toBeLessThanOrEqual(28);
      expect(d.descriptionZh && d.descriptionEn).toBeTruthy();
      for (const f of d.fields) if (f.sensitivity === 'personal') expect(['', 'code,value']).toContain(f.forms.join());
    }
  });

  it('has every theme in use and every thematic layer owned by a department', () => {
    const used = new Set(city.layers.map((l) => l.definition.theme));
    expect(city.settings.themes.map((t) => t.code).filter((t) => !used.has(t))).toEqual([]);
    const departments = new Set(city.organisations.filter((o) => o.kind === 'department').map((o) => o.id));
    for (const { definition } of city.layers) expect(departments.has(definition.owner)).toBe(true);
  });
});

describe('a folder with faults', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'instance-'));
    await cp(data, dir, { recursive: true });
  });
  afterAll(() => rm(dir, { recursive: true }));

  /** Rewrites a JSON file of the copy; reports on the whole folder. */
  async function faultsAfter(edits: Record<string, (text: string) => string>): Promise<string> {
    const before = new Map<string, string>();
    for (const [file, edit] of Object.entries(edits)) {
      const path = join(dir, 'chongqing', file);
      before.set(path, await readFile(path, 'utf8'));
      await writeFile(path, edit(before.get(path)!));
    }
    const error = await readInstance(join(dir, 'chongqing')).then(
      () => null,
      (e) => e,
    );
    for (const [path, text] of before) await writeFile(path, text);
    expect(error).toBeInstanceOf(InstanceError);
    return (error as InstanceError).message;
  }

  it('lists the faults of several files in one message', async () => {
    const message = await faultsAfter({
      'instance.json': (t) => t.replace('"brandZh": "渝图"', '"brandZh": ""'),
      'accounts.json': () => '{',
      'layers/schools.json': (t) => t.replace('"point"', '"dot"'),
    });
    expect(message).toMatch(/instance\.json: brandZh/);
    expect(message).toMatch(/accounts\.json: not JSON/);
    expect(message).toMatch(/layers\/schools\.json: geometryType/);
  });

  it('finds what only shows when files are held against each other', async () => {
    const message = await faultsAfter({
      'layers/hospitals.json': (t) =>
        t.replace('"owner": "health"', '"owner": "nobody"').replace('"label": "name"', '"label": "title"'),
      'demo.json': (t) =>
        t.replace('"landslide": 62', '"avalanche": 62').replaceAll('base/rivers.geojson', 'base/streams.geojson'),
      'layers/pipelines.json': (t) => t.replace(/"groundZh": ".*"/, '"groundZh": null'),
    });
    expect(message).toMatch(/hospitals\.json: owner: no organisation nobody/);
    expect(message).toMatch(/hospitals\.json: style: no field title/);
    expect(message).toMatch(/hazard_points: kind: avalanche is no code/);
    expect(message).toMatch(/rivers: no file base\/streams\.geojson/);
    expect(message).toMatch(/pipelines\.json: ground/);
  });

  it('names the place of a fault inside a recipe', async () => {
    const message = await faultsAfter({ 'demo.json': (t) => t.replace('{ "person": true }', '{ "person": "yes" }') });
    expect(message).toMatch(/demo\.json: layers\.\d+\.source\.options\.attributes\.\w+/);
  });
});
