import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FieldDefinition } from '../catalogue/definition.js';
import { type DemoFeature, layerFeatures } from './features.js';
import { type CityInstance, readInstance } from './instance.js';

let city: CityInstance;
const made = new Map<string, DemoFeature[]>();

beforeAll(async () => {
  city = await readInstance(fileURLToPath(new URL('../../../data/chongqing', import.meta.url)));
  for (const { definition } of city.layers) made.set(definition.id, [...layerFeatures(city, definition.id)]);
}, 120_000);

const all = (id: string) => made.get(id)!;
const digest = (features: Iterable<DemoFeature>) => {
  const hash = createHash('sha256');
  for (const f of features) hash.update(JSON.stringify(f));
  return hash.digest('hex');
};

describe('base layers', () => {
  it.each([
    ['districts', 38],
    ['townships', 835],
    ['places', 950],
    ['rivers', 10],
    ['provinces', 8],
    ['transport_nodes', 7],
    ['town_population', 835],
  ])('%s has %i features', (id, count) => {
    expect(all(id)).toHaveLength(count);
  });

  it('computes density from population and area, and leaves the unknown unknown', () => {
    for (const { properties: p } of all('town_population')) {
      if (p.population === null) expect(p.density).toBeNull();
      else expect(p.density).toBeCloseTo(Number(p.population) / Number(p.area_km2), 1);
    }
  });
});

describe('every layer', () => {
  it('has exactly the fields of its definition, of their types and codes', () => {
    for (const { definition } of city.layers) {
      const names = definition.fields.map((f) => f.name);
      const wrong = new Set<string>();
      for (const { properties } of all(definition.id)) {
        if (Object.keys(properties).join() !== names.join()) wrong.add('fields');
        for (const f of definition.fields) if (!fits(f, properties[f.name])) wrong.add(`${f.name}: ${properties[f.name]}`);
      }
      expect([...wrong], definition.id).toEqual([]);
    }
  });

  it('has geometries of its type with finite coordinates', () => {
    const types = { point: /^Point$/, line: /^(Multi)?LineString$/, polygon: /^(Multi)?Polygon$/ };
    for (const { definition } of city.layers) {
      const bad = all(definition.id).filter(({ geometry }) => {
        const flat = 'coordinates' in geometry ? (geometry.coordinates as unknown[]).flat(4) : [];
        return !types[definition.geometryType].test(geometry.type) || flat.length === 0 || !flat.every(Number.isFinite);
      });
      expect(bad, definition.id).toEqual([]);
    }
  });
});

describe('generated layers', () => {
  const generated = () => city.layers.filter((l) => 'generator' in l.source);

  it('say on every feature that they are simulated', () => {
    for (const { definition } of generated()) {
      expect(definition.simulated).toBe(true);
      expect(all(definition.id).every((f) => f.properties.simulated === true)).toBe(true);
    }
  });

  it('come out byte for byte the same each time', () => {
    for (const { definition } of generated())
      expect(digest(layerFeatures(city, definition.id)), definition.id).toBe(digest(all(definition.id)));
  }, 60_000);

  it('grow with the scale', () => {
    for (const id of ['schools', 'hazard_points', 'enterprises'])
      expect([...layerFeatures(city, id, { scale: 2 })]).toHaveLength(2 * all(id).length);
    for (const id of ['river_stations', 'pipelines']) {
      const ratio = [...layerFeatures(city, id, { scale: 2 })].length / all(id).length;
      expect(ratio).toBeGreaterThan(1.8);
      expect(ratio).toBeLessThan(2.2);
    }
    expect([...layerFeatures(city, 'schools', { scale: 0.1 })]).toHaveLength(240);
  });

  it('have enough of everything', () => {
    const least = {
      schools: 2000,
      hospitals: 800,
      hazard_points: 1500,
      enterprises: 8000,
      river_stations: 60,
      pipelines: 5000,
      petition_sites: 400,
    };
    for (const [id, n] of Object.entries(least)) expect(all(id).length, id).toBeGreaterThanOrEqual(n);
  });

  it('give codes once only and telephone numbers that nobody has', () => {
    for (const { definition } of generated()) {
      const codes = all(definition.id).map((f) => f.properties.code);
      expect(new Set(codes).size, definition.id).toBe(codes.length);
    }
    expect(all('enterprises').every((f) => /^000-\d{4}-\d{4}$/.test(String(f.properties.phone)))).toBe(true);
  });

  it('stay inside the city', () => {
    const [west, south, east, north] = city.settings.home;
    for (const { definition } of generated()) {
      const outside = all(definition.id).filter(({ geometry }) => {
        const [x = 0, y = 0] = 'coordinates' in geometry ? (geometry.coordinates as unknown[]).flat(4).map(Number) : [];
        return x < west || x > east || y < south || y > north;
      });
      expect(outside, definition.id).toEqual([]);
    }
  });
});

function fits(field: FieldDefinition, value: unknown): boolean {
  if (value === null) return true;
  if (field.codes && !field.codes.some((c) => c.value === value)) return false;
  switch (field.type) {
    case 'text':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'double':
      return typeof value === 'number' && Number.isFinite(value);
    case 'integer':
    case 'bigint':
      return Number.isSafeInteger(value);
    case 'date':
      return /^\d{4}-\d\d-\d\d$/.test(String(value));
    case 'timestamp':
      return !Number.isNaN(Date.parse(String(value)));
  }
}
