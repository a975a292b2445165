import { NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { ApiError } from '../api/client';
import {
  changeFeature,
  createFeature,
  deleteFeature,
  type Editable,
  type FeatureChange,
  featureKeys,
  useEditable,
} from '../api/edit';
import type { Collection, Field } from '../api/types';
import { announce, toast } from '../app/toast';
import i18n, { usePick, useTranslation } from '../i18n';
import { changed, textOf } from './change';
import { placing } from './state';

interface Props {
  layer: Collection;
  fid: number;
  onDone: () => void;
  onGone: () => void;
}

const UNDO_MS = 8000;
const text = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The form of one feature's fields, once its present state is read. */
export function FeatureForm(props: Props) {
  const { t } = useTranslation('map');
  const { data, error, refetch } = useEditable(props.layer.id, props.fid);
  if (error)
    return (
      <p className="pop-edit t-bad" role="alert">
        {text(error)}
      </p>
    );
  if (!data) return <p className="pop-edit mut">{t('edit.reading')}</p>;
  return <Form key={data.tag} state={data} onStale={() => void refetch()} {...props} />;
}

/** The form of a point that is not there yet. `onDone` gets its id, or null when it was given up. */
export function NewFeatureForm({
  layer,
  at,
  onDone,
}: {
  layer: Collection;
  at: [number, number];
  onDone: (fid: number | null) => void;
}) {
  const [lng, lat] = at.map((n) => Number(n.toFixed(7))) as [number, number];
  const feature: GeoJSON.Feature = { type: 'Feature', geometry: { type: 'Point', coordinates: [lng, lat] }, properties: {} };
  const given = () => onDone(null);
  return (
    <Form
      layer={layer}
      fid={null}
      state={{ feature, tag: '' }}
      onDone={given}
      onGone={given}
      onStale={given}
      onCreated={onDone}
    />
  );
}

type FormProps = Omit<Props, 'fid'> & {
  /** null: a feature that is still to be made. */
  fid: number | null;
  state: Editable;
  onStale: () => void;
  onCreated?: (fid: number) => void;
};

function Form({ layer, fid, state, onDone, onGone, onStale, onCreated }: FormProps) {
  const { t } = useTranslation('map');
  const pick = usePick();
  const client = useQueryClient();
  const fields = layer.yutu.fields.filter(({ form }) => form === 'value');
  const was = state.feature.properties ?? {};
  const here = state.feature.geometry?.type === 'Point' ? state.feature.geometry.coordinates : null;
  const [values, setValues] = useState(() => Object.fromEntries(fields.map(({ name }) => [name, textOf(was[name])])));
  const [place, setPlace] = useState(() => ({ lng: textOf(here?.[0]), lat: textOf(here?.[1]) }));
  const [pointing, setPointing] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    if (!pointing) return;
    placing.set({
      take: ([lng, lat]) => {
        setPlace({ lng: lng.toFixed(7), lat: lat.toFixed(7) });
        setPointing(false);
        announce(i18n.t('map:edit.placed'));
      },
    });
    announce(i18n.t('map:edit.point'));
    return () => placing.set(null);
  }, [pointing]);

  const refresh = () => {
    for (const queryKey of featureKeys(layer.id)) void client.invalidateQueries({ queryKey });
  };

  const save = async (event: FormEvent) => {
    event.preventDefault();
    const change: FeatureChange = {};
    const properties = changed(was, values);
    const moved = layer.yutu.geometryType === 'point' && (place.lng !== textOf(here?.[0]) || place.lat !== textOf(here?.[1]));
    if (Object.keys(properties).length) change.properties = properties;
    if (moved) change.geometry = { type: 'Point', coordinates: [Number(place.lng), Number(place.lat)] };
    if (fid !== null && !change.properties && !moved) return onDone();
    setBusy(true);
    setFault(null);
    try {
      if (fid === null) {
        const { geometry } = state.feature;
        const made = await createFeature(layer.id, { type: 'Feature', geometry, properties: {}, ...change });
        refresh();
        toast({ text: t('edit.saved') });
        return onCreated?.(Number(made.id));
      }
      await changeFeature(layer.id, fid, state.tag, change);
      refresh();
      toast({ text: t('edit.saved') });
      if (moved) onGone();
      else onDone();
    } catch (error) {
      setBusy(false);
      if (error instanceof ApiError && error.code === 'precondition_failed') {
        toast({ text: t('edit.stale'), detail: text(error), tone: 'bad' });
        onStale();
        refresh();
      } else setFault(text(error));
    }
  };

  const remove = () => {
    const timer = setTimeout(async () => {
      try {
        await deleteFeature(layer.id, Number(fid), state.tag);
        refresh();
      } catch (error) {
        toast({ text: i18n.t('map:edit.notDeleted'), detail: text(error), tone: 'bad' });
      }
    }, UNDO_MS);
    toast({
      text: t('edit.deleting', { id: fid }),
      tone: 'info',
      action: { label: t('edit.undo'), run: () => clearTimeout(timer) },
    });
    onGone();
  };

  const set = (name: string) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setValues((all) => ({ ...all, [name]: value }));
  };

  return (
    <form className="pop-edit" onSubmit={save} data-testid="feature-form" noValidate>
      <div className="pop-fields">
        {fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            label={`${pick(field, 'title')}${field.unit ? ` (${field.unit})` : ''}`}
            value={values[field.name] ?? ''}
            onChange={set(field.name)}
          />
        ))}
        {layer.yutu.geometryType === 'point' && (
          <fieldset>
            <legend>{t('edit.place')}</legend>
            {(['lng', 'lat'] as const).map((axis) => (
              <TextInput
                key={axis}
                size="xs"
                inputMode="decimal"
                label={t(`edit.${axis}`)}
                value={place[axis]}
                onChange={(e) => {
                  const { value } = e.currentTarget;
                  setPlace((at) => ({ ...at, [axis]: value }));
                }}
              />
            ))}
            <button type="button" className="btn s" aria-pressed={pointing} onClick={() => setPointing(!pointing)}>
              {t(pointing ? 'edit.point' : 'edit.move')}
            </button>
          </fieldset>
        )}
      </div>
      {fault && (
        <p className="t-bad" role="alert">
          {fault}
        </p>
      )}
      <div className="row g2">
        <button type="submit" className="btn s p" disabled={busy}>
          {t('edit.save')}
        </button>
        <button type="button" className="btn s g" onClick={onDone}>
          {t('edit.cancel')}
        </button>
        {fid !== null && (
          <button type="button" className="btn s bad" onClick={remove}>
            {t('edit.delete')}
          </button>
        )}
      </div>
    </form>
  );
}

interface FieldInputProps {
  field: Field;
  label: string;
  value: string;
  onChange: (event: { currentTarget: { value: string } }) => void;
}

/** Code lists and yes/no as selects; the rest as the browser's own field of its type. */
function FieldInput({ field, label, value, onChange }: FieldInputProps) {
  const { t } = useTranslation('map');
  const pick = usePick();
  const common = { label, value, onChange, size: 'xs' as const };
  const none = { value: '', label: '—' };
  if (field.codes) {
    const { codeSystem } = field;
    const known = field.codes.map((code) => ({
      value: code.value,
      label: codeSystem ? `${code.value} ${pick(code, 'label')}` : pick(code, 'label'),
    }));
    return <NativeSelect {...common} description={codeSystem} data={[none, ...known]} />;
  }
  switch (field.type) {
    case 'boolean':
      return (
        <NativeSelect
          {...common}
          data={[none, { value: 'true', label: t('feature.yes') }, { value: 'false', label: t('feature.no') }]}
        />
      );
    case 'integer':
    case 'bigint':
    case 'double':
      return <TextInput {...common} inputMode={field.type === 'double' ? 'decimal' : 'numeric'} />;
    case 'date':
      return <TextInput {...common} type="date" />;
    default:
      return <TextInput {...common} />;
  }
}
