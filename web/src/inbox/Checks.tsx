import type { ShareRequest } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { Chip, useActionWords, useAreaWords } from '../requests/parts';
import { ScrollX } from '../requests/ScrollX';

/** Asked beside what the sharing condition allows; what goes beyond is named and tinted, never by colour alone. */
export function Checks({ request }: { request: ShareRequest }) {
  const { t } = useTranslation('inbox');
  const { t: r } = useTranslation('requests');
  const pick = usePick();
  const area = useAreaWords();
  const actions = useActionWords();
  const checks = request.checks;
  return (
    <ScrollX label={t('check.title')} className="card inbox-checks">
      <table className="inbox-cmp">
        <caption className="sr-only">{t('check.title')}</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('check.asked')}</th>
            {checks && <th scope="col">{t('check.allowed')}</th>}
            {checks && (
              <th scope="col">
                <span className="sr-only">{t('check.result')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {checks?.map((check) => (
            <tr key={check.item}>
              <th scope="row">{t(`check.${check.item}`)}</th>
              <td>{pick(check, 'asked')}</td>
              <td>{pick(check, 'allowed')}</td>
              <td>
                {check.ok === null ? (
                  <Chip>{t('check.look')}</Chip>
                ) : check.ok ? (
                  <Chip tone="ok">{t('check.ok')}</Chip>
                ) : (
                  <Chip tone="warn">{pick(check, 'excess') || t('check.over')}</Chip>
                )}
              </td>
            </tr>
          ))}
          {!checks && (
            <>
              <tr>
                <th scope="row">{t('check.area')}</th>
                <td>
                  {area.label(request.area)} {area.size(request.area)}
                </td>
              </tr>
              <tr>
                <th scope="row">{t('check.fields')}</th>
                <td>{r('detail.fieldsCount', { count: request.fields.length })}</td>
              </tr>
              <tr>
                <th scope="row">{t('check.actions')}</th>
                <td>{actions(request.actions)}</td>
              </tr>
              <tr>
                <th scope="row">{t('check.term')}</th>
                <td>{request.until && r('detail.until', { day: request.until })}</td>
              </tr>
            </>
          )}
        </tbody>
      </table>
    </ScrollX>
  );
}
