import type { ShareRequest } from '../api/types';
import { useTranslation } from '../i18n';
import { difference, sideOf } from '../requests/diff';
import { useDivisionNames, useFieldNames } from '../requests/OfferTable';
import { useActionWords, useAreaWords, useList } from '../requests/parts';
import { useTermsWords } from '../requests/terms/useTermsWords';
import { PreviewAs } from '../sharing';
import { type Answer, given, givenDivisions, tidy } from './decision';

/** 对方将看到: the answer in the applicant's words, what is left out included. */
export function Preview({ request, answer }: { request: ShareRequest; answer: Answer }) {
  const { t } = useTranslation('inbox');
  const { t: r } = useTranslation('requests');
  const { t: terms } = useTranslation('terms');
  const words = useTermsWords();
  const list = useList();
  const actions = useActionWords();
  const area = useAreaWords();
  const names = useDivisionNames();
  const field = useFieldNames(request.layer.id);
  const grant = given(answer, request);
  if (!grant) {
    return (
      <div className="tip">
        <h3>{t('decision.preview')}</h3>
        <div className="mut">{t(`decision.previewNothing.${answer.outcome}`)}</div>
      </div>
    );
  }
  const d = difference(request, sideOf(grant, request.area));
  const coded = grant.fields.filter((f) => f.form !== 'value').map((f) => field(f.name));
  const divisions = givenDivisions(grant);
  const leftOut = [
    ...names(d.area.leftOut),
    ...d.fields.dropped.map(field),
    ...(d.fields.coded.length > 0 ? [r('within', { what: list(d.fields.coded.map(field)), detail: r('form.value') })] : []),
    ...(d.actions.dropped.length > 0 ? [actions(d.actions.dropped)] : []),
  ];
  return (
    <section className="tip" aria-label={t('decision.preview')}>
      <h3>{t('decision.preview')}</h3>
      <dl className="dl sm inbox-preview">
        <dt>{t('decision.previewRow.area')}</dt>
        <dd>
          {divisions
            ? list(names(divisions))
            : grant.area === null
              ? r('area.everywhere')
              : 'jurisdiction' in grant.area
                ? terms('jurisdiction')
                : `${area.label(request.area)} ${area.size(request.area)}`}
        </dd>
        <dt>{t('decision.previewRow.fields')}</dt>
        <dd>
          {t('decision.fields', { count: grant.fields.length })}
          {coded.length > 0 && `${r('clause')}${r('detail.withCodes', { names: list(coded) })}`}
        </dd>
        {grant.rows && (
          <>
            <dt>{terms('rows')}</dt>
            <dd className="mono">{grant.rows}</dd>
          </>
        )}
        {grant.precision && (
          <>
            <dt>{terms('precision')}</dt>
            <dd>{words.precision(grant.precision)}</dd>
          </>
        )}
        {grant.maxZoom != null && (
          <>
            <dt>{terms('zoom')}</dt>
            <dd>{words.depth(grant.maxZoom)}</dd>
          </>
        )}
        {grant.quota && (
          <>
            <dt>{terms('quota')}</dt>
            <dd>{words.quota(grant.quota)}</dd>
          </>
        )}
        <dt>{t('decision.previewRow.actions')}</dt>
        <dd>{actions(grant.actions)}</dd>
        <dt>{t('decision.previewRow.term')}</dt>
        <dd>{t('decision.untilDay', { day: grant.until })}</dd>
        <dt>{t('decision.previewRow.leftOut')}</dt>
        <dd className={leftOut.length > 0 ? 't-bad' : 'mut'}>{leftOut.length > 0 ? list(leftOut) : t('decision.nothingLeft')}</dd>
      </dl>
      <div className="inbox-preview-as">
        <PreviewAs
          wish={{
            layer: request.layer.id,
            as: `organisation:${request.applicant.organisation.id}`,
            request: request.id,
            grant: tidy(grant),
          }}
        />
      </div>
    </section>
  );
}
