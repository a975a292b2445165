import type { DecisionInput, FieldForm, GrantInput, ShareRequest, UsableAction } from '../api/types';
import { isDay, today } from '../requests/days';
import { rowsOf, termsInput } from '../requests/terms/terms';
import { isUsable } from '../requests/usable';

export const OUTCOMES = ['granted', 'narrower', 'correction', 'refused'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The steward's answer while it is being made. `grant` is what a narrower answer would give. */
export interface Answer {
  outcome: Outcome | null;
  grant: GrantInput;
  reasonCode: string | null;
  reason: string;
}

export const LACKS = ['outcome', 'reasonCode', 'area', 'fields', 'actions', 'until', 'reason'] as const;
export type Lack = (typeof LACKS)[number];

/** Begins with what policy suggests: in full when the request keeps to it, narrowed when it does not. */
export function freshAnswer(request: ShareRequest): Answer {
  const checks = request.checks ?? [];
  const outcome = checks.length === 0 ? null : checks.every((c) => c.ok !== false) ? 'granted' : 'narrower';
  const { suggestion } = request;
  const grant = suggestion ? { ...suggestion, fields: suggestion.fields ?? [] } : asAsked(request);
  return { outcome, grant, reasonCode: null, reason: '' };
}

/** What was asked, as a grant. */
export function asAsked(request: ShareRequest): GrantInput {
  const { area } = request;
  return {
    actions: request.actions.filter(isUsable),
    fields: request.fields,
    area:
      area === null
        ? null
        : area.divisions
          ? { divisions: area.divisions }
          : { polygon: area.geometry, ...(area.name ? { name: area.name } : {}) },
    ...(request.from ? { from: request.from } : {}),
    until: request.until ?? today(),
  };
}

/** What the answer gives: nothing for a correction or a refusal. */
export function given(answer: Answer, request: ShareRequest): GrantInput | null {
  if (answer.outcome === 'granted') return asAsked(request);
  return answer.outcome === 'narrower' ? answer.grant : null;
}

export const givenDivisions = (grant: GrantInput): string[] | null =>
  grant.area && 'divisions' in grant.area ? grant.area.divisions : null;

/** Districts that may be given: those asked for; null when the whole city was. */
export const givableDivisions = (request: ShareRequest): string[] | null => request.area?.divisions ?? null;

/** A change of what is given is an answer in part. Districts outside the request are not taken. */
export function toggleDivision(answer: Answer, request: ShareRequest, code: string): Answer {
  const givable = givableDivisions(request);
  if (request.area && givable === null) return answer; // a red line is given whole or not at all
  if (givable && !givable.includes(code)) return answer;
  const now = givenDivisions(answer.grant) ?? [];
  const next = now.includes(code) ? now.filter((c) => c !== code) : [...now, code];
  return narrowed(answer, { area: { divisions: next } });
}

export function setField(answer: Answer, name: string, form: FieldForm | null): Answer {
  const rest = answer.grant.fields.filter((f) => f.name !== name);
  return narrowed(answer, { fields: form ? [...rest, { name, form }] : rest });
}

export function toggleAction(answer: Answer, request: ShareRequest, action: UsableAction): Answer {
  const { actions } = answer.grant;
  return narrowed(answer, {
    actions: request.actions.filter(isUsable).filter((a) => (a === action ? !actions.includes(a) : actions.includes(a))),
  });
}

export const narrowed = (answer: Answer, change: Partial<GrantInput>): Answer => ({
  ...answer,
  outcome: 'narrower',
  grant: { ...answer.grant, ...change },
});

/** What the answer still lacks, in the order of the panel. */
export function lacks(answer: Answer, request: Pick<ShareRequest, 'checks'>, now: string = today()): Lack[] {
  const { outcome, grant } = answer;
  // going beyond the sharing condition is possible, and is to be explained
  const generous = outcome === 'granted' && (request.checks ?? []).some((c) => c.ok === false);
  const divisions = givenDivisions(grant);
  const part = outcome === 'narrower';
  const missing: Record<Lack, boolean> = {
    outcome: outcome === null,
    reasonCode: outcome === 'refused' && !answer.reasonCode,
    area: part && divisions !== null && divisions.length === 0,
    fields: part && grant.fields.length === 0,
    actions: part && grant.actions.length === 0,
    until: part && (!isDay(grant.until) || grant.until <= now),
    reason: outcome !== null && (outcome !== 'granted' || generous) && answer.reason.trim() === '',
  };
  return LACKS.filter((l) => missing[l]);
}

/** A grant as it is sent: terms that limit nothing left out. */
export function tidy({ rows, maxZoom, precision, quota, ...grant }: GrantInput): GrantInput {
  return { ...grant, ...termsInput({ rows: rowsOf(rows ?? ''), maxZoom, precision, quota }) };
}

export function toDecision(answer: Answer): DecisionInput {
  const reason = answer.reason.trim();
  return {
    outcome: answer.outcome!,
    ...(answer.outcome === 'refused' && answer.reasonCode ? { reasonCode: answer.reasonCode } : {}),
    ...(reason ? { reason } : {}),
    ...(answer.outcome === 'narrower' ? { grant: tidy(answer.grant) } : {}),
  };
}
