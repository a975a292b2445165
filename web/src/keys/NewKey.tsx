import { MultiSelect, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../api/client';
import { useCollections, useCreateKey } from '../api/queries';
import type { ApiKey } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { isDay, today } from '../requests/days';
import { CopyButton } from './Copy';

type Fault = Partial<Record<'name' | 'layers' | 'until' | 'other', string>>;

/** A key for a system: its name, perhaps fewer layers, perhaps an end. */
export function NewKey({ layer, onCreated }: { layer?: string; onCreated: (key: ApiKey & { key: string }) => void }) {
  const { t } = useTranslation('keys');
  const pick = usePick();
  const { data: collections = [] } = useCollections();
  const create = useCreateKey();
  const [name, setName] = useState('');
  const [layers, setLayers] = useState<string[]>(layer ? [layer] : []);
  const [until, setUntil] = useState('');
  const [fault, setFault] = useState<Fault>({});
  // a key helps only where the organisation may do more than find the layer
  const usable = collections.filter((c) => c.yutu.access.actions.some((a) => a !== 'discover') || layers.includes(c.id));

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const faults: Fault = {};
    if (name.trim() === '') faults.name = t('createNameLack');
    if (until !== '' && (!isDay(until) || until < today())) faults.until = t('createUntilLack');
    setFault(faults);
    if (faults.name || faults.until) return document.getElementById(faults.name ? 'key-name' : 'key-until')?.focus();
    create.mutate(
      { name: name.trim(), ...(layers.length > 0 ? { layers } : {}), ...(until ? { until } : {}) },
      {
        onSuccess: (key) => {
          onCreated(key);
          setName('');
        },
        onError: (error) => {
          const parameter = error instanceof ApiError ? error.problem.parameter : undefined;
          setFault({
            [parameter === 'name' || parameter === 'layers' || parameter === 'until' ? parameter : 'other']: error.message,
          });
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
        label={t('createScope')}
        placeholder={layers.length === 0 ? t('createScopeHint') : undefined}
        data={usable.map((c) => ({ value: c.id, label: pick(c.yutu, 'title') }))}
        value={layers}
        onChange={setLayers}
        searchable
        error={fault.layers}
      />
      <TextInput
        id="key-until"
        type="date"
        label={t('createUntil')}
        value={until}
        min={today()}
        onChange={(e) => setUntil(e.currentTarget.value)}
        error={fault.until}
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
