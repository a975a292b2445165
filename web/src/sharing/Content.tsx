import { MultiSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useDivisions } from '../api/queries';
import type { Collection, FieldForm } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { addDays, today } from '../requests/days';
import { TermsEditor } from '../requests/terms/TermsEditor';
import { type Draft, type DraftLack, EMERGENCY_DAYS, GIVABLE } from './draft';

interface Props {
  draft: Draft;
  onDraft: (change: Partial<Draft>) => void;
  /** The one layer shared; absent when there are several. */
  layer: Collection | undefined;
  lacking: DraftLack[];
}

/** How much is given: actions, fields, area, what narrows it further, term. */
export function Content({ draft, onDraft, layer, lacking }: Props) {
  const { t } = useTranslation('sharing');
  const { t: r } = useTranslation('requests');
  const pick = usePick();
  const { data: divisions = [] } = useDivisions();
  const fault = (lack: DraftLack) => (lacking.includes(lack) ? t(`share.lack.${lack}`) : undefined);
  const last = addDays(today(), EMERGENCY_DAYS);
  const places =
    draft.kind === 'emergency'
      ? (['divisions', 'jurisdiction'] as const)
      : (['everywhere', 'divisions', 'jurisdiction'] as const);
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid row */}
      <div role="group" aria-label={t('share.actions')}>
        <div className="share-label">{t('share.actions')}</div>
        <div className="row g1 wrap" id="share-actions" tabIndex={-1}>
          {GIVABLE.map((action) => {
            const on = draft.actions.includes(action);
            return (
              <button
                key={action}
                type="button"
                className={`chip ${on ? 'acc' : 'line'}`}
                aria-pressed={on}
                onClick={() => onDraft({ actions: GIVABLE.filter((a) => (a === action ? !on : draft.actions.includes(a))) })}
              >
                {r(`action.${action}`)}
              </button>
            );
          })}
        </div>
        <Fault text={fault('actions')} />
      </div>
      {layer ? (
        <Fields layer={layer} draft={draft} onDraft={onDraft} fault={fault('fields')} />
      ) : (
        draft.layers.length > 1 && <p className="sm mut">{t('share.fieldsAll')}</p>
      )}
      <div>
        <div className="share-label" id="share-area-label">
          {t('share.area')}
        </div>
        <SegmentedControl
          aria-labelledby="share-area-label"
          size="xs"
          value={draft.place}
          onChange={(place) => onDraft({ place: place as Draft['place'] })}
          data={places.map((value) => ({ value, label: t(`share.areaKinds.${value}`) }))}
        />
        {draft.place === 'jurisdiction' && <p className="sm mut">{t('share.areaText')}</p>}
        {draft.place === 'divisions' && (
          <MultiSelect
            mt={6}
            id="share-area"
            aria-label={t('share.divisions')}
            data={divisions.map((d) => ({ value: d.code, label: `${pick(d, 'name')} ${d.code}` }))}
            value={draft.divisions}
            onChange={(codes) => onDraft({ divisions: codes })}
            searchable
            hidePickedOptions
            openOnFocus={false}
            nothingFoundMessage={t('subject.none')}
            error={fault('area')}
          />
        )}
      </div>
      <TermsEditor {...(layer ? { layer: layer.id } : {})} terms={draft} onTerms={onDraft} />
      <TextInput
        id="share-until"
        type="date"
        label={t('share.until')}
        {...(draft.kind === 'emergency' ? { description: t('share.untilEmergency', { day: last }) } : {})}
        value={draft.until}
        min={addDays(today(), 1)}
        {...(draft.kind === 'emergency' ? { max: last } : {})}
        onChange={(e) => onDraft({ until: e.currentTarget.value })}
        error={fault('until')}
      />
    </>
  );
}

function Fault({ text }: { text: string | undefined }) {
  return text ? (
    <div className="sm t-bad" role="alert">
      {text}
    </div>
  ) : null;
}

/** Each field with the forms it offers, and not at all. */
function Fields({
  layer,
  draft,
  onDraft,
  fault,
}: { layer: Collection; fault: string | undefined } & Pick<Props, 'draft' | 'onDraft'>) {
  const { t } = useTranslation('sharing');
  const { t: r } = useTranslation('requests');
  const pick = usePick();
  const formOf = (name: string) => draft.fields.find((f) => f.name === name)?.form ?? null;
  const set = (name: string, form: FieldForm | null) =>
    onDraft({ fields: [...draft.fields.filter((f) => f.name !== name), ...(form ? [{ name, form }] : [])] });
  return (
    <details className="share-fields" open={Boolean(fault) || undefined}>
      <summary>
        <span className="share-label">{t('share.fields')}</span>{' '}
        <span className="mut">
          {draft.fields.length} / {layer.yutu.fields.length}
        </span>
      </summary>
      <ul id="share-fields" tabIndex={-1}>
        {layer.yutu.fields.map((field) => (
          <li key={field.name}>
            <span className="grow">{pick(field, 'title')}</span>
            {field.offered.length === 0 ? (
              <span className="sm dim">{r('form.none')}</span>
            ) : (
              <select
                aria-label={pick(field, 'title')}
                className="share-select"
                value={formOf(field.name) ?? ''}
                onChange={(e) => set(field.name, (e.currentTarget.value || null) as FieldForm | null)}
              >
                {field.offered.map((form) => (
                  <option key={form} value={form}>
                    {r(`form.${form}`)}
                  </option>
                ))}
                <option value="">{r('form.none')}</option>
              </select>
            )}
          </li>
        ))}
      </ul>
      <Fault text={fault} />
    </details>
  );
}
