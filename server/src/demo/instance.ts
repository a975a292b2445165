import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { type LayerDefinition, layerDefinition } from '../catalogue/definition.js';
import type { CityInstance, DemoLayer } from './city.js';
import { crossFaults } from './faults.js';
import { names } from './recipes.js';
import { account, calendar, demo, instanceSettings, organisation } from './schemas.js';

export type { CityInstance, DemoLayer };

/** The folder has faults; `message` lists every one, a line each. */
export class InstanceError extends Error {
  override name = 'InstanceError';
  constructor(
    readonly dir: string,
    readonly faults: string[],
  ) {
    super(`${dir}: ${faults.length} fault${faults.length === 1 ? '' : 's'}\n${faults.map((f) => `  ${f}`).join('\n')}`);
  }
}

/**
 * Reads a city's folder: settings, organisations, accounts, calendar, layers and where their features come from.
 * Throws one InstanceError that lists every fault of every file.
 */
export async function readInstance(dir: string): Promise<CityInstance> {
  const faults: string[] = [];
  const read = async <S extends z.ZodType>(file: string, schema: S): Promise<z.infer<S> | null> => {
    let data: unknown;
    try {
      data = JSON.parse(await readFile(join(dir, file), 'utf8'));
    } catch (error) {
      faults.push(`${file}: ${error instanceof SyntaxError ? `not JSON (${error.message})` : 'cannot be read'}`);
      return null;
    }
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    faults.push(...flatten(parsed.error.issues).map((i) => `${file}: ${i.path.join('.') || '(whole file)'}: ${i.message}`));
    return null;
  };

  const settings = await read('instance.json', instanceSettings);
  const organisations = await read('organisations.json', z.array(organisation));
  const accounts = await read('accounts.json', z.array(account));
  const days = await read('calendar.json', calendar);
  const plan = await read('demo.json', demo);
  const lists = plan && (await read(plan.names, names));
  const definitions = new Map<string, LayerDefinition>();
  const files = await readdir(join(dir, 'layers')).catch(() => []);
  for (const file of files.filter((f) => f.endsWith('.json')).sort()) {
    const definition = await read(`layers/${file}`, layerDefinition);
    if (!definition) continue;
    if (definition.id !== basename(file, '.json'))
      faults.push(`layers/${file}: id: is ${definition.id}, the file's name says otherwise`);
    definitions.set(definition.id, definition);
  }
  if (!settings || !organisations || !accounts || !days || !plan || !lists) throw new InstanceError(dir, faults);

  const layers = plan.layers.flatMap(({ layer, source }) => {
    const definition = definitions.get(layer);
    return definition ? [{ definition, source }] : [];
  });
  const instance = {
    dir,
    settings,
    organisations,
    accounts,
    calendar: days,
    layers,
    cells: plan.cells,
    names: lists,
    sharing: plan.sharing,
  };
  for (const { layer } of plan.layers)
    if (!definitions.has(layer)) faults.push(`demo.json: layers: ${layer} has no valid layers/${layer}.json`);
  for (const id of definitions.keys())
    if (!layers.some((l) => l.definition.id === id)) faults.push(`demo.json: layers: ${id} has no source`);
  faults.push(...crossFaults(instance));
  if (faults.length > 0) throw new InstanceError(dir, faults);
  return instance;
}

type Issue = z.core.$ZodIssue;

/** Issues with those of a union replaced by the ones of its best-fitting branch, which say more. */
function flatten(issues: readonly Issue[], path: PropertyKey[] = []): { path: PropertyKey[]; message: string }[] {
  return issues.flatMap((issue) => {
    const at = [...path, ...issue.path];
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path: at, message: issue.message }];
    const branches = issue.errors.map((branch) => flatten(branch, at));
    return branches.reduce((best, b) =>
      depth(b) > depth(best) || (depth(b) === depth(best) && b.length < best.length) ? b : best,
    );
  });
}

const depth = (issues: { path: PropertyKey[] }[]) => Math.max(...issues.map((i) => i.path.length));
