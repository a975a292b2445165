import { TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type NewApiKey, useCreateKey } from '../api/credentials';
import { useTranslation } from '../i18n';
import { type Faults, refusal, ScopeInputs, told, useScope } from './scope';

const FIELDS = ['name', 'layers', 'actions', 'networks', 'until', 'quota'] as const;

/** A key for a system: its name, its layers, what for, from where, its end and how often it may ask. */
export function NewKey({ layer, onCreated }: { layer?: string; onCreated: (key: NewApiKey) => void }) {
  const { t } = useTranslation('keys');
  const create = useCreateKey();
  const scope = useScope(layer);
  const [name, setName] = useState('');
  const [networks, setNetworks] = useState('');
  const [faults, setFaults] = useState<Faults<(typeof FIELDS)[number]>>({});

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = { ...(name.trim() === '' && { name: t('createNameLack') }), ...scope.check() };
    setFaults(found);
    if (!told('key', FIELDS, found)) return;
    const from = networks.split(/[\s,，;；]+/).filter(Boolean);
    create.mutate(
      { name: name.trim(), ...scope.body, ...(from.length > 0 && { networks: from }) },
      {
        onSuccess: (key) => {
          onCreated(key);
          setName('');
        },
        onError: (error) => {
          const refused = refusal(error, FIELDS);
          setFaults(refused);
          told('key', FIELDS, refused);
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
        error={faults.name}
        maxLength={80}
        required
      />
      <ScopeInputs id="key" of={scope} faults={faults} />
      <TextInput
        id="key-networks"
        label={t('createNetworks')}
        placeholder="10.20.0.0/16, 10.21.3.7"
        description={t('createNetworksHint')}
        value={networks}
        onChange={(e) => setNetworks(e.currentTarget.value)}
        error={faults.networks}
        maxLength={2000}
        autoComplete="off"
      />
      {faults.other && (
        <div className="tip bad" role="alert">
          {faults.other}
        </div>
      )}
      <button type="submit" className="btn p" disabled={create.isPending}>
        {t('submit')}
      </button>
    </form>
  );
}
