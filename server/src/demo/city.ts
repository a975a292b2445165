import type { LayerDefinition } from '../catalogue/definition.js';
import type { Names } from './recipes.js';
import type { AccountEntry, Calendar, CellsSpec, InstanceSettings, OrganisationEntry, SharingEntry, Source } from './schemas.js';

/** A layer to load, with where its features come from. */
export interface DemoLayer {
  definition: LayerDefinition;
  source: Source;
}

/** All that `data/<city>/` says, checked. */
export interface CityInstance {
  dir: string;
  settings: InstanceSettings;
  organisations: OrganisationEntry[];
  accounts: AccountEntry[];
  calendar: Calendar;
  /** In the order of drawing, the lowest first. */
  layers: DemoLayer[];
  cells: CellsSpec;
  names: Names;
  /** What its stewards have shared. */
  sharing: SharingEntry[];
}
