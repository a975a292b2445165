import { MultiSelect, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../api/client';
import { useCollections, useCreateKey, useKeys, useSession } from '../api/queries';
import type { ApiKey } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { addDays, isDay, today } from '../requests/days';
import { CopyButton } from './Copy';

const FIELDS = ['name', 'layers', 'until', 'quota'] as const;
type Field = (typeof FIELDS)[number];
type Fault = Partial<Record<Field | 'other', string>>;

/** A key for a system: its name, its layers, its end and how often it may ask. Who is a planner only must name the layers: those granted, to begin with. */
export function NewKey({ layer, onCreated }: { layer?: string; onCreated: (key: ApiKey & { key: string }) => void }) {
  const { t } = useTranslation('keys');
  const pick = usePick();
  const { data: collections = [] } = useCollections();
  const create = useCreateKey();
  const [name, setName] = useState('');
  const { data: session } = useSession();
  const { data: policy } = useKeys();
  const scoped = !session?.user?.roles.some((role) => role === 'steward' || role === 'org_admin');
  const granted = collections.filter((c) => c.yutu.access.source === 'grant').map((c) => c.id);
  const [chosen, setLayers] = useState<string[] | null>(layer ? [layer] : null);
  const layers = chosen ?? (scoped ? granted : []);
  const last = addDays(today(), policy?.maxDays ?? 365);
  const [until, setUntil] = useState('');
  const [quota, setQuota] = useState('');
  const [fault, setFault] = useState<Fault>({});
  // a key helps only where the organisation may do more than find the layer
  const usable = collections.filter((c) => c.yutu.access.actions.some((a) => a !== 'discover') || layers.includes(c.id));

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const faults: Fault = {};
    if (name.trim() === '') faults.name = t('createNameLack');
    if (scoped && layers.length === 0) faults.layers = t('createScopeLack');
    if (until !== '' && (!isDay(until) || until < today() || until > last)) faults.until = t('createUntilLack', { last });
    if (quota !== '' && !/^[1-9]\d{0,8}$/.test(quota)) faults.quota = t('createQuotaLack');
    setFault(faults);
    const first = FIELDS.find((field) => faults[field]);
    if (first) return document.getElementById(`key-${first}`)?.focus();
    create.mutate(
      {
        name: name.trim(),
        ...(layers.length > 0 ? { layers } : {}),
        ...(until ? { until } : {}),
        ...(quota ? { quota: Number(quota) } : {}),
      },
      {
        onSuccess: (key) => {
          onCreated(key);
          setName('');
        },
        onError: (error) => {
          const parameter = error instanceof ApiError ? error.problem.parameter : undefined;
          setFault({ [FIELDS.find((field) => field === parameter) ?? 'other']: error.message });
        },
      },
    );
  };

  return (
    <form className="wf-card-pad keys-form" onSubmit={submit} noValidate>
      <TextInput
        id="key-name"
        label={t('createName')}
        placeholder={t('createNameHint')}
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
        error={fault.name}
        maxLength={80}
        required
      />
      <MultiSelect
        id="key-layers"
        label={t(scoped ? 'createScopeNeeded' : 'createScope')}
        placeholder={layers.length === 0 && !scoped ? t('createScopeHint') : undefined}
        data={usable.map((c) => ({ value: c.id, label: pick(c.yutu, 'title') }))}
        value={layers}
        onChange={setLayers}
        searchable
        error={fault.layers}
      />
      <TextInput
        id="key-until"
        type="date"
        label={t('createUntil', { last })}
        value={until}
        min={today()}
        max={last}
        onChange={(e) => setUntil(e.currentTarget.value)}
        error={fault.until}
      />
      <TextInput
        id="key-quota"
        inputMode="numeric"
        label={t('createQuota')}
        placeholder={t('createQuotaHint')}
        value={quota}
        onChange={(e) => setQuota(e.currentTarget.value.trim())}
        error={fault.quota}
      />
      {fault.other && (
        <div className="tip bad" role="alert">
          {fault.other}
        </div>
      )}
      <button type="submit" className="btn p" disabled={create.isPending}>
        {t('submit')}
      </button>
    </form>
  );
}

/** The key itself, this once. */
export function Once({ created, onClose }: { created: ApiKey & { key: string }; onClose: () => void }) {
  const { t } = useTranslation('keys');
  return (
    <section className="tip warn keys-once" role="alert" aria-label={t('newKey')}>
      <div className="row top">
        <IconAlertTriangle size={18} aria-hidden className="t-warn" />
        <div className="grow">
          <div className="b">
            {t('onceTitle')} · {created.name}
          </div>
          <div className="mut">{t('onceText')}</div>
        </div>
      </div>
      <div className="row wrap">
        <code className="code keys-value" data-testid="new-key-value">
          {created.key}
        </code>
        <CopyButton text={created.key} what={t('newKey')} />
        <button type="button" className="btn s" onClick={onClose}>
          {t('done')}
        </button>
      </div>
    </section>
  );
}
