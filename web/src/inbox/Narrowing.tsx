import { Checkbox, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { ShareRequest } from '../api/types';
import { useTranslation } from '../i18n';
import { addDays, today } from '../requests/days';
import { useDivisionNames } from '../requests/OfferTable';
import { TermsEditor } from '../requests/terms/TermsEditor';
import { isUsable } from '../requests/usable';
import {
  type Answer,
  asAsked,
  givableDivisions,
  givenDivisions,
  type Lack,
  narrowed,
  toggleAction,
  toggleDivision,
} from './decision';
import { Lacking } from './Lacking';

interface Props {
  request: ShareRequest;
  answer: Answer;
  onAnswer: (answer: Answer) => void;
  lacking: Lack[];
}

/** What an answer in part gives: districts, actions, last day; the fields are set in the table beside. */
export function Narrowing({ request, answer, onAnswer, lacking }: Props) {
  const { t } = useTranslation('inbox');
  const { t: r } = useTranslation('requests');
  const names = useDivisionNames();
  const { t: terms } = useTranslation('terms');
  const { grant } = answer;
  const own = grant.area !== null && 'jurisdiction' in grant.area;
  const divisions = givenDivisions(grant);
  const others = (givableDivisions(request) ?? []).filter((code) => !divisions?.includes(code));
  const chip = (code: string, on: boolean) => {
    const [name] = names([code]);
    return (
      <button
        key={code}
        type="button"
        className={`chip ${on ? 'x' : 'line'}`}
        aria-label={t(on ? 'decision.removeDivision' : 'decision.addDivision', { name })}
        onClick={() => onAnswer(toggleDivision(answer, request, code))}
      >
        {name}
        {on ? <IconX size={14} aria-hidden /> : <IconPlus size={14} aria-hidden />}
      </button>
    );
  };
  return (
    <div className="inbox-narrowing">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid row */}
      <div role="group" aria-label={t('decision.area')}>
        <div className="sm mut">{t('decision.area')}</div>
        <div className="row g1 wrap" id="decision-area" tabIndex={-1}>
          {own && <span className="chip x">{terms('jurisdiction')}</span>}
          {divisions?.map((code) => chip(code, true))}
          {divisions && others.map((code) => chip(code, false))}
          {grant.area === null && <span className="chip x">{t('decision.everywhere')}</span>}
          {grant.area !== null && divisions === null && !own && <span className="chip x">{t('decision.redline')}</span>}
        </div>
        {(grant.area === null || divisions) && <div className="sm dim">{t('decision.mapHint')}</div>}
        {request.applicant.organisation.division && (
          <Checkbox
            size="xs"
            mt={6}
            label={terms('jurisdiction')}
            checked={own}
            onChange={(e) =>
              onAnswer(narrowed(answer, { area: e.currentTarget.checked ? { jurisdiction: true } : asAsked(request).area }))
            }
          />
        )}
        {lacking.includes('area') && <Lacking lack="area" outcome="narrower" />}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="group" aria-label={t('decision.actions')}>
        <div className="sm mut">{t('decision.actions')}</div>
        <div className="row g1 wrap" id="decision-actions" tabIndex={-1}>
          {request.actions.filter(isUsable).map((action) => {
            const on = grant.actions.includes(action);
            return (
              <button
                key={action}
                type="button"
                className={`chip ${on ? 'x' : 'line'}`}
                aria-pressed={on}
                onClick={() => onAnswer(toggleAction(answer, request, action))}
              >
                {r(`action.${action}`)}
              </button>
            );
          })}
          <span className="chip" id="decision-fields" tabIndex={-1}>
            {t('decision.fields', { count: grant.fields.length })}
          </span>
        </div>
        {lacking.includes('actions') && <Lacking lack="actions" outcome="narrower" />}
        {lacking.includes('fields') && <Lacking lack="fields" outcome="narrower" />}
      </div>
      <TextInput
        id="decision-until"
        type="date"
        label={t('decision.until')}
        value={grant.until}
        min={addDays(today(), 1)}
        max={request.until ?? undefined}
        onChange={(e) => onAnswer(narrowed(answer, { until: e.currentTarget.value }))}
        error={lacking.includes('until') ? t('decision.lack.until') : undefined}
      />
      <TermsEditor layer={request.layer.id} terms={grant} onTerms={(change) => onAnswer(narrowed(answer, change))} />
    </div>
  );
}
