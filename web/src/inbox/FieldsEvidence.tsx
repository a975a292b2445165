import { IconBan, IconCheck } from '@tabler/icons-react';
import { useCollection } from '../api/queries';
import type { Field, FieldForm, ShareRequest } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { Chip } from '../requests/parts';
import { ScrollX } from '../requests/ScrollX';
import { type Answer, given, setField } from './decision';

const FORMS: (FieldForm | null)[] = ['value', 'masked', 'code', null];

/**
 * Each field in the form the answer gives it; a change makes the answer one in part. Who does not decide reads what was asked and, once
 * that is decided, what was given.
 */
export function FieldsEvidence({
  request,
  answer,
  onAnswer,
}: {
  request: ShareRequest;
  answer: Answer;
  onAnswer?: (a: Answer) => void;
}) {
  const { t } = useTranslation('inbox');
  const { t: r } = useTranslation('requests');
  const pick = usePick();
  const { data: layer } = useCollection(request.layer.id);
  const grant = given(answer, request);
  const fields = layer?.yutu.fields ?? [];
  // a form that no field offers is not a column
  const forms = (onAnswer ? FORMS : []).filter((form) => form === null || fields.some((f) => f.offered.includes(form)));
  const asked = (name: string) => request.fields.find((f) => f.name === name)?.form ?? null;
  const decided = !onAnswer && (request.grant !== null || request.status === 'refused');
  const gave = ({ name, offered }: Field) => {
    const { fields: granted } = request.grant ?? { fields: [] };
    return (granted === null ? offered[0] : granted.find((f) => f.name === name)?.form) ?? 'none';
  };
  const gives = (name: string) => grant?.fields.find((f) => f.name === name)?.form ?? null;
  return (
    <section className="card" data-testid="fields-evidence">
      <div className="row between inbox-card-head">
        <h3>{t('fields.title')}</h3>
        {onAnswer && <span className="sm mut">{answer.outcome === 'narrower' ? t('fields.hint') : t('fields.hintFixed')}</span>}
      </div>
      <ScrollX label={t('fields.title')}>
        <table className="inbox-fields">
          <thead>
            <tr>
              <th scope="col">{t('fields.field')}</th>
              <th scope="col" className="left">
                {t('fields.level')}
              </th>
              <th scope="col">{t('fields.asked')}</th>
              <th scope="col">{t('fields.policy')}</th>
              {decided && <th scope="col">{t('fields.decided')}</th>}
              {forms.map((form) => (
                <th key={form ?? 'none'} scope="col">
                  {r(`form.${form ?? 'none'}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => {
              const title = pick(field, 'title');
              const ask = asked(field.name);
              return (
                <tr key={field.name} className={ask ? undefined : 'dim'}>
                  <th scope="row">{title}</th>
                  <td className="left">
                    {field.sensitivity === 'personal' ? (
                      <Chip tone="warn">{r('sensitivity.personal')}</Chip>
                    ) : (
                      <span className="mut">{r(`sensitivity.${field.sensitivity}`)}</span>
                    )}
                  </td>
                  <td>{ask ? <Asked form={r(`form.${ask}`)} inWords={!onAnswer} /> : <span aria-hidden="true">—</span>}</td>
                  <td>
                    <Policy field={field} ask={ask} />
                  </td>
                  {decided && <td>{ask ? r(`form.${gave(field)}`) : <span aria-hidden="true">—</span>}</td>}
                  {forms.map((form) => (
                    <td key={form ?? 'none'}>
                      <input
                        type="radio"
                        className="wf-radio"
                        name={`form-${field.name}`}
                        aria-label={`${title} ${r(`form.${form ?? 'none'}`)}`}
                        checked={gives(field.name) === form}
                        disabled={!onAnswer || !allowed(field, ask, form)}
                        onChange={() => onAnswer?.(setField(answer, field.name, form))}
                      />
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollX>
    </section>
  );
}

/** No more than was asked, and nothing the policy never gives. */
function allowed(field: Field, ask: FieldForm | null, form: FieldForm | null): boolean {
  if (form === null) return true;
  return ask !== null && field.offered.includes(form) && (ask === 'value' || ask === form);
}

const Asked = ({ form, inWords }: { form: string; inWords: boolean }) => (inWords ? <span>{form}</span> : <Yes label={form} />);

function Yes({ label }: { label: string }) {
  return (
    <span title={label}>
      <IconCheck size={16} aria-hidden />
      <span className="sr-only">{label}</span>
    </span>
  );
}

function Policy({ field, ask }: { field: Field; ask: FieldForm | null }) {
  const { t } = useTranslation('inbox');
  const { t: r } = useTranslation('requests');
  if (field.offered.length === 0 || (ask && field.offered[0] !== ask && field.sensitivity === 'personal')) {
    const text = field.offered.length === 0 ? t('fields.never') : r(`form.${field.offered[0]}`);
    return (
      <span title={text}>
        <IconBan size={16} aria-hidden className="t-bad" />
        <span className="sr-only">{text}</span>
      </span>
    );
  }
  return <Yes label={field.offered.map((f) => r(`form.${f}`)).join(r('separator'))} />;
}
