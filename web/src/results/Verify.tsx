import { Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api/client';
import type { Collection } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import './results.css';
import './texts';

/** Yes or no about one feature: what is claimed of it, by its id or by a field that the layer is searched by. */
export function Verify({ layer, onClose }: { layer: Collection; onClose: () => void }) {
  const { t } = useTranslation('results');
  const pick = usePick();
  const { yutu } = layer;
  const fields = yutu.fields.filter((f) => yutu.access.verifiable?.includes(f.name));
  const names = fields.filter((f) => yutu.searchFields?.includes(f.name));
  const [by, setBy] = useState(names[0]?.name ?? '');
  const [which, setWhich] = useState('');
  const [field, setField] = useState(fields.find((f) => f.name !== by)?.name ?? fields[0]?.name ?? '');
  const [claim, setClaim] = useState('');
  const { mutate, data, error, isPending, reset } = useMutation({
    mutationFn: () =>
      api<{ matches: boolean }>(`collections/${layer.id}/verify`, {
        method: 'POST',
        body: { ...(by === '' ? { id: Number(which) } : { match: { [by]: which.trim() } }), claims: { [field]: claim.trim() } },
      }),
  });
  const changed =
    (set: (value: string) => void) =>
    ({ currentTarget: { value } }: { currentTarget: { value: string } }) => {
      reset();
      set(value);
    };
  const title = (name: string) => pick(fields.find((f) => f.name === name)!, 'title');
  const { codes, codeSystem } = fields.find((f) => f.name === field) ?? {};
  const ready = which.trim() !== '' && claim.trim() !== '' && (by !== '' || /^\d{1,15}$/.test(which.trim()));
  const run = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !isPending) mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('verify.title', { title: pick(yutu, 'title') })}
      closeButtonProps={{ 'aria-label': t('app:close') }}
      data-testid="verify"
    >
      <form onSubmit={run} className="res-form">
        <p className="mut">{t('verify.intro')}</p>
        <NativeSelect
          label={t('verify.by')}
          value={by}
          onChange={changed(setBy)}
          data={[...names.map((f) => ({ value: f.name, label: pick(f, 'title') })), { value: '', label: t('verify.id') }]}
        />
        <TextInput
          label={by === '' ? t('verify.id') : t('verify.value', { field: title(by) })}
          value={which}
          onChange={changed(setWhich)}
          inputMode={by === '' ? 'numeric' : undefined}
          maxLength={200}
        />
        <NativeSelect
          label={t('verify.field')}
          value={field}
          onChange={changed((next) => {
            setField(next);
            setClaim('');
          })}
          data={fields.map((f) => ({ value: f.name, label: pick(f, 'title') }))}
        />
        {codes ? (
          <NativeSelect
            label={t('verify.claim')}
            description={codeSystem}
            value={claim}
            onChange={changed(setClaim)}
            data={[
              { value: '', label: '' },
              ...codes.map((c) => ({ value: c.value, label: codeSystem ? `${c.value} ${pick(c, 'label')}` : pick(c, 'label') })),
            ]}
          />
        ) : (
          <TextInput label={t('verify.claim')} value={claim} onChange={changed(setClaim)} maxLength={400} />
        )}
        <div aria-live="polite">
          {error && <p className="tip bad">{error.message}</p>}
          {data && (
            <p className={data.matches ? 'tip res-yes' : 'tip warn'} data-testid="verify-answer">
              {t(data.matches ? 'verify.yes' : 'verify.no')}
            </p>
          )}
        </div>
        <div className="row between">
          <span className="sm mut">{t('verify.pace')}</span>
          <button type="submit" className="btn p" disabled={!ready} aria-busy={isPending || undefined} data-testid="verify-run">
            {t('verify.run')}
          </button>
        </div>
      </form>
    </Modal>
  );
}
