import { NumberInput, Select, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { type ReactNode, useRef } from 'react';
import { useCollection, useCount } from '../../api/queries';
import type { Collection, Precision } from '../../api/types';
import { usePick, useTranslation } from '../../i18n';
import { useFormat } from '../../i18n/format';
import { PrecisionPicture } from './PrecisionPicture';
import { DEPTHS, insertName, PRECISIONS, QUOTA_DAILY, QUOTA_TOTAL, rowsOf, type Terms, withQuota } from './terms';
import { useTermsWords } from './useTermsWords';
import './terms.css';
import './words';

interface Props {
  /** The layer the rows are checked on; absent where several layers are shared together. */
  layer?: string;
  terms: Terms;
  onTerms: (change: Terms) => void;
}

/** Which rows, how exact, how deep and how much: each closed to one line that says how it stands. */
export function TermsEditor({ layer, terms, onTerms }: Props) {
  const { t } = useTranslation('terms');
  const words = useTermsWords();
  const { data } = useCollection(layer);
  return (
    <div className="terms">
      {data && (
        <Fold title={t('rows')} state={terms.rows ? t('some') : t('allRows')} on={Boolean(terms.rows)}>
          <Rows layer={data} rows={terms.rows ?? ''} onRows={(rows) => onTerms({ rows })} />
        </Fold>
      )}
      <Fold title={t('precision')} state={words.precision(terms.precision)} on={Boolean(terms.precision)}>
        <PrecisionChoice precision={terms.precision ?? null} onPrecision={(precision) => onTerms({ precision })} />
      </Fold>
      <Fold title={t('zoom')} state={words.depth(terms.maxZoom)} on={terms.maxZoom != null}>
        <Select
          label={t('zoomLabel')}
          data={[
            { value: '', label: t('anyDepth') },
            ...DEPTHS.map((z) => ({ value: String(z), label: t('depthOption', { depth: t(`depth.${z}`), zoom: z }) })),
          ]}
          value={terms.maxZoom == null ? '' : String(terms.maxZoom)}
          onChange={(value) => onTerms({ maxZoom: value ? Number(value) : null })}
          allowDeselect={false}
          openOnFocus={false}
        />
        <p className="sm mut">{t('zoomHint')}</p>
      </Fold>
      <Fold title={t('quota')} state={words.quota(terms.quota)} on={Boolean(terms.quota)}>
        {[QUOTA_DAILY, QUOTA_TOTAL].map((names, i) => (
          <fieldset key={names[0]} className="terms-amounts">
            <legend className="sm mut">{t(i === 0 ? 'perDay' : 'inAll')}</legend>
            {names.map((name) => (
              <NumberInput
                key={name}
                size="xs"
                label={t(`amount.${QUOTA_TOTAL[names.indexOf(name as never)]}`)}
                placeholder={t('unlimited')}
                min={1}
                max={1_000_000_000}
                allowDecimal={false}
                allowNegative={false}
                hideControls
                thousandSeparator=","
                value={terms.quota?.[name] ?? ''}
                onChange={(value) => onTerms({ quota: withQuota(terms.quota, name, value === '' ? null : Number(value)) })}
              />
            ))}
          </fieldset>
        ))}
        <p className="sm mut">{t('quotaHint')}</p>
      </Fold>
    </div>
  );
}

function Fold({ title, state, on, children }: { title: string; state: string; on: boolean; children: ReactNode }) {
  return (
    <details className="terms-fold">
      <summary>
        <span>{title}</span>
        <span className={on ? 'b t-acc' : 'mut'}>{state}</span>
      </summary>
      <div className="terms-fold-body">{children}</div>
    </details>
  );
}

/** A condition in the words of CQL2, with the fields to choose from and how many features it leaves. */
function Rows({ layer, rows, onRows }: { layer: Collection; rows: string; onRows: (rows: string | null) => void }) {
  const { t } = useTranslation('terms');
  const pick = usePick();
  const box = useRef<HTMLTextAreaElement>(null);
  const insert = (name: string) => {
    const at = box.current?.selectionStart ?? rows.length;
    const next = insertName(rows, at, name);
    onRows(next.text);
    requestAnimationFrame(() => {
      box.current?.focus();
      box.current?.setSelectionRange(next.at, next.at);
    });
  };
  const first = layer.yutu.fields.find((f) => f.codes?.length);
  return (
    <>
      <Textarea
        ref={box}
        label={t('rowsLabel')}
        placeholder={first ? `${first.name} = '${first.codes![0]!.value}'` : undefined}
        value={rows}
        onChange={(e) => onRows(e.currentTarget.value === '' ? null : e.currentTarget.value)}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={20_000}
        classNames={{ input: 'mono' }}
        data-testid="terms-rows"
      />
      <Matches layer={layer} rows={rows} />
      <details className="terms-names">
        <summary className="sm">{t('fields')}</summary>
        <ul>
          {layer.yutu.fields.map((field) => (
            <li key={field.name}>
              <button
                type="button"
                className="chip line mono"
                aria-label={t('insert', { name: pick(field, 'title') })}
                onClick={() => insert(field.name)}
              >
                {field.name}
              </button>
              <span className="sm">{pick(field, 'title')}</span>
              {field.codes && (
                <span className="sm mut">
                  {field.codes
                    .slice(0, 8)
                    .map((c) => `${c.value} ${pick(c, 'label')}`)
                    .join(' · ')}
                </span>
              )}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

function Matches({ layer, rows }: { layer: Collection; rows: string }) {
  const { t } = useTranslation('terms');
  const { number } = useFormat();
  const [asked] = useDebouncedValue(rowsOf(rows), 400);
  const all = useCount(layer.id);
  const some = useCount(layer.id, { filter: asked }, asked !== null);
  if (asked === null) return <p className="sm mut">{t('rowsHint')}</p>;
  if (some.isError)
    return (
      <p className="sm t-bad" role="alert">
        {some.error.message}
      </p>
    );
  return (
    <p className="sm t-ok row g1" aria-live="polite" data-testid="terms-matches">
      {some.data != null && !some.isPlaceholderData && (
        <>
          <IconCheck size={14} aria-hidden />
          {t('matches', { count: number(some.data) as never, total: number(all.data ?? 0) })}
        </>
      )}
    </p>
  );
}

function PrecisionChoice({
  precision,
  onPrecision,
}: {
  precision: Precision | null;
  onPrecision: (precision: Precision | null) => void;
}) {
  const { t } = useTranslation('terms');
  const metres = precision?.metres ?? 100;
  return (
    <>
      <fieldset className="terms-precisions">
        <legend className="sr-only">{t('precision')}</legend>
        {(['exact', ...PRECISIONS] as const).map((kind) => (
          <label key={kind} className={`terms-card ${(precision?.kind ?? 'exact') === kind ? 'on' : ''}`}>
            <input
              type="radio"
              className="wf-radio"
              name="precision"
              checked={(precision?.kind ?? 'exact') === kind}
              onChange={() => onPrecision(kind === 'exact' ? null : { kind, metres })}
            />
            <PrecisionPicture kind={kind} />
            <span className="b">{t(`kind.${kind}`)}</span>
            <span className="sm mut">{t(`kindText.${kind}`)}</span>
          </label>
        ))}
      </fieldset>
      {precision && (
        <NumberInput
          label={t('metres')}
          min={1}
          max={100_000}
          allowDecimal={false}
          allowNegative={false}
          value={precision.metres}
          onChange={(value) => Number(value) >= 1 && onPrecision({ ...precision, metres: Math.min(100_000, Number(value)) })}
          suffix={t('metresSuffix')}
          step={50}
        />
      )}
    </>
  );
}
