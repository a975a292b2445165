import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import { type Cell, type ReadCollection, readCells } from './cells.js';
import type { CityInstance } from './city.js';
import type { Names, Scalar, Variables } from './recipes.js';

/** What a generator may look at. Reading is lazy and remembered; nothing else is kept between features. */
export interface DemoContext {
  /** Multiplies the counts of every generated layer. */
  scale: number;
  names: Names;
  read: ReadCollection;
  cells(): readonly Cell[];
  /** The districts with their codes, as the borders' file has them. */
  districts(): { code: string; geometry: Geometry }[];
}

export type DemoFeature = Feature<Geometry, Record<string, Scalar>>;

/** The context for making an instance's features; `scale` 1 makes what `demo.json` counts. */
export function demoContext(city: CityInstance, { scale = 1 }: { scale?: number } = {}): DemoContext {
  const files = new Map<string, FeatureCollection>();
  let cells: readonly Cell[] | undefined;
  const read: ReadCollection = (file) => {
    let found = files.get(file);
    if (!found) {
      found = JSON.parse(readFileSync(join(city.dir, file), 'utf8')) as FeatureCollection;
      files.set(file, found);
    }
    return found;
  };
  return {
    scale,
    names: city.names,
    read,
    cells: () => {
      cells ??= readCells(city.cells, read);
      return cells;
    },
    districts: () =>
      read(city.cells.districts.file).features.map((f) => ({
        code: String(f.properties?.[city.cells.districts.code]),
        geometry: f.geometry,
      })),
  };
}

/** Counts features as they are made: over all, per district, per cell. */
export function createSerials(): (cell: Cell) => Variables {
  const counts = new Map<string, number>();
  const count = (key: string) => {
    const n = (counts.get(key) ?? 0) + 1;
    counts.set(key, n);
    return n;
  };
  return (cell) => ({
    district_code: cell.district,
    district_name: cell.districtName,
    town_code: cell.code,
    town_name: cell.name,
    simulated: true,
    serial: count(''),
    district_serial: count(cell.district),
    town_serial: count(`cell ${cell.code}`),
  });
}

/** Shares out a whole number by weight so that the shares add up to it exactly. */
export function shareOut(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  let running = 0;
  let given = 0;
  return weights.map((w) => {
    running += w;
    const upTo = Math.round((total * running) / sum);
    const share = upTo - given;
    given = upTo;
    return share;
  });
}
