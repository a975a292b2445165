import { LRUCache } from 'lru-cache';
import type { Layer } from '../catalogue/layers.js';
import type { Caller } from '../identity/caller.js';
import { type Access, decide } from './decide.js';
import type { GrantBook } from './grants.js';

interface Compiled {
  access: Access;
  layer: Layer;
  version: number;
}

/** Layers remembered per caller; one who looks at more begins anew. */
const OWN_MOST = 256;

/** Decisions as the surfaces ask for them: compiled once per kind of caller, layer and state of the grants. */
export class Decisions {
  private readonly compiled = new LRUCache<string, Compiled>({ max: 100_000 });
  /** The same by the caller at hand, so that a tile needs no name put together. */
  private readonly own = new WeakMap<Caller, Map<string, Compiled>>();

  constructor(private readonly grants: GrantBook) {}

  of(caller: Caller, layer: Layer, now = Date.now()): Access {
    let own = this.own.get(caller);
    const known = own?.get(layer.id);
    if (known && this.holds(known, layer, now)) return known.access;
    const compiled = this.compile(caller, layer, now);
    if (!own || own.size >= OWN_MOST) {
      own = new Map();
      this.own.set(caller, own);
    }
    own.set(layer.id, compiled);
    return compiled.access;
  }

  private holds(known: Compiled, layer: Layer, now: number): boolean {
    return known.version === this.grants.version && known.layer === layer && now < known.access.changesAt;
  }

  private compile(caller: Caller, layer: Layer, now: number): Compiled {
    // All that `decide` reads of a caller.
    const id = `${caller.kind}\0${caller.organisation}\0${caller.roles.includes('steward')}\0${JSON.stringify(caller.scope)}\0${layer.id}`;
    const known = this.compiled.get(id);
    if (known && this.holds(known, layer, now)) return known;
    const { version } = this.grants;
    const access = decide({ caller, grants: this.grants.of(caller.organisation, layer.id) }, layer, now);
    const compiled = { access, layer, version };
    this.compiled.set(id, compiled);
    return compiled;
  }
}
