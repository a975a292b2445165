import { TextInput } from '@mantine/core';
import type { Collection } from '../../api/types';
import { useTranslation } from '../../i18n';
import { isDay, today } from '../days';
import { lastDay, overTerm, type SharedAnswers } from './answers';
import { Fault, Line, placeId } from './Line';

const PRESETS = [3, 6, 12];

interface Props {
  layer: Collection;
  answers: SharedAnswers;
  onTerm: (term: Partial<Pick<SharedAnswers, 'from' | 'until'>>) => void;
  errors: Partial<Record<'from' | 'until', string>>;
}

/** From when until when; the policy's longest term is said, and going over it is warned of, not forbidden. */
export function TermLine({ layer, answers, onTerm, errors }: Props) {
  const { t } = useTranslation('requests');
  const over = overTerm(answers, layer);
  const longest = layer.yutu.policy.maxMonths;
  const begin = isDay(answers.from) ? answers.from : today();
  return (
    <Line place="until" label={t('field.term')} group hint={t('ask.max', { count: longest })}>
      <div className="seg sm wf-presets">
        {PRESETS.map((months) => (
          <button
            key={months}
            type="button"
            aria-pressed={answers.until === lastDay(begin, months)}
            disabled={months > longest}
            title={months > longest ? t('ask.max', { count: longest }) : undefined}
            onClick={() => onTerm({ from: begin, until: lastDay(begin, months) })}
          >
            {t('ask.preset', { count: months })}
          </button>
        ))}
      </div>
      <div className="row wrap">
        <TextInput
          id={placeId('from')}
          type="date"
          aria-label={t('field.from')}
          value={answers.from}
          onChange={(e) => onTerm({ from: e.currentTarget.value })}
          error={Boolean(errors.from)}
          className="wf-date"
        />
        <span className="mut">{t('ask.to')}</span>
        <TextInput
          id={placeId('until')}
          type="date"
          aria-label={t('field.until')}
          value={answers.until}
          min={begin}
          max={lastDay(begin, longest)}
          onChange={(e) => onTerm({ until: e.currentTarget.value })}
          error={Boolean(errors.until)}
          className="wf-date"
        />
      </div>
      {over > 0 && <div className="sm t-warn wf-hint">{t('ask.overTerm', { count: over })}</div>}
      {errors.from && <Fault>{errors.from}</Fault>}
      {errors.until && <Fault>{errors.until}</Fault>}
    </Line>
  );
}
