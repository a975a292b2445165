import { useCollection, useDivisions } from '../api/queries';
import type { FieldAsk, ShareRequest } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { AreaShown } from './AreaPane';
import { difference } from './diff';
import { useActionWords, useAreaWords, useList } from './parts';
import { ScrollX } from './ScrollX';

/** Asked beside given, line by line; lines that differ are tinted, what is left out is named. Without an answer, what was asked. */
export function OfferTable({ request }: { request: ShareRequest }) {
  const { t } = useTranslation('requests');
  const words = useAreaWords();
  const actions = useActionWords();
  const list = useList();
  const divisionNames = useDivisionNames();
  const field = useFieldNames(request.layer.id);
  const { grant } = request;
  const d = grant && difference(request, grant);
  const row = (differs: boolean) => (d && differs ? 'ch' : undefined);
  const fieldsOf = (fields: FieldAsk[]) => {
    const coded = fields.filter((f) => f.form !== 'value').map((f) => field(f.name));
    return [t('detail.fieldsCount', { count: fields.length }), coded.length > 0 && t('detail.withCodes', { names: list(coded) })]
      .filter(Boolean)
      .join(t('clause'));
  };

  return (
    <ScrollX label={t('detail.compare')}>
      <table className={`wf-diff ${grant ? 'two' : ''}`}>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('detail.asked')}</th>
            {grant && <th scope="col">{t('detail.given')}</th>}
          </tr>
        </thead>
        <tbody>
          <tr className={row(!d?.area.same)}>
            <th scope="row">{t('field.area')}</th>
            <td>
              <AreaShown area={request.area} height={196} label={t('detail.mapAsked')} />
              <div className="sm">
                {words.label(request.area)} {words.size(request.area)}
              </div>
            </td>
            {grant && d && (
              <td>
                <AreaShown area={grant.area} asked={request.area} height={196} label={t('detail.mapGiven')} />
                <div className="sm">
                  {words.label(grant.area)} {words.size(grant.area)}
                  {!d.area.same && (
                    <span className="b">
                      {t('clause')}
                      {d.area.leftOut.length > 0
                        ? t('detail.less', { names: list(divisionNames(d.area.leftOut)) })
                        : t('detail.smaller')}
                    </span>
                  )}
                </div>
              </td>
            )}
          </tr>
          <tr className={row(!d?.fields.same)}>
            <th scope="row">{t('field.fields')}</th>
            <td>{fieldsOf(request.fields)}</td>
            {grant && d && (
              <td>
                {d.fields.same ? (
                  t('detail.asAsked')
                ) : (
                  <>
                    {t('detail.fieldsCount', { count: (grant.fields ?? request.fields).length })}
                    <span className="b">
                      {d.fields.coded.length > 0 &&
                        `${t('clause')}${t('detail.fieldsCoded', { names: list(d.fields.coded.map(field)) })}`}
                      {d.fields.dropped.length > 0 &&
                        `${t('clause')}${t('detail.fieldsDropped', { names: list(d.fields.dropped.map(field)) })}`}
                    </span>
                  </>
                )}
              </td>
            )}
          </tr>
          <tr className={row(!d?.actions.same)}>
            <th scope="row">{t('field.actions')}</th>
            <td>{actions(request.actions)}</td>
            {grant && d && (
              <td>
                {d.actions.same ? (
                  t('detail.asAsked')
                ) : (
                  <>
                    {actions(grant.actions)}
                    {t('clause')}
                    <span className="b">{t('detail.dropped', { names: actions(d.actions.dropped) })}</span>
                  </>
                )}
              </td>
            )}
          </tr>
          <tr className={row(!d?.term.same)}>
            <th scope="row">{t('field.term')}</th>
            <td>{term(request.from, request.until, t)}</td>
            {grant && d && (
              <td className={d.term.same ? undefined : 'b'}>
                {d.term.same ? t('detail.asAsked') : term(grant.from, grant.until, t)}
              </td>
            )}
          </tr>
        </tbody>
      </table>
    </ScrollX>
  );
}

function term(from: string | null, until: string | null, t: (key: string, values: Record<string, string>) => string): string {
  if (!until) return '';
  return from ? t('detail.fromUntil', { from, until }) : t('detail.until', { day: until });
}

/** Field names as people read them; the raw name when the layer is not known. */
export function useFieldNames(layer: string): (name: string) => string {
  const pick = usePick();
  const { data } = useCollection(layer);
  return (name) => {
    const found = data?.yutu.fields.find((f) => f.name === name);
    return found ? pick(found, 'title') : name;
  };
}

export function useDivisionNames(): (codes: string[]) => string[] {
  const pick = usePick();
  const { data } = useDivisions();
  return (codes) =>
    codes.map((code) => {
      const found = data?.find((d) => d.code === code);
      return found ? pick(found, 'name') : code;
    });
}
