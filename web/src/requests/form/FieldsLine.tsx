import { Checkbox, Textarea } from '@mantine/core';
import { IconBan } from '@tabler/icons-react';
import type { Collection, Field, FieldAsk } from '../../api/types';
import { usePick, useTranslation } from '../../i18n';
import { Chip } from '../parts';
import { asksPersonalValue, canAsk, mayBeValue, setForm, toggleField } from './answers';
import { Fault, Line, placeId } from './Line';

interface Props {
  layer: Collection;
  fields: FieldAsk[];
  necessity: string;
  onFields: (fields: FieldAsk[]) => void;
  onNecessity: (text: string) => void;
  errors: Partial<Record<'fields' | 'necessity', string>>;
}

/** Which fields, in which form: a personal one comes as a de-identified code unless its value is needed, and why. */
export function FieldsLine({ layer, fields, necessity, onFields, onNecessity, errors }: Props) {
  const { t } = useTranslation('requests');
  const all = layer.yutu.fields;
  const personal = asksPersonalValue(fields, layer);
  const first = all.find(canAsk)?.name;
  const toCode = () =>
    onFields(
      fields.map((f) => (all.find((a) => a.name === f.name)?.sensitivity === 'personal' ? { ...f, form: 'code' as const } : f)),
    );

  return (
    <Line place="fields" label={t('field.fields')} group error={errors.fields}>
      {all.length === 0 && <div className="mut">{t('ask.noFields')}</div>}
      <div className="wf-fields">
        {all.map((field) => (
          <Row
            key={field.name}
            field={field}
            ask={fields.find((f) => f.name === field.name)}
            first={field.name === first}
            fields={fields}
            onFields={onFields}
          />
        ))}
      </div>
      {personal && (
        <div className="wf-hint">
          <div className="sm mut" id="necessity-why">
            {t('ask.necessityNeeded')}{' '}
            <button type="button" className="link" onClick={toCode}>
              {t('ask.toCode')}
            </button>
          </div>
          <Textarea
            id={placeId('necessity')}
            aria-label={t('field.necessity')}
            aria-describedby="necessity-why"
            placeholder={t('ask.necessity')}
            value={necessity}
            onChange={(e) => onNecessity(e.currentTarget.value)}
            autosize
            minRows={1}
            maxLength={1000}
            error={Boolean(errors.necessity)}
            mt={6}
          />
          {errors.necessity && <Fault>{errors.necessity}</Fault>}
        </div>
      )}
    </Line>
  );
}

function Row({
  field,
  ask,
  first,
  fields,
  onFields,
}: { field: Field; ask?: FieldAsk; first: boolean } & Pick<Props, 'fields' | 'onFields'>) {
  const { t } = useTranslation('requests');
  const pick = usePick();
  const title = pick(field, 'title');
  if (!canAsk(field)) {
    return (
      <div className="wf-field dim">
        <span className="row">
          <IconBan size={16} aria-hidden />
          {title}
        </span>
        <span className="sm">{t('ask.never')}</span>
      </div>
    );
  }
  return (
    <div className={`wf-field ${field.sensitivity === 'personal' ? 'wide' : ''}`}>
      <Checkbox
        id={first ? placeId('fields') : undefined}
        size="xs"
        label={title}
        checked={ask !== undefined}
        onChange={() => onFields(toggleField(fields, field))}
      />
      <span className="row g1 wrap">
        {field.sensitivity === 'personal' && <Chip tone="warn">{t('sensitivity.personal')}</Chip>}
        {field.sensitivity === 'internal' && <Chip>{t('sensitivity.internal')}</Chip>}
      </span>
      {ask && field.offered.length > 1 && mayBeValue(field) && (
        <div className="wf-field-form sm">
          <span className="mut">{ask.form === 'code' ? t('ask.asCode') : ''}</span>
          <Checkbox
            size="xs"
            label={t('ask.needValue')}
            aria-label={t('ask.needValueOf', { name: title })}
            checked={ask.form === 'value'}
            onChange={(e) => onFields(setForm(fields, field.name, e.currentTarget.checked ? 'value' : 'code'))}
          />
        </div>
      )}
      {ask && field.offered.length === 1 && ask.form === 'code' && <div className="wf-field-form sm mut">{t('ask.asCode')}</div>}
    </div>
  );
}
