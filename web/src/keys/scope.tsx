import { MultiSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ApiError } from '../api/client';
import { type KeyAction, type ScopeInput, useKeys } from '../api/credentials';
import { useCollections, useSession } from '../api/queries';
import type { Collection } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { addDays, isDay, today } from '../requests/days';
import { useActionWords, useList } from '../requests/parts';
import './words';

const ACTIONS: KeyAction[] = ['view', 'query', 'download', 'analyse', 'verify'];

/** What is wrong, by the field it is wrong with; `other` is the rest. */
export type Faults<F extends string> = Partial<Record<F | 'other', string>>;

const SCOPE_FIELDS = ['layers', 'actions', 'until', 'quota'] as const;
export type ScopeField = (typeof SCOPE_FIELDS)[number];

/**
 * What a credential is limited to, as it is being filled in. Who is a planner only must name the layers: those granted, to begin with.
 * @param layer the only one, to begin with
 */
export function useScope(layer?: string) {
  const { t } = useTranslation('keys');
  const { data: session } = useSession();
  const { data: policy } = useKeys();
  const { data: collections = [] } = useCollections();
  const scoped = !session?.user?.roles.some((role) => role === 'steward' || role === 'org_admin');
  const granted = collections.filter((c) => c.yutu.access.source === 'grant').map((c) => c.id);
  const [chosen, setLayers] = useState<string[] | null>(layer ? [layer] : null);
  const [actions, setActions] = useState<KeyAction[]>([]);
  const [until, setUntil] = useState('');
  const [quota, setQuota] = useState('');
  const layers = chosen ?? (scoped ? granted : []);
  const last = addDays(today(), policy?.maxDays ?? 365);
  // a credential helps only where the organisation may do more than find the layer
  const usable = collections.filter((c) => c.yutu.access.actions.some((a) => a !== 'discover') || layers.includes(c.id));

  const check = (): Faults<ScopeField> => ({
    ...(scoped && layers.length === 0 && { layers: t('createScopeLack') }),
    ...(until !== '' && (!isDay(until) || until < today() || until > last) && { until: t('createUntilLack', { last }) }),
    ...(quota !== '' && !/^[1-9]\d{0,8}$/.test(quota) && { quota: t('createQuotaLack') }),
  });
  const body: ScopeInput = {
    ...(layers.length > 0 && { layers }),
    ...(actions.length > 0 && { actions }),
    ...(until && { until }),
    ...(quota && { quota: Number(quota) }),
  };
  return { scoped, usable, last, layers, setLayers, actions, setActions, until, setUntil, quota, setQuota, check, body };
}

/** @param id what the ids of the inputs begin with: `key` → `key-until` */
export function ScopeInputs({ id, of, faults }: { id: string; of: ReturnType<typeof useScope>; faults: Faults<ScopeField> }) {
  const { t } = useTranslation('keys');
  const pick = usePick();
  return (
    <>
      <MultiSelect
        id={`${id}-layers`}
        label={t(of.scoped ? 'createScopeNeeded' : 'createScope')}
        placeholder={of.layers.length === 0 && !of.scoped ? t('createScopeHint') : undefined}
        data={of.usable.map((c) => ({ value: c.id, label: pick(c.yutu, 'title') }))}
        value={of.layers}
        onChange={of.setLayers}
        searchable
        error={faults.layers}
      />
      <MultiSelect
        id={`${id}-actions`}
        label={t('createActions')}
        placeholder={of.actions.length === 0 ? t('createActionsHint') : undefined}
        data={ACTIONS.map((value) => ({ value, label: t(`requests:action.${value}`) }))}
        value={of.actions}
        onChange={(next) => of.setActions(next as KeyAction[])}
        error={faults.actions}
      />
      <TextInput
        id={`${id}-until`}
        type="date"
        label={t('createUntil', { last: of.last })}
        value={of.until}
        min={today()}
        max={of.last}
        onChange={(e) => of.setUntil(e.currentTarget.value)}
        error={faults.until}
      />
      <TextInput
        id={`${id}-quota`}
        inputMode="numeric"
        label={t('createQuota')}
        placeholder={t('createQuotaHint')}
        value={of.quota}
        onChange={(e) => of.setQuota(e.currentTarget.value.trim())}
        error={faults.quota}
      />
    </>
  );
}

/** The faults of the server's refusal: beside the field it names (`layers`, `networks.0`), else as `other`. */
export function refusal<F extends string>(error: Error, fields: readonly F[]): Faults<F> {
  const parameter = error instanceof ApiError ? error.problem.parameter?.split('.')[0] : undefined;
  return { [fields.find((field) => field === parameter) ?? 'other']: error.message } as Faults<F>;
}

/** Shows the faults; the first field with one gets the focus. @returns whether there are none */
export function told<F extends string>(id: string, fields: readonly F[], faults: Faults<F>): boolean {
  const first = fields.find((field) => faults[field]);
  if (first) document.getElementById(`${id}-${first}`)?.focus();
  return first === undefined;
}

/** Layers by what a credential is made for: those granted first, then the own ones, then what is open to all. */
export const foremost = (layers: Collection[]) =>
  ['grant', 'own', 'public', 'none'].flatMap((source) => layers.filter((c) => c.yutu.access.source === source));

/** Titles of layers by id; the id of one that is not known. */
export function useLayerTitle() {
  const pick = usePick();
  const { data: collections = [] } = useCollections();
  return (id: string) => {
    const found = collections.find((c) => c.id === id);
    return found ? pick(found.yutu, 'title') : id;
  };
}

/** In a table: the layers of a credential, and what it may do there. */
export function ScopeCell({ of }: { of: { layers: string[] | null; layersHidden?: true; actions: string[] | null } }) {
  const { t } = useTranslation('keys');
  const names = useList();
  const actions = useActionWords();
  const title = useLayerTitle();
  return (
    <td className="keys-layers">
      {of.layers ? names([...of.layers.map(title), ...(of.layersHidden ? [t('otherLayers')] : [])]) : t('allLayers')}
      {of.actions && <div className="sm mut">{actions(of.actions as KeyAction[])}</div>}
    </td>
  );
}
