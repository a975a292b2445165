import type { PolygonInput } from '../access/areas.js';
import type { Access } from '../access/decide.js';
import type { ViewSet } from '../access/view.js';
import type { Action } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import type { Caller } from '../identity/caller.js';
import { overlayOf } from '../store/analyse.js';
import { feedBetween } from '../store/feed.js';
import { type ItemsQuery, queryItems } from '../store/items.js';
import type { StatisticsQuery } from '../store/statistics.js';
import { type Claim, verifyClaims } from '../store/verify.js';
import type { Counts } from './counts.js';
import type { FeatureRooms } from './rooms.js';

/** All actions under which a layer may be told of. */
const ACTIONS: readonly Action[] = ['view', 'query', 'download', 'api', 'edit', 'analyse', 'verify', 'embed'];

/**
 * What was decided about a caller and a layer, and the only way to read the layer under it. Handed out by `deliver.ts` to the work of an
 * answer, which is not sent unless the same is decided again.
 */
class Reading {
  /** The views that are read: those of the action; without one, those of `query`, if there are any. */
  readonly set: ViewSet;

  constructor(
    private readonly db: FeatureRooms['db'],
    private readonly counts: Counts,
    readonly caller: Caller,
    readonly layer: Layer,
    readonly access: Access,
    /** Null: what is told of the layer itself. */
    readonly action: Action | null,
  ) {
    this.set = access.for(action ?? 'query');
  }

  items(query: ItemsQuery) {
    return queryItems(this.db, this.layer, this.set, query);
  }

  /** How many features match; without a query, how many the caller may see. */
  matched(query?: Pick<ItemsQuery, 'bbox' | 'filter'>): Promise<number> {
    return this.counts.matched(this.layer, this.set, query);
  }

  /** The box of what the caller may see of the layer. */
  extent() {
    return this.counts.extent(this.layer, this.access);
  }

  statistics(query: StatisticsQuery) {
    return this.counts.statistics(this.layer, this.set, query);
  }

  overlay(polygon: PolygonInput, by: string | null, zone: number | null) {
    return overlayOf(this.db, this.layer, this.set, polygon, by, zone);
  }

  verify(claims: readonly Claim[]) {
    return verifyClaims(this.db, this.layer, this.set, claims);
  }

  changes(since: number, until: number, limit: number) {
    return feedBetween(this.db, this.layer, this.set, since, until, limit);
  }

  /** Whether another decision gives what this one gave: of its action, or of all when the layer itself is told of. */
  isAs({ caller, layer, access, set, action }: Reading): boolean {
    if (layer.id !== this.layer.id || action !== this.action || caller.organisation !== this.caller.organisation) return false;
    if (access === this.access) return true;
    if (action !== null) return set.key === this.set.key;
    return (
      access.discover === this.access.discover &&
      access.outline?.key === this.access.outline?.key &&
      ACTIONS.every((one) => access.for(one).key === this.access.for(one).key)
    );
  }
}

export type { Reading };

/** For `deliver.ts` alone. */
export const openReading = (
  rooms: Pick<FeatureRooms, 'db' | 'counts'>,
  caller: Caller,
  layer: Layer,
  access: Access,
  action: Action | null,
): Reading => new Reading(rooms.db, rooms.counts, caller, layer, access, action);
