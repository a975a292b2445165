import type { Action, FieldForm } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import type { Caller } from '../identity/caller.js';
import { canonical } from './canonical.js';
import type { GrantFacts } from './grants.js';
import type { View, ViewSet } from './view.js';

export type LayerFacts = Pick<Layer, 'id' | 'kind' | 'owner' | 'sharingClass' | 'disclosure' | 'discoverable' | 'fields'>;
export type CallerWithGrants = { caller: Caller; grants: readonly GrantFacts[] };

const USE: readonly Action[] = ['view', 'query', 'download', 'api'];

/** What a caller may see of a layer, on every surface. */
export class Access {
  private readonly sets = new Map<Action, ViewSet>();

  constructor(
    /** False: for this caller the layer does not exist. */
    readonly discover: boolean,
    readonly views: readonly View[],
    /** When the answer may change by itself (a term begins or ends), ms since the epoch. */
    readonly changesAt: number,
    /** True when the caller's key does not cover the layer though its organisation may have rights. */
    readonly outOfScope: boolean,
  ) {}

  can(action: Action): boolean {
    return this.views.some((v) => v.actions.has(action));
  }

  /** The views that carry the action: on a feature an action is allowed if one view has both. */
  for(action: Action): ViewSet {
    let set = this.sets.get(action);
    if (!set) {
      const carrying = this.views.filter((v) => v.actions.has(action));
      const grants = [...new Set(carrying.flatMap((v) => v.grant ?? []))].sort();
      set = { ...canonical(carrying), grants };
      this.sets.set(action, set);
    }
    return set;
  }
}

/** Fields open to the public (proactive layers) or to every organisation (base layers): none personal, under a condition of its own, or kept as codes. */
function openFields(layer: LayerFacts, internal: boolean): Map<string, FieldForm> {
  const open = layer.fields.filter(
    (f) =>
      f.class === 'unconditional' &&
      f.forms.includes('value') &&
      (f.sensitivity === 'public' || (internal && f.sensitivity === 'internal')),
  );
  return new Map(open.map((f) => [f.name, 'value']));
}

const allFields = (layer: LayerFacts): Map<string, FieldForm> => new Map(layer.fields.map((f) => [f.name, 'value']));

/** A grant gives a field in the form it says, and never one that the layer no longer has or offers. */
function grantedFields(layer: LayerFacts, grant: GrantFacts): Map<string, FieldForm> {
  const fields = new Map<string, FieldForm>();
  for (const { name, form } of grant.fields) {
    const field = layer.fields.find((f) => f.name === name);
    if (field?.forms.includes(form)) fields.set(name, form);
  }
  return fields;
}

/**
 * The decision: pure, over the caller's grants of this layer.
 *
 * - the owner's own people see all of it, its stewards may edit;
 * - a proactively disclosed layer is open to all, a base layer to every signed-in organisation, but for personal and conditional fields;
 * - a grant in force gives what it says; a withheld layer is given to nobody;
 * - a key acts for its organisation, within its scope, and only where the view includes machine use (`api`).
 */
export function decide({ caller, grants }: CallerWithGrants, layer: LayerFacts, now: number): Access {
  const views: View[] = [];
  let changesAt = Number.POSITIVE_INFINITY;
  const rule = (source: View['source'], actions: readonly Action[], fields: Map<string, FieldForm>) =>
    views.push({ actions: new Set(actions), fields, rows: null, area: null, source, grant: null, until: null });

  const own = caller.organisation === layer.owner;
  if (own) rule('own', caller.roles.includes('steward') ? [...USE, 'edit'] : USE, allFields(layer));
  if (layer.sharingClass !== 'withheld') {
    const internal = layer.fields.some((f) => f.sensitivity === 'internal');
    const proactive = layer.disclosure === 'proactive';
    if (proactive) rule('public', USE, openFields(layer, false));
    // Beside the public rule only where it shows more.
    if (layer.kind === 'base' && caller.organisation !== null && (internal || !proactive))
      rule('base', USE, openFields(layer, true));
    for (const grant of grants) {
      if (grant.layer !== layer.id || grant.grantee !== caller.organisation) continue;
      for (const edge of [grant.from, grant.until]) if (edge > now) changesAt = Math.min(changesAt, edge);
      if (now < grant.from || now >= grant.until) continue;
      views.push({
        actions: new Set(grant.actions),
        fields: grantedFields(layer, grant),
        rows: grant.rows,
        area: grant.area,
        source: 'grant',
        grant: grant.id,
        until: grant.until,
      });
    }
  }
  const known = own || views.length > 0;
  if (caller.kind !== 'key') return new Access(layer.discoverable || known, views, changesAt, false);
  const inScope = caller.scope === null || caller.scope.includes(layer.id);
  const machine = views.filter((v) => v.actions.has('api') && (inScope || v.source === 'public'));
  // What its scope leaves out a key does not even discover, unless everyone may.
  const discover = layer.discoverable || (inScope && known) || machine.length > 0;
  return new Access(discover, machine, changesAt, !inScope && views.length > machine.length);
}
