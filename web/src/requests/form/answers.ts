import type {
  AreaInput,
  Collection,
  Field,
  FieldAsk,
  FieldForm,
  RequestInput,
  ShareRequest,
  UsableAction,
} from '../../api/types';
import { addDays, addMonths, daysBetween, isDay, today } from '../days';
import { isUsable } from '../usable';

/** The part of the form the layers of one cart share. */
export interface SharedAnswers {
  matter: string | null;
  purpose: string;
  from: string;
  until: string;
}

/** The part each layer answers for itself. */
export interface LayerAnswers {
  area: AreaAnswer;
  fields: FieldAsk[];
  actions: UsableAction[];
  necessity: string;
}

export type AreaAnswer =
  | { kind: 'divisions'; codes: string[] }
  | { kind: 'redline'; line: { polygon: GeoJSON.Polygon | GeoJSON.MultiPolygon; name: string; squareMetres: number } | null }
  | { kind: 'everywhere' };

/** Where the first missing answer is looked for, in the order of the form. */
export const ORDER = ['matter', 'purpose', 'area', 'fields', 'necessity', 'actions', 'from', 'until'] as const;
export type Place = (typeof ORDER)[number];

/** What may be asked for; discovery needs no asking and editing is the owner's. */
const ALWAYS: UsableAction[] = ['view', 'query', 'download', 'api'];
/** Results without features, and maps on other sites: only where the layer's policy has them. */
const OFFERED: UsableAction[] = ['analyse', 'verify', 'embed'];
export const askable = ({ yutu: { policy } }: Collection): UsableAction[] => [
  ...ALWAYS,
  ...OFFERED.filter((a) => policy.actions.includes(a)),
];
const PRESELECTED: UsableAction[] = ['view', 'query'];

export const canAsk = (field: Field): boolean => field.offered.length > 0;
export const mayBeValue = (field: Field): boolean => field.offered.includes('value');

export function freshShared(layers: Collection[], now: string = today()): SharedAnswers {
  const months = Math.min(6, ...layers.map((l) => l.yutu.policy.maxMonths));
  return { matter: null, purpose: '', from: now, until: lastDay(now, months) };
}

/** Fields that say nothing about a person are ticked, personal ones are not; nothing is asked that the policy never gives. */
export function freshLayer(layer: Collection): LayerAnswers {
  const { fields, policy } = layer.yutu;
  return {
    area: { kind: 'divisions', codes: [] },
    fields: fields.filter((f) => canAsk(f) && f.sensitivity !== 'personal').map((f) => ({ name: f.name, form: f.offered[0]! })),
    actions: PRESELECTED.filter((a) => policy.actions.includes(a)),
    necessity: '',
  };
}

export function sharedFrom(request: ShareRequest, fresh: SharedAnswers): SharedAnswers {
  return {
    matter: request.matter?.code ?? null,
    purpose: request.purpose ?? '',
    from: request.from ?? fresh.from,
    until: request.until ?? fresh.until,
  };
}

export function layerFrom(request: ShareRequest, squareMetres: (g: GeoJSON.MultiPolygon) => number): LayerAnswers {
  const { area } = request;
  return {
    // a draft without an area has none yet; once sent, none means everywhere
    area: area?.divisions
      ? { kind: 'divisions', codes: area.divisions }
      : area
        ? { kind: 'redline', line: { polygon: area.geometry, name: area.name ?? '', squareMetres: squareMetres(area.geometry) } }
        : request.status === 'draft'
          ? { kind: 'divisions', codes: [] }
          : { kind: 'everywhere' },
    fields: request.fields,
    actions: request.actions.filter(isUsable),
    necessity: request.necessity ?? '',
  };
}

/** The last day of a term of `months` that begins on `from`: 1 Jan + 6 months ends on 30 Jun. */
export function lastDay(from: string, months: number): string {
  return addDays(addMonths(from, months), -1);
}

/** The number of days the term goes past what the layer's policy allows; 0 when within. */
export function overTerm(answers: Pick<SharedAnswers, 'from' | 'until'>, layer: Collection): number {
  if (!isDay(answers.from) || !isDay(answers.until)) return 0;
  return Math.max(0, daysBetween(lastDay(answers.from, layer.yutu.policy.maxMonths), answers.until));
}

export function asksPersonalValue(fields: FieldAsk[], layer: Collection): boolean {
  return fields.some(
    (ask) => ask.form === 'value' && layer.yutu.fields.find((f) => f.name === ask.name)?.sensitivity === 'personal',
  );
}

export function toggleField(fields: FieldAsk[], field: Field): FieldAsk[] {
  if (fields.some((f) => f.name === field.name)) return fields.filter((f) => f.name !== field.name);
  return canAsk(field) ? [...fields, { name: field.name, form: field.offered[0]! }] : fields;
}

export function setForm(fields: FieldAsk[], name: string, form: FieldForm): FieldAsk[] {
  return fields.map((f) => (f.name === name ? { ...f, form } : f));
}

export function areaInput(area: AreaAnswer): AreaInput | undefined {
  if (area.kind === 'everywhere') return null;
  if (area.kind === 'divisions') return area.codes.length > 0 ? { divisions: area.codes } : undefined;
  return area.line ? { polygon: area.line.polygon, ...(area.line.name ? { name: area.line.name } : {}) } : undefined;
}

/** What goes to the server; an answer not yet given is left out. */
export function toInput(layer: string, shared: SharedAnswers, own: LayerAnswers): RequestInput {
  const area = areaInput(own.area);
  return {
    layer,
    purpose: shared.purpose.trim(),
    ...(shared.matter ? { matter: shared.matter } : {}),
    actions: own.actions,
    fields: own.fields,
    ...(area === undefined ? {} : { area }),
    ...(isDay(shared.from) ? { from: shared.from } : {}),
    ...(isDay(shared.until) ? { until: shared.until } : {}),
    necessity: own.necessity.trim(),
  };
}

/** The places still to be filled, in the order of the form. */
export function missing(layer: Collection, shared: SharedAnswers, own: LayerAnswers, now: string = today()): Place[] {
  if (layer.yutu.sharing.class === 'unconditional') return [];
  const lacks: Record<Place, boolean> = {
    matter: false, // a matter helps the steward; it is not demanded
    purpose: shared.purpose.trim() === '',
    area: areaInput(own.area) === undefined,
    fields: own.fields.length === 0 && layer.yutu.fields.some(canAsk),
    necessity: asksPersonalValue(own.fields, layer) && own.necessity.trim() === '',
    actions: own.actions.length === 0,
    from: !isDay(shared.from),
    until: !isDay(shared.until) || shared.until < shared.from || shared.until <= now,
  };
  return ORDER.filter((place) => lacks[place]);
}

/** The place in the form that a Problem's `parameter` speaks of: `fields.0.form` → fields. */
export function placeOf(parameter: string | undefined): Place | null {
  const head = parameter?.split(/[./[]/).find(Boolean);
  return ORDER.find((place) => place === head) ?? null;
}
