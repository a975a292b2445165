import { LRUCache } from 'lru-cache';
import type { Catalogue } from '../catalogue/catalogue.js';
import { countingZoomOf, extractionOf } from '../catalogue/counting.js';
import type { Layer } from '../catalogue/layers.js';
import { type Membership, membershipOf } from '../catalogue/subjects.js';
import { type Caller, isStewardOf, ownRoles } from '../identity/caller.js';
import { Access, decide } from './decide.js';
import { draftOf } from './draft.js';
import type { GrantBook, GrantFacts } from './grants.js';
import { type Holds, nothingHeld } from './holds.js';
import { subjectKey, subjectsOf } from './subject.js';

interface Compiled {
  access: Access;
  layer: Layer;
  version: number;
  held: number;
  organisations: unknown;
}

/** A caller as decisions see it, put together once. */
interface Standing {
  membership: Membership;
  /** Subjects that the caller is and that any grant addresses. */
  subjects: readonly string[];
  /** All that `decide` reads of a caller. */
  id: string;
  version: number;
  organisations: unknown;
}

/** Layers remembered per caller; one who looks at more begins anew. */
const OWN_MOST = 256;

/** Decisions as the surfaces ask for them: compiled once per kind of caller, layer and state of the grants. */
export class Decisions {
  private readonly compiled = new LRUCache<string, Compiled>({ max: 100_000 });
  /** The same by the caller at hand, so that a tile needs no name put together. */
  private readonly own = new WeakMap<Caller, Map<string, Compiled>>();
  private readonly standings = new WeakMap<Caller, Standing>();
  /** What is held back at the moment; the guard sets it. */
  holds: Holds = nothingHeld;

  constructor(
    private readonly grants: GrantBook,
    private readonly catalogue: Pick<Catalogue, 'organisations' | 'instance'>,
  ) {}

  of(caller: Caller, layer: Layer, now = Date.now()): Access {
    let own = this.own.get(caller);
    const known = own?.get(layer.id);
    if (known && this.stands(known, layer, now)) return known.access;
    const compiled = this.compile(caller, layer, now);
    if (!own || own.size >= OWN_MOST) {
      own = new Map();
      this.own.set(caller, own);
    }
    own.set(layer.id, compiled);
    return compiled.access;
  }

  /** Whether a grant that is not revoked names the key. */
  namesKey(id: string): boolean {
    return this.grants.mentions(subjectKey('key', id));
  }

  /** A layer of the own organisation as somebody else would see it: its steward's, with nothing that counts as the other's use. */
  private asPreviewed(caller: Caller, layer: Layer, now: number): Access | null {
    const preview = caller.kind === 'user' ? caller.preview : undefined;
    if (preview?.layer !== layer.id || !isStewardOf(caller, layer.owner)) return null;
    const { discover, views, changesAt, outOfScope, paused, heldBack } = this.with(
      preview.as,
      layer,
      draftOf(preview.draft),
      now,
    );
    const unsigned = views.map((view) => ({ ...view, grant: null }));
    return new Access(discover, unsigned, changesAt, outOfScope, paused, heldBack);
  }

  /** What a subject would see if `draft` were granted, too; not remembered. */
  with(caller: Caller, layer: Layer, draft: GrantFacts | null, now = Date.now()): Access {
    const { subjects, membership } = this.standingOf(caller);
    const grants = [...this.grants.of(subjects, layer.id), ...(draft ? [draft] : [])];
    return decide({ caller, grants, division: membership.division, ...this.rulesOf(layer) }, layer, now);
  }

  private stands(known: Compiled, layer: Layer, now: number): boolean {
    return (
      known.version === this.grants.version &&
      known.layer === layer &&
      known.held === this.holds.version &&
      known.organisations === this.catalogue.organisations &&
      now < known.access.changesAt
    );
  }

  /** What the instance says of layers of this one's level. */
  private rulesOf(layer: Layer) {
    const { instance } = this.catalogue;
    const counting = { zoom: countingZoomOf(layer, instance), limited: extractionOf(layer, instance) !== null };
    return { caps: instance.levels[layer.securityLevel], counting };
  }

  private standingOf(caller: Caller): Standing {
    const { organisations } = this.catalogue;
    const { version } = this.grants;
    let standing = this.standings.get(caller);
    if (standing?.version !== version || standing.organisations !== organisations) {
      const membership = membershipOf(organisations, caller.organisation);
      const subjects = subjectsOf(caller, membership).filter((subject) => this.grants.mentions(subject));
      const { kind, organisation, scope } = caller;
      const actions = caller.kind === 'key' ? (caller.actions ?? null) : null;
      const steward = ownRoles(caller).includes('steward');
      const id = JSON.stringify([kind, organisation, steward, scope, actions, membership.division, subjects]);
      standing = { membership, subjects, id, version, organisations };
      this.standings.set(caller, standing);
    }
    return standing;
  }

  private compile(caller: Caller, layer: Layer, now: number): Compiled {
    const previewed = this.asPreviewed(caller, layer, now);
    if (previewed)
      return {
        access: previewed,
        layer,
        version: this.grants.version,
        held: this.holds.version,
        organisations: this.catalogue.organisations,
      };
    const { id, subjects, membership } = this.standingOf(caller);
    const name = `${id}\0${layer.id}`;
    const known = this.compiled.get(name);
    if (known && this.stands(known, layer, now)) return known;
    const { holds } = this;
    const facts = {
      caller,
      grants: this.grants.of(subjects, layer.id),
      division: membership.division,
      ...this.rulesOf(layer),
      holds,
    };
    const compiled = {
      access: decide(facts, layer, now),
      layer,
      version: this.grants.version,
      held: holds.version,
      organisations: this.catalogue.organisations,
    };
    this.compiled.set(name, compiled);
    return compiled;
  }
}
