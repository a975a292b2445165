import type { LevelCaps } from '../catalogue/catalogue.js';
import { type Action, defaultForm, type FieldForm } from '../catalogue/definition.js';
import { classOf, type Layer } from '../catalogue/layers.js';
import { type Caller, ownRoles } from '../identity/caller.js';
import { uncounted, viewSet } from './canonical.js';
import type { GrantFacts } from './grants.js';
import { type Holds, nothingHeld } from './holds.js';
import { coarser, precisionOfZoom } from './precision.js';
import type { View, ViewSet } from './view.js';
import { styledFields } from './visible.js';

export type LayerFacts = Pick<
  Layer,
  'id' | 'kind' | 'owner' | 'sharingClass' | 'withheldConfirmedAt' | 'disclosure' | 'discoverable' | 'fields' | 'style'
>;

/** All that a decision is taken from. */
export interface Facts {
  caller: Caller;
  /** Grants to any subject that the caller is. */
  grants: readonly GrantFacts[];
  /** The division that the caller's organisation answers for. */
  division?: string | null;
  /** Caps of the layer's security level. */
  caps?: LevelCaps;
  holds?: Holds;
  /** From which zoom of tiles on features count as drawn, and whether organisations may draw only so much of the layer. */
  counting?: { zoom: number; limited: boolean };
}

const USE: readonly Action[] = ['view', 'query', 'download', 'api', 'analyse', 'verify', 'embed'];

/** Actions that give tiles: from the address, of an embed, in an archive. */
const TILED: readonly Action[] = ['view', 'embed', 'download'];

/** Why something granted is not given at the moment. */
export type Pause = 'quota' | 'extraction' | 'deaf';

/** What a caller may see of a layer, on every surface. */
export class Access {
  private readonly sets = new Map<Action, ViewSet>();
  private outlined: ViewSet | null | undefined;

  constructor(
    /** False: for this caller the layer does not exist. */
    readonly discover: boolean,
    readonly views: readonly View[],
    /** When the answer may change by itself (a term begins or ends), ms since the epoch. */
    readonly changesAt: number,
    /** True when the caller's key does not cover the layer though its organisation may have rights. */
    readonly outOfScope: boolean,
    /** Set when views are left out for a while. */
    readonly paused: Pause | null = null,
    /** What the views that are left out would give. */
    readonly heldBack: ReadonlySet<Action> = new Set(),
  ) {}

  can(action: Action): boolean {
    return this.views.some((v) => v.actions.has(action));
  }

  /**
   * The views that carry the action: on a feature an action is allowed if one view has both. Where the action is not `view`, a view
   * that ends at a zoom shows geometries as exactly as that zoom's tiles do; where it gives no tiles, they are not counted apart.
   */
  for(action: Action): ViewSet {
    let set = this.sets.get(action);
    if (!set) {
      const carrying = this.views.filter((v) => v.actions.has(action));
      const shown = action === 'view' ? carrying : carrying.map(withoutZoom);
      set = viewSet(TILED.includes(action) ? shown : shown.map(uncounted));
      this.sets.set(action, set);
    }
    return set;
  }

  /**
   * What is told of the layer without its features (its extent): by the first action that the caller has, and never more exactly than the
   * zoom shows at which a view ends. Null where no view shows features.
   */
  get outline(): ViewSet | null {
    if (this.outlined === undefined) {
      const action = (['query', 'view', 'download'] as const).find((a) => this.can(a));
      this.outlined = action
        ? viewSet(
            this.views
              .filter((v) => v.actions.has(action))
              .map(withoutZoom)
              .map(uncounted),
          )
        : null;
    }
    return this.outlined;
  }
}

const withoutZoom = (view: View): View =>
  view.maxZoom === null ? view : { ...view, maxZoom: null, precision: coarser(view.precision, precisionOfZoom(view.maxZoom)) };

/**
 * Fields open to the public (proactive layers) or to every organisation (base layers), in their default form: none personal, under a
 * condition of its own, or kept as codes.
 */
function openFields(layer: LayerFacts, internal: boolean): Map<string, FieldForm> {
  const fields = new Map<string, FieldForm>();
  for (const f of layer.fields) {
    const form = defaultForm(f);
    const open = f.sensitivity === 'public' || (internal && f.sensitivity === 'internal');
    if (open && f.class === 'unconditional' && form && form !== 'code') fields.set(f.name, form);
  }
  return fields;
}

const allFields = (layer: LayerFacts): Map<string, FieldForm> => new Map(layer.fields.map((f) => [f.name, 'value']));

/** A grant gives a field in the form it says, and never one that the layer no longer has or offers. */
function grantedFields(layer: LayerFacts, grant: GrantFacts): Map<string, FieldForm> {
  const fields = new Map<string, FieldForm>();
  if (grant.fields === null) {
    for (const f of layer.fields) {
      const form = defaultForm(f);
      if (form && f.class !== 'withheld') fields.set(f.name, form);
    }
    return fields;
  }
  for (const { name, form } of grant.fields) {
    const field = layer.fields.find((f) => f.name === name);
    if (field?.forms.includes(form) && field.class !== 'withheld') fields.set(name, form);
  }
  return fields;
}

/** The area in which a grant shows anything to the caller: null, everywhere; undefined, nowhere. */
function areaOf(grant: GrantFacts, division: string | null): View['area'] | undefined {
  if (grant.jurisdiction === null) return grant.area;
  return division === null ? undefined : grant.jurisdiction.get(division);
}

/** How a view's features count: those of who may draw only so much, and those under a quota. */
function countedBy(layer: LayerFacts, fields: View['fields'], { caller, counting }: Facts, hasQuota: boolean): View['counted'] {
  const limited = counting?.limited === true && caller.organisation !== null && caller.organisation !== layer.owner;
  return counting && (limited || hasQuota) ? { zoom: counting.zoom, fields: styledFields(layer, fields) } : null;
}

function grantView(layer: LayerFacts, grant: GrantFacts, facts: Facts): View | null {
  const { division = null, caps } = facts;
  if (caps?.subjects && !caps.subjects.includes(grant.subjectKind)) return null;
  const area = areaOf(grant, division);
  if (area === undefined) return null;
  const fields = grantedFields(layer, grant);
  return {
    actions: new Set(caps?.actions ? grant.actions.filter((a) => caps.actions!.includes(a)) : grant.actions),
    fields,
    rows: grant.rows,
    area,
    maxZoom: grant.maxZoom,
    precision: grant.precision,
    counted: countedBy(layer, fields, facts, grant.hasQuota),
    source: 'grant',
    grant: grant.id,
    until: grant.until,
  };
}

/** A view of a key that may be used for some actions only. */
const narrowed = (view: View, actions: readonly string[] | null): View =>
  actions === null
    ? view
    : { ...view, actions: new Set([...view.actions].filter((a) => a === 'api' || a === 'discover' || actions.includes(a))) };

/**
 * The decision: pure, over the grants of this layer to whatever subject the caller is.
 *
 * - the owner's own people see all of it, its stewards may edit;
 * - a proactively disclosed layer is open to all, a base layer to every signed-in organisation, but for personal and conditional fields;
 * - a grant in force gives what it says, capped by the layer's security level; a withheld layer is given to nobody;
 * - a key acts for its organisation, within its scope of layers and actions, and only where the view includes machine use (`api`);
 * - what is held back (a quota used up, too much drawn) is not given until it is let go;
 * - a node that cannot hear of changed rights gives what is open to all, and nothing else.
 */
export function decide(facts: Facts, layer: LayerFacts, now: number): Access {
  const { caller, grants, holds = nothingHeld } = facts;
  const views: View[] = [];
  let changesAt = Number.POSITIVE_INFINITY;
  let paused: Pause | null = null;
  const held: View[] = [];
  const rule = (source: View['source'], actions: readonly Action[], fields: Map<string, FieldForm>) =>
    views.push({
      actions: new Set(actions),
      fields,
      rows: null,
      area: null,
      maxZoom: null,
      precision: null,
      counted: source === 'base' ? countedBy(layer, fields, facts, false) : null,
      source,
      grant: null,
      until: null,
    });

  const own = caller.organisation === layer.owner;
  if (own) rule('own', ownRoles(caller).includes('steward') ? [...USE, 'edit'] : USE, allFields(layer));
  const drawn = own || caller.organisation === null ? 'none' : holds.extraction(caller.organisation, layer.id);
  if (classOf(layer) !== 'withheld') {
    const internal = layer.fields.some((f) => f.sensitivity === 'internal');
    const proactive = layer.disclosure === 'proactive';
    if (proactive) rule('public', USE, openFields(layer, false));
    // Beside the public rule only where it shows more.
    if (layer.kind === 'base' && caller.organisation !== null && (internal || !proactive))
      rule('base', USE, openFields(layer, true));
    for (const grant of grants) {
      if (grant.layer !== layer.id) continue;
      // To a person in their office: elsewhere they bring it along no more than their keys.
      if (grant.subjectKind === 'person' && grant.grantee !== caller.organisation) continue;
      for (const edge of [grant.from, grant.until]) if (edge > now) changesAt = Math.min(changesAt, edge);
      if (now < grant.from || now >= grant.until) continue;
      const view = grantView(layer, grant, facts);
      if (!view) continue;
      const pause = holds.exhausted(grant.id) ? 'quota' : drawn === 'stop' ? 'extraction' : null;
      paused ??= pause;
      (pause === null ? views : held).push(view);
    }
  }
  if (holds.deaf && views.some((v) => v.source !== 'public')) {
    paused = 'deaf';
    views.splice(0, views.length, ...views.filter((v) => v.source === 'public'));
  }
  const known = own || views.length > 0 || paused !== null;
  if (caller.kind !== 'key') return new Access(layer.discoverable || known, views, changesAt, false, paused, actionsOf(held));
  const inScope = caller.scope === null || caller.scope.includes(layer.id);
  const forMachine = (list: readonly View[]) =>
    list
      .filter((v) => v.actions.has('api') && (inScope || v.source === 'public'))
      .map((v) => narrowed(v, caller.actions ?? null));
  const machine = forMachine(views);
  // What its scope leaves out a key does not even discover, unless everyone may.
  const discover = layer.discoverable || (inScope && known) || machine.length > 0;
  return new Access(
    discover,
    machine,
    changesAt,
    !inScope && views.length > machine.length,
    inScope ? paused : null,
    actionsOf(forMachine(held)),
  );
}

const actionsOf = (views: readonly View[]): Set<Action> => new Set(views.flatMap((v) => [...v.actions]));
