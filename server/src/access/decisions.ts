import { LRUCache } from 'lru-cache';
import type { Layer } from '../catalogue/layers.js';
import type { Caller } from '../identity/caller.js';
import { type Access, decide } from './decide.js';
import type { GrantBook } from './grants.js';

/** Decisions as the surfaces ask for them: compiled once per kind of caller, layer and state of the grants. */
export class Decisions {
  private readonly compiled = new LRUCache<string, { access: Access; layer: Layer; version: number }>({ max: 100_000 });

  constructor(private readonly grants: GrantBook) {}

  of(caller: Caller, layer: Layer, now = Date.now()): Access {
    // All that `decide` reads of a caller.
    const id = `${caller.kind}\0${caller.organisation}\0${caller.roles.includes('steward')}\0${JSON.stringify(caller.scope)}\0${layer.id}`;
    const known = this.compiled.get(id);
    if (known && known.version === this.grants.version && known.layer === layer && now < known.access.changesAt)
      return known.access;
    const { version } = this.grants;
    const access = decide({ caller, grants: this.grants.of(caller.organisation, layer.id) }, layer, now);
    this.compiled.set(id, { access, layer, version });
    return access;
  }
}
