import { DEMO_PASSWORD } from '../account/session.js';
import { saveCalendar } from '../catalogue/calendar.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { saveDivisions } from '../catalogue/divisions.js';
import { confirmWithheld } from '../catalogue/layers.js';
import { saveOrganisation } from '../catalogue/organisations.js';
import type { Bus } from '../db/bus.js';
import type { Database } from '../db/database.js';
import { demoContext, generateFeatures } from '../demo/features.js';
import { type CityInstance, readInstance } from '../demo/instance.js';
import { saveAccount } from '../identity/accounts.js';
import type { RequestRooms } from '../requests/rooms.js';
import { type IncomingFeature, importLayer } from '../store/import.js';
import { loadSharing } from './sharing.js';

export interface SetupRooms {
  db: Database;
  bus: Bus;
  catalogue: Catalogue;
}

/** A city is shared as well as set up. */
export type DemoRooms = SetupRooms & Pick<RequestRooms, 'decisions'>;

export interface DemoOptions {
  folder: string;
  scale: number;
  timezone: string;
  emergencyConfirmHours: number;
  /** Load layers anew that are there already. */
  replace: boolean;
  tell: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * Brings a city's folder in: settings, organisations, accounts, calendar, divisions, every layer that is not there yet, and what its
 * stewards have shared.
 * What was interrupted goes on where it stopped: each layer is whole or absent.
 */
export async function loadDemo(rooms: DemoRooms, options: DemoOptions): Promise<void> {
  const city = await readInstance(options.folder);
  await saveInstance(rooms, city);
  await rooms.catalogue.reload();
  const context = demoContext(city, { scale: options.scale });
  for (const [i, layer] of city.layers.entries()) {
    const { definition } = layer;
    if (rooms.catalogue.layers.has(definition.id) && !options.replace) continue;
    const started = Date.now();
    const report = await importLayer(rooms, definition, generateFeatures(layer, context) as Iterable<IncomingFeature>, {
      actor: 'yutu',
      organisation: null,
      source: 'file' in layer.source ? layer.source.file : `generator ${layer.source.generator}, seed ${layer.source.seed}`,
      replace: options.replace,
      // What a city's folder says of its layers and its files do not hold, or the other way round, is as when they were new.
      ignoreNew: true,
      leaveEmpty: true,
      timezone: options.timezone,
      ...(options.signal ? { signal: options.signal } : {}),
      progress: (n) => n % 10_000 === 0 && options.tell(`  ${definition.id}: ${n} features`),
    });
    options.tell(
      `[${i + 1}/${city.layers.length}] ${definition.id}: ${report.features} features in ${((Date.now() - started) / 1000).toFixed(1)} s`,
    );
    for (const note of report.notes) options.tell(`  ${note.en}`);
    // In a demonstration the data authority has agreed.
    if (definition.sharingClass === 'withheld') await confirmWithheld(rooms.db, definition.id, 'yutu');
  }
  await rooms.catalogue.reload();
  const { db, bus, catalogue, decisions } = rooms;
  const { timezone, emergencyConfirmHours } = options;
  await loadSharing({ db, bus, catalogue, decisions, timezone, emergencyConfirmHours }, city);
}

async function saveInstance({ db, bus, catalogue }: SetupRooms, city: CityInstance): Promise<void> {
  const { divisions, ...settings } = city.settings;
  await db.tx(
    async (q) => {
      await q.query(
        `insert into yutu.setting (key, value) values ('instance', $1::jsonb) on conflict (key) do update set value = excluded.value`,
        [JSON.stringify(settings)],
      );
      for (const organisation of city.organisations) await saveOrganisation(q, organisation);
      await saveCalendar(q, city.calendar.days);
      for (const account of city.accounts) await saveAccount(q, account, DEMO_PASSWORD, { demo: true, confirmed: true });
      const layer = city.layers.find((l) => l.definition.id === divisions.layer)!;
      const outlines = [...generateFeatures(layer, demoContext(city))].map(({ properties, geometry }) => ({
        code: String(properties[divisions.code]),
        nameZh: String(properties[divisions.nameZh]),
        nameEn: properties[divisions.nameEn] == null ? null : String(properties[divisions.nameEn]),
        geojson: JSON.stringify(geometry),
      }));
      await saveDivisions(q, divisions.year, outlines);
      await bus.announce(q, { kind: 'catalogue' });
    },
    { timeoutMs: 120_000 },
  );
  await catalogue.reload();
}

/** True for a database nobody has put anything into. */
export async function isEmpty(db: Database): Promise<boolean> {
  const [row] = await db.query<{ n: number }>(
    'select (select count(*) from yutu.organisation) + (select count(*) from yutu.layer) + (select count(*) from yutu.account) as n',
  );
  return row!.n === 0;
}
