import type { Field } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';

/** A value as people write it: code lists in words, numbers with their unit, a de-identified code as such. */
export function FieldValue({ field, value }: { field: Field; value: unknown }) {
  const { t } = useTranslation('map');
  const pick = usePick();
  const format = useFormat();
  if (value === null || value === undefined || value === '') return <span className="dim">—</span>;
  if (field.form === 'code') return <span className="mono">{String(value)}</span>;
  // what a mask leaves is shown as it came: it is no date or number any more
  if (field.form === 'masked' && field.mask?.kind !== 'round') return <>{String(value)}</>;
  const code = field.codes?.find((c) => c.value === String(value));
  if (code) {
    return (
      <>
        {pick(code, 'label')}
        {field.codeSystem && <span className="dim"> {[code.value, field.codeSystem].join(' · ')}</span>}
      </>
    );
  }
  switch (field.type) {
    case 'boolean':
      return <>{t(value === true || value === 'true' ? 'feature.yes' : 'feature.no')}</>;
    case 'integer':
    case 'bigint':
    case 'double':
      return (
        <>
          {plain(field, Number(value)) ? String(value) : format.number(Number(value), 4)}
          {field.unit && <span className="dim"> {field.unit}</span>}
        </>
      );
    case 'timestamp':
      return <>{format.time(String(value))}</>;
    default:
      return (
        <>
          {String(value)}
          {field.unit && <span className="dim"> {field.unit}</span>}
        </>
      );
  }
}

/** Years, levels and the like carry no separator: whole numbers below 10,000 without a unit. */
const plain = ({ unit }: Field, value: number) =>
  !Number.isFinite(value) || (!unit && Number.isInteger(value) && Math.abs(value) < 10_000);
