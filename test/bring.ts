import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Place, root, scratch, yutuCommand } from './harness.js';

/** A small input that once went wrong. */
export const caseFile = (name: string) => join(root, 'test/fixtures/cases', name);

/** A file of its own to import. */
export function writeGeojson(features: readonly object[]): string {
  const file = join(mkdtempSync(join(scratch(), 'file-')), 'features.geojson');
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
  return file;
}

/** Runs the import of a file; it may fail. */
export const tryImport = (
  place: Place,
  file: string,
  layer: string,
  more: readonly string[] = ['--owner', 'planning'],
  env: Record<string, string> = {},
) => yutuCommand(place, ['import', file, '--layer', layer, ...more], env);

/** Imports a file, or features. @returns what was said */
export function bring(
  place: Place,
  layer: string,
  from: string | readonly object[],
  more?: readonly string[],
  env?: Record<string, string>,
): string {
  const { status, said } = tryImport(place, typeof from === 'string' ? from : writeGeojson(from), layer, more, env);
  expect([status, said]).toEqual([0, expect.any(String)]);
  return said;
}
