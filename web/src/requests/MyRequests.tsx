import { IconInbox, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useRequest, useRequests } from '../api/queries';
import type { ShareRequest } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { byUrgency } from './clock';
import { today } from './days';
import { ClockWords, Empty, Failed, StandingChip, useActionWords, Waiting, WorkClock } from './parts';
import { RequestDetail } from './RequestDetail';
import { GROUPS, type Group, groupOf, standing } from './status';

/** What my organisation asked for: the list on the left, one request with its answer on the right. */
export function MyRequests() {
  const { t } = useTranslation('requests');
  const navigate = useNavigate();
  const { id } = useSearch({ strict: false }) as { id?: string };
  const list = useRequests('mine');
  const [group, setGroup] = useState<Group>('all');
  const requests = list.data ?? [];
  const shown = sorted(requests.filter((r) => group === 'all' || groupOf(r) === group));
  const select = (next: string | undefined) =>
    void navigate({ to: '.', search: (now: Record<string, unknown>) => ({ ...now, id: next }) });
  const current = id ?? shown[0]?.id;

  return (
    <div className={`wf-split ${id ? 'picked' : ''}`}>
      <section className="wf-list" aria-label={t('mine.list')}>
        <div className="wf-list-head">
          <div className="row between">
            <h1>{t('mine.title')}</h1>
            <Link className="btn p" to="/catalogue">
              <IconPlus size={16} aria-hidden />
              {t('mine.new')}
            </Link>
          </div>
          <div className="wf-tabs" role="tablist" aria-label={t('mine.list')}>
            {GROUPS.map((g) => (
              <button
                key={g}
                type="button"
                role="tab"
                aria-selected={g === group}
                aria-controls="my-requests"
                onClick={() => setGroup(g)}
              >
                {t(`mine.group.${g}`)} {g === 'all' ? requests.length : requests.filter((r) => groupOf(r) === g).length}
              </button>
            ))}
          </div>
        </div>
        <div id="my-requests" role="tabpanel" aria-label={t(`mine.group.${group}`)} className="wf-items">
          {list.isPending && <Waiting />}
          {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
          {list.isSuccess && shown.length === 0 && <None all={requests.length === 0} />}
          {shown.map((r) => (
            <Item key={r.id} request={r} on={r.id === current} onPick={() => select(r.id)} />
          ))}
        </div>
        <div className="wf-list-foot">{t('mine.note')}</div>
      </section>
      <section className="wf-detail" aria-label={t('mine.title')}>
        {current ? (
          <One key={current} id={current} onBack={() => select(undefined)} />
        ) : (
          list.isSuccess && <Empty title={t('mine.pick')} />
        )}
      </section>
    </div>
  );
}

function One({ id, onBack }: { id: string; onBack: () => void }) {
  const { t } = useTranslation('requests');
  const one = useRequest(id);
  if (one.isPending) return <Waiting />;
  if (one.isError) {
    return (
      <>
        <button type="button" className="btn g s wf-back" onClick={onBack}>
          {t('back')}
        </button>
        <Failed error={one.error} retry={() => void one.refetch()} />
      </>
    );
  }
  return <RequestDetail request={one.data} onBack={onBack} />;
}

/** What waits for me, then what waits for others by due day, then the rest, newest first. */
function sorted(requests: ShareRequest[]): ShareRequest[] {
  const rank = { yours: 0, theirs: 1, given: 2, ended: 2 };
  const newest = (r: ShareRequest) => r.decision?.at ?? r.submittedAt ?? r.createdAt;
  return [...requests].sort((a, b) => {
    const [x, y] = [groupOf(a), groupOf(b)];
    return rank[x] - rank[y] || (x === 'theirs' ? byUrgency(a, b) : newest(b).localeCompare(newest(a)));
  });
}

function Item({ request, on, onPick }: { request: ShareRequest; on: boolean; onPick: () => void }) {
  const pick = usePick();
  const { clock } = request;
  const waits = groupOf(request) === 'theirs' && clock;
  return (
    <button type="button" className="wf-item" aria-current={on} onClick={onPick}>
      <span className="wf-item-title bb el">{pick(request.layer, 'title')}</span>
      <StandingChip request={request} />
      <span className="mut el">
        {pick(request.layer.owner, 'title')} · <span className="dim">{useHint(request)}</span>
      </span>
      <span className="sm mut nw">{waits ? <ClockWords clock={clock} /> : <End request={request} />}</span>
      <span className="mono dim">{request.number}</span>
      <span>{waits && <WorkClock clock={clock} words={false} />}</span>
    </button>
  );
}

function useHint(request: ShareRequest): string {
  const { t } = useTranslation('requests');
  const actions = useActionWords();
  const at = standing(request);
  if (request.grant && ['granted', 'narrower', 'future'].includes(at)) return actions(request.grant.actions);
  if (at === 'revoked') return request.grant?.revokedReason ?? '';
  if (at === 'refused') return request.decision?.reason ?? '';
  return t(`mine.hint.${at}`, { defaultValue: '' });
}

function End({ request }: { request: ShareRequest }) {
  const { t } = useTranslation('requests');
  const { grant } = request;
  if (grant && (grant.status === 'active' || grant.status === 'future')) return t('mine.until', { day: grant.until });
  const at = grant?.revokedAt ?? (grant?.status === 'expired' ? grant.until : null) ?? request.decision?.at ?? request.createdAt;
  return t('mine.endedOn', { day: at.length === 10 ? at : today(new Date(at)) });
}

function None({ all }: { all: boolean }) {
  const { t } = useTranslation('requests');
  return (
    <Empty icon={<IconInbox size={20} aria-hidden className="dim" />} title={t(all ? 'mine.none' : 'mine.noneHere')}>
      {all && (
        <>
          {t('mine.noneText')} <Link to="/catalogue">{t('mine.toCatalogue')}</Link>
        </>
      )}
    </Empty>
  );
}
