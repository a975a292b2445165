import {
  type Action,
  type CallerSpec,
  type Form,
  fieldNames,
  type GrantSpec,
  type LayerSpec,
  type Precision,
  type Rows,
  type Subject,
  type World,
} from './world.js';

/**
 * The rules of sharing, written down a second time: from what was promised, not from how the server does it. Slow and plain, so that
 * they can be read beside the promise.
 */
export interface Sight {
  /** The credential itself is refused: 401 everywhere. */
  refused: boolean;
  discover: boolean;
  views: Look[];
  /** A key that its organisation's rights would reach further than. */
  outOfScope: boolean;
}

/** What the codes are of (test/oracle/leaks/world.ts gives every field a system): told of fields whose value some look shows. */
export function codeSystems(looks: readonly Look[]): Record<string, string> | undefined {
  const valued = fieldNames.filter((name) => looks.some((l) => l.fields.get(name) === 'value'));
  return valued.length > 0 ? Object.fromEntries(valued.map((name) => [name, `codes of ${name}`])) : undefined;
}

/** What one rule or grant shows. */
export interface Look {
  actions: Action[];
  fields: Map<string, Form>;
  rows: Rows | null;
  /** Null: everywhere. */
  area: string | null;
  maxZoom: number | null;
  precision: Precision | null;
  open: boolean;
  /** Where what it shows counts as drawn: tiles of smaller zooms than `countingZoom` tell neither ids nor more than what the map is drawn by. */
  counted: boolean;
  /** In such a tile: no ids. */
  nameless?: boolean;
}

/** From here on features in tiles count as drawn. */
export const countingZoom = 12;
/** The fields whose values the map is drawn by (test/oracle/leaks/world.ts gives every layer the same style). */
const styled = ['grade', 'name'];

const use: Action[] = ['view', 'query', 'download', 'api', 'analyse', 'verify', 'embed'];

/** Organisations from this one up to the root. */
function upwards(world: World, organisation: string | null): string[] {
  const found: string[] = [];
  for (let at = organisation; at !== null; at = world.organisations.find((o) => o.id === at)?.parent ?? null) found.push(at);
  return found;
}

function addresses(world: World, { kind, id }: Subject, caller: CallerSpec): boolean {
  const organisation = world.organisations.find((o) => o.id === caller.organisation);
  switch (kind) {
    case 'public':
      return true;
    case 'any_organisation':
      return caller.organisation !== null;
    case 'organisation':
      return caller.organisation === id;
    case 'subtree':
      return upwards(world, caller.organisation).includes(id!);
    case 'line':
      return organisation?.line === id;
    case 'role': {
      const [role, where] = id!.split('@');
      return caller.roles.includes(role!) && (where === undefined || where === caller.organisation);
    }
    case 'person':
      return caller.person === id;
    case 'key':
      return caller.key !== null && caller.name === id;
  }
}

/** What a security level lets no grant do. */
function allowedByLevel(layer: LayerSpec, grant: GrantSpec): Action[] {
  if (layer.level === 'internal' && grant.subject.kind === 'public') return [];
  if (layer.level !== 'sensitive') return grant.actions;
  if (['public', 'any_organisation', 'role'].includes(grant.subject.kind)) return [];
  return grant.actions.filter((a) => a !== 'embed' && a !== 'discover');
}

function grantedFields(layer: LayerSpec, grant: GrantSpec): Map<string, Form> {
  const fields = new Map<string, Form>();
  for (const f of layer.fields) {
    if (f.class === 'withheld') continue;
    if (grant.fields === null) {
      // The rest of a layer: each field in the form it offers first, personal ones never as they are.
      const form = f.sensitivity === 'personal' ? f.forms.filter((x) => x !== 'value')[0] : f.forms[0];
      if (form) fields.set(f.name, form);
    } else {
      const named = grant.fields.find((x) => x.name === f.name);
      if (named && f.forms.includes(named.form)) fields.set(f.name, named.form);
    }
  }
  return fields;
}

/** The area a grant covers for this caller; undefined: none at all. */
function areaFor(world: World, grant: GrantSpec, caller: CallerSpec): string | null | undefined {
  if (!grant.jurisdiction) return grant.area;
  const division = upwards(world, caller.organisation)
    .map((o) => world.organisations.find((x) => x.id === o)!.division)
    .find((d) => d !== null);
  const area = [...world.areas].find(([, a]) => a.division !== null && a.division === division);
  return area?.[0];
}

export function sightOf(world: World, given: CallerSpec, layer: LayerSpec): Sight {
  const nobody: CallerSpec = { name: 'anonymous', organisation: null, roles: [], person: null, key: null, dead: null };
  if (given.dead && given.key) return { refused: true, discover: false, views: [], outOfScope: false };
  const caller = given.dead ? nobody : given;
  const views: Look[] = [];
  const whole = { rows: null, area: null, maxZoom: null, precision: null };
  const own = caller.organisation === layer.owner;
  // Of layers above the lowest level, unless they are open to all, an organisation other than the owner may draw only so much.
  const limited = caller.organisation !== null && !own && layer.level !== 'public' && layer.disclosure !== 'proactive';
  if (own)
    views.push({ actions: use, fields: new Map(fieldNames.map((n) => [n, 'value'])), ...whole, open: false, counted: false });
  if (layer.sharingClass !== 'withheld' || !layer.confirmed) {
    const openTo = (sensitivities: string[]) =>
      new Map<string, Form>(
        layer.fields
          .filter((f) => f.class === 'unconditional' && sensitivities.includes(f.sensitivity))
          .flatMap((f): [string, Form][] => (f.forms[0] === 'value' || f.forms[0] === 'masked' ? [[f.name, f.forms[0]]] : [])),
      );
    if (layer.disclosure === 'proactive')
      views.push({ actions: use, fields: openTo(['public']), ...whole, open: true, counted: false });
    if (layer.kind === 'base' && caller.organisation !== null)
      views.push({ actions: use, fields: openTo(['public', 'internal']), ...whole, open: false, counted: limited });
    for (const grant of world.grants) {
      if (grant.layer !== layer.id || grant.state !== 'live' || !addresses(world, grant.subject, caller)) continue;
      const area = areaFor(world, grant, caller);
      const subjectAllowed = layer.level === 'public' || allowedByLevel(layer, { ...grant, actions: ['view'] }).length > 0;
      if (area === undefined || !subjectAllowed) continue;
      const { rows, maxZoom, precision } = grant;
      views.push({
        actions: allowedByLevel(layer, grant),
        fields: grantedFields(layer, grant),
        rows,
        area,
        maxZoom,
        precision,
        open: false,
        counted: limited || grant.quota !== null,
      });
    }
  }
  if (caller.key === null) return { refused: false, discover: layer.discoverable || views.length > 0, views, outOfScope: false };
  const inScope = caller.key.scope === null || caller.key.scope.includes(layer.id);
  const machine = views.filter((v) => v.actions.includes('api') && (inScope || v.open));
  return {
    refused: false,
    discover: layer.discoverable || machine.length > 0 || (inScope && views.length > 0),
    views: machine,
    outOfScope: !inScope && views.length > machine.length,
  };
}

const world3857 = 40_075_016.685578488;
const order = ['grid', 'cell', 'point'];
export const better = (a: Precision | null, b: Precision | null): number =>
  a === null || b === null
    ? Number(a !== null) - Number(b !== null)
    : a.metres - b.metres || order.indexOf(a.kind) - order.indexOf(b.kind);

/** The looks that carry an action; at a zoom for tiles, and for other actions no finer than the last zoom would be. */
export function looksFor(sight: Sight, action: Action, zoom?: number): Look[] {
  const carrying = sight.views.filter((v) => v.actions.includes(action));
  if (action === 'view') {
    const there = carrying.filter((v) => zoom === undefined || v.maxZoom === null || zoom <= v.maxZoom);
    return zoom === undefined ? there : asCounted(there, zoom);
  }
  const exact = asExactAsTiles(carrying);
  return action === 'embed' && zoom !== undefined ? asCounted(exact, zoom) : exact;
}

/** Looks as tiles of a zoom show them: below the counting zoom, those that count are left with what the map is drawn by. */
function asCounted(looks: readonly Look[], zoom: number): Look[] {
  if (zoom >= countingZoom) return [...looks];
  return looks.map((v) => {
    if (!v.counted) return v;
    const fields = [...v.fields].filter(([name, form]) => styled.includes(name) && form === 'value');
    return { ...v, nameless: true, fields: new Map(fields) };
  });
}

/** Looks that end at a zoom, no finer than its tiles. */
export const asExactAsTiles = (looks: readonly Look[]): Look[] =>
  looks.map((v) => {
    if (v.maxZoom === null) return v;
    const unit: Precision = { kind: 'grid', metres: world3857 / 2 ** v.maxZoom / 4096 };
    return { ...v, precision: better(unit, v.precision) > 0 ? unit : v.precision };
  });

/** Whether all that `b` shows, `a` shows too, and as well. */
function containing(a: Look, b: Look): boolean {
  const sameRows = a.rows === null || a.rows.sql === b.rows?.sql;
  const sameArea = a.area === null || a.area === b.area;
  const samePrecision = a.precision === null || (b.precision !== null && better(a.precision, b.precision) === 0);
  const sameFields = [...b.fields].every(([name, form]) => a.fields.get(name) === 'value' || a.fields.get(name) === form);
  return sameRows && sameArea && samePrecision && sameFields;
}

/** Whether anything of a look is kept back in small zooms: of one that another shows as well, and uncounted, nothing is. */
export const reducible = (looks: readonly Look[]): boolean =>
  looks.some(
    (look) =>
      look.counted &&
      !looks.some(
        (o) => !o.counted && containing(o, look) && (o.maxZoom === null || (look.maxZoom !== null && look.maxZoom <= o.maxZoom)),
      ),
  );

/** Fields a filter may name: those that every look shows as they are, or that are so shown wherever it shows anything. */
export const filterable = (looks: readonly Look[]): string[] => {
  const value = (name: string) => (look: Look) => look.fields.get(name) === 'value';
  return looks.length === 0
    ? []
    : fieldNames.filter((name) =>
        looks.every((look) => value(name)(look) || looks.some((other) => value(name)(other) && containing(other, look))),
      );
};

/** The code of the refusal of an action, or null when it is allowed. */
export function refusalOf(
  caller: CallerSpec,
  layer: LayerSpec,
  sight: Sight,
  action: Action,
): { status: number; code: string } | null {
  if (sight.refused) return { status: 401, code: caller.certificate ? 'certificate_unknown' : 'credential_invalid' };
  if (!sight.discover) return { status: 404, code: 'layer_not_found' };
  if (sight.views.some((v) => v.actions.includes(action))) return null;
  if (caller.organisation === null || caller.dead) return { status: 401, code: 'layer_needs_sign_in' };
  if (sight.outOfScope) return { status: 403, code: 'key_scope' };
  if (sight.views.length > 0) return { status: 403, code: 'action_not_granted' };
  return { status: 403, code: layer.sharingClass === 'withheld' && layer.confirmed ? 'layer_withheld' : 'not_granted' };
}

/** How many features a group must have to be told of to this caller: results without features tell the owner all, others not of few. */
export const leastTold = (caller: CallerSpec, layer: LayerSpec, sight: Sight): number => {
  const somebodys = layer.fields.some((f) => f.sensitivity === 'personal' || f.class !== 'unconditional');
  // A key of the owner's whose scope leaves the layer out sees it as the public does.
  const own =
    caller.organisation === layer.owner && sight.views.some((v) => fieldNames.every((n) => v.fields.get(n) === 'value'));
  return !own && somebodys ? 5 : 1;
};
