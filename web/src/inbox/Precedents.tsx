import type { ShareRequest } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { ScrollX } from '../requests/ScrollX';

/** How requests of the kind were answered before. */
export function Precedents({ precedents }: { precedents: NonNullable<ShareRequest['precedents']> }) {
  const { t } = useTranslation('inbox');
  const { t: r } = useTranslation('requests');
  const pick = usePick();
  if (precedents.length === 0) return null;
  return (
    <section className="card">
      <div className="inbox-card-head">
        <h3>{t('precedent.title')}</h3>
      </div>
      <ScrollX label={t('precedent.title')}>
        <table className="inbox-fields">
          <thead className="sr-only">
            <tr>
              {['organisation', 'matter', 'outcome', 'days'].map((column) => (
                <th key={column} scope="col">
                  {t(`precedent.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {precedents.map((p, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: precedents carry no identity and do not change places
              <tr key={i}>
                <td>{pick(p, 'organisation')}</td>
                <td className="left mut">{p.matter}</td>
                <td className="left b">{r(`standing.${p.outcome}`)}</td>
                <td className="left mut">{t('precedent.took', { count: p.days })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </section>
  );
}
