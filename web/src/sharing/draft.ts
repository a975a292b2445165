import type { Collection, FieldAsk, ShareInput, Subject, UsableAction } from '../api/types';
import { addDays, addMonths, isDay, today } from '../requests/days';
import { rowsOf, type Terms, termsInput } from '../requests/terms/terms';
import { isWhole } from './subject';

export const SHARE_KINDS = ['single', 'base', 'theme', 'pair', 'emergency'] as const;
export const GIVABLE: UsableAction[] = ['view', 'query', 'download', 'api', 'analyse', 'verify', 'embed'];
export const EMERGENCY_DAYS = 30;

/** What a steward is about to share. `fields` holds for one layer alone; several are given as they offer themselves. */
export interface Draft extends Terms {
  layers: string[];
  kind: ShareInput['kind'];
  subject: Subject;
  actions: UsableAction[];
  fields: FieldAsk[];
  place: 'everywhere' | 'divisions' | 'jurisdiction';
  divisions: string[];
  until: string;
  title: string;
  reason: string;
}

export const freshDraft = (now: string = today()): Draft => ({
  layers: [],
  kind: 'single',
  subject: { kind: 'organisation' },
  actions: ['view', 'query'],
  fields: [],
  place: 'everywhere',
  divisions: [],
  until: addMonths(now, 6),
  title: '',
  reason: '',
});

/** Every field of a layer in the form it offers first; what is never given is left out. */
export const defaultFields = (layer: Collection): FieldAsk[] =>
  layer.yutu.fields.flatMap(({ name, offered }) => (offered[0] ? [{ name, form: offered[0] }] : []));

/** Another kind brings its rules: a pair is made with an organisation, an emergency has an area and ends within 30 days. */
export function withKind(draft: Draft, kind: Draft['kind'], now: string = today()): Draft {
  const last = addDays(now, EMERGENCY_DAYS);
  return {
    ...draft,
    kind,
    subject: kind === 'pair' && draft.subject.kind !== 'organisation' ? { kind: 'organisation' } : draft.subject,
    place: kind === 'emergency' && draft.place === 'everywhere' ? 'divisions' : draft.place,
    until: kind === 'emergency' && draft.until > last ? last : draft.until,
  };
}

/** Layers that a kind may hold. */
export const fitting = (kind: Draft['kind'], own: Collection[]): Collection[] =>
  kind === 'base' ? own.filter((c) => c.yutu.kind === 'base') : own;

export const DRAFT_LACKS = ['layers', 'subject', 'actions', 'fields', 'area', 'until', 'reason'] as const;
export type DraftLack = (typeof DRAFT_LACKS)[number];

/** What is still missing, in the order of the page. */
export function draftLacks(draft: Draft, now: string = today()): DraftLack[] {
  const missing: Record<DraftLack, boolean> = {
    layers: draft.layers.length === 0,
    subject: !isWhole(draft.subject),
    actions: draft.actions.length === 0,
    fields: draft.layers.length === 1 && draft.fields.length === 0,
    area: draft.place === 'divisions' ? draft.divisions.length === 0 : draft.place === 'everywhere' && draft.kind === 'emergency',
    until: !isDay(draft.until) || draft.until <= now,
    reason: draft.reason.trim() === '',
  };
  return DRAFT_LACKS.filter((l) => missing[l]);
}

/** What is given, as the API takes it. */
export function contentOf(draft: Draft) {
  const one = draft.layers.length === 1;
  return {
    actions: draft.actions,
    fields: one ? draft.fields : null,
    area:
      draft.place === 'everywhere'
        ? null
        : draft.place === 'divisions'
          ? { divisions: draft.divisions }
          : { jurisdiction: true as const },
    ...termsInput({ ...draft, rows: one ? rowsOf(draft.rows ?? '') : null }),
    until: draft.until,
  };
}

export function toShare(draft: Draft): ShareInput {
  const title = draft.title.trim();
  return {
    layers: draft.layers,
    kind: draft.kind,
    subject: draft.subject,
    ...(title ? { title } : {}),
    reason: draft.reason.trim(),
    ...contentOf(draft),
  };
}
