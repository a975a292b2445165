import type { ShareRequest } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { standing } from './status';

/** How it went, oldest first, and what comes next. */
export function Timeline({ request }: { request: ShareRequest }) {
  const { t } = useTranslation('requests');
  const { time, day } = useFormat();
  const pick = usePick();
  const at = standing(request);
  // the history names accounts; the people of this request are known by name
  const who = (by: string) => {
    if (by === request.applicant.username) return pick(request.applicant, 'name');
    if (by === request.decision?.by) return request.decision.byName;
    return by === 'yutu' ? t('byPlatform') : by;
  };
  const last = request.history.length - 1;
  const next = at === 'waiting' || at === 'late' ? 'waiting' : at === 'correction' ? 'correction' : null;
  return (
    <section className="card wf-card-pad">
      <h3 className="wf-gap">{t('detail.timeline')}</h3>
      <ol className="wf-timeline">
        {request.history.map((entry, i) => (
          <li key={`${entry.at} ${entry.event}`} className={i === last ? 'now' : undefined}>
            <div className="b">{t(`event.${entry.event}`, { defaultValue: entry.event })}</div>
            <div className="sm mut">
              {time(entry.at)} · {who(entry.by)}
            </div>
            {entry.text && <div className="sm wf-reason">{entry.text}</div>}
          </li>
        ))}
        {next && (
          <li className="todo">
            <div>{t(`detail.next.${next}`)}</div>
            {next === 'waiting' && request.clock && (
              <div className="sm">{t('detail.nextBy', { day: day(request.clock.due) })}</div>
            )}
          </li>
        )}
      </ol>
    </section>
  );
}
