import { useNavigate, useSearch } from '@tanstack/react-router';
import { useRequest, useRequests } from '../api/queries';
import type { ShareRequest } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { byUrgency, clockFace } from '../requests/clock';
import { Chip, ClockWords, Empty, Failed, StandingChip, Waiting, WorkClock } from '../requests/parts';
import { Explain, Share } from '../sharing';
import { Case } from './Case';
import { Grants } from './Grants';
import './inbox.css';
import './words';

const TABS = ['queue', 'grants', 'share', 'access'] as const;

/** The steward's desk: requests by due day, or the grants in force on the steward's layers. */
export function Inbox() {
  const { t } = useTranslation('inbox');
  const navigate = useNavigate();
  const { tab = 'queue' } = useSearch({ strict: false }) as { tab?: string };
  const go = (next: string) =>
    void navigate({
      to: '.',
      search: (now: Record<string, unknown>) => ({ ...now, tab: next === 'queue' ? undefined : next, id: undefined }),
    });
  const tabs = (
    <div className="wf-tabs" role="tablist" aria-label={t('title')}>
      {TABS.map((name) => (
        <button key={name} type="button" role="tab" aria-selected={tab === name} onClick={() => go(name)}>
          {t(`tab.${name}`)}
        </button>
      ))}
    </div>
  );
  if (tab === 'grants') return <Grants tabs={tabs} />;
  if (tab === 'share') return <Share tabs={tabs} />;
  if (tab === 'access')
    return (
      <div className="wf-page">
        <header className="wf-page-head inbox-grants-head">
          <h1>{t('tab.access')}</h1>
          {tabs}
        </header>
        <div className="wf-page-body">
          <Explain />
        </div>
      </div>
    );
  return <Queue tabs={tabs} />;
}

function Queue({ tabs }: { tabs: React.ReactNode }) {
  const { t } = useTranslation('inbox');
  const navigate = useNavigate();
  const { id } = useSearch({ strict: false }) as { id?: string };
  const list = useRequests('inbox');
  const waits = (r: ShareRequest) => r.can.includes('decide') || r.can.includes('answer_extension');
  const queue = (list.data ?? []).filter((r) => waits(r) || r.status === 'correction').sort(byUrgency);
  const select = (next: string | undefined) =>
    void navigate({ to: '.', search: (now: Record<string, unknown>) => ({ ...now, id: next }) });
  const current = id ?? queue.find(waits)?.id ?? queue[0]?.id;

  return (
    <div className={`wf-split ${id ? 'picked' : ''}`}>
      <section className="wf-list queue" aria-label={t('queue')}>
        <div className="wf-list-head">
          <h1>{t('title')}</h1>
          {tabs}
          <Tally queue={queue} />
        </div>
        <div className="wf-items">
          {list.isPending && <Waiting />}
          {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
          {list.isSuccess && queue.length === 0 && <Empty title={t('none')}>{t('noneText')}</Empty>}
          {queue.map((r) => (
            <Item key={r.id} request={r} on={r.id === current} onPick={() => select(r.id)} />
          ))}
        </div>
        <div className="wf-list-foot">{t('foot')}</div>
      </section>
      {current ? (
        <One key={current} id={current} onDone={() => select(undefined)} />
      ) : (
        <section className="wf-detail" aria-label={t('title')} />
      )}
    </div>
  );
}

function One({ id, onDone }: { id: string; onDone: () => void }) {
  const { t } = useTranslation('inbox');
  const one = useRequest(id);
  if (one.isSuccess) return <Case request={one.data} onDone={onDone} />;
  return (
    <section className="wf-detail" aria-label={t('title')}>
      {one.isError ? <Failed error={one.error} retry={() => void one.refetch()} /> : <Waiting />}
    </section>
  );
}

function Item({ request, on, onPick }: { request: ShareRequest; on: boolean; onPick: () => void }) {
  const pick = usePick();
  const { clock } = request;
  return (
    <button type="button" className="wf-item" aria-current={on} onClick={onPick}>
      <span className="bb el">{pick(request.layer, 'title')}</span>
      <span>{request.status !== 'submitted' && <StandingChip request={request} />}</span>
      <span className="mut el">{pick(request.applicant.organisation, 'title')}</span>
      <span>{clock && <WorkClock clock={clock} words={false} />}</span>
      {clock && (
        <span className="wide">
          <ClockWords clock={clock} />
        </span>
      )}
    </button>
  );
}

function Tally({ queue }: { queue: ShareRequest[] }) {
  const { t } = useTranslation('inbox');
  const tones = queue.map((r) => (r.clock ? clockFace(r.clock).tone : 'calm'));
  const late = tones.filter((tone) => tone === 'late').length;
  const soon = tones.filter((tone) => tone === 'hot').length;
  const rest = queue.length - late - soon;
  if (late + soon === 0) return null;
  return (
    <div className="row g1 wrap inbox-tally">
      {late > 0 && <Chip tone="bad">{t('late', { count: late })}</Chip>}
      {soon > 0 && <Chip tone="warn">{t('soon', { count: soon })}</Chip>}
      {rest > 0 && <Chip>{t('rest', { count: rest })}</Chip>}
    </div>
  );
}
