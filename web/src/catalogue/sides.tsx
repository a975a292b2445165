import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useDeclareUpdate } from '../api/queries';
import type { Collection } from '../api/types';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { Chip, ClassMark, useActionWords } from '../requests/parts';
import { useTermsWords } from '../requests/terms/useTermsWords';

/** What the reader may do here, where and until when. */
export function Mine({ layer }: { layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const pick = usePick();
  const actions = useActionWords();
  const words = useTermsWords();
  const { access } = layer.yutu;
  return (
    <section className="card">
      <div className="card-h">
        <h2>{t('mine.title')}</h2>
        <Chip tone={access.source === 'none' ? 'plain' : 'ok'}>{t(`mine.${access.source}`)}</Chip>
      </div>
      {access.source === 'none' ? (
        <div className="wf-card-pad mut">{t('mine.noneText')}</div>
      ) : (
        <dl className="dl wf-card-pad">
          <Pair name={t('mine.actions')}>{actions(access.actions)}</Pair>
          <Pair name={t('mine.area')}>{access.area ? pick(access.area, 'label') : t('mine.everywhere')}</Pair>
          {access.precision && <Pair name={t('terms:precision')}>{words.precision(access.precision)}</Pair>}
          {access.maxZoom != null && <Pair name={t('terms:zoom')}>{words.depth(access.maxZoom)}</Pair>}
          {access.until && <Pair name={t('mine.until')}>{access.until}</Pair>}
          {access.source === 'own' && (
            <Pair name="">
              <Link to="/audit" search={{ tab: 'usage', layer: layer.id }}>
                {t('usage')}
              </Link>
            </Pair>
          )}
        </dl>
      )}
    </section>
  );
}

/** Who has to keep it fresh, and whether they do. */
export function Duty({ layer }: { layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const pick = usePick();
  const { yutu } = layer;
  const late = yutu.overdueDays > 0;
  const owner = pick(yutu.owner, 'title');
  return (
    <section className="card">
      <div className="card-h">
        <h2>{t('duty.title')}</h2>
        <Chip tone={late ? 'bad' : 'ok'}>{t(late ? 'duty.late' : 'duty.onTime')}</Chip>
      </div>
      <div className="wf-card-pad">
        <div>{t('duty.text', { frequency: t(`frequency.${yutu.updateFrequency}`), owner })}</div>
        <div className="row between">
          <span className="mut">
            {yutu.lastUpdate ? t(`duty.at.${yutu.lastUpdateKind ?? 'defined'}`, { day: yutu.lastUpdate }) : t('neverUpdated')}
          </span>
          <span className="sm mut">{t('duty.next')}</span>
        </div>
        {yutu.lastEdit && <div className="mut">{t('duty.edited', { day: yutu.lastEdit })}</div>}
        {late && <div className="t-bad b">{t('duty.lateText', { count: yutu.overdueDays, owner })}</div>}
      </div>
      <Declare layer={layer} />
    </section>
  );
}

/** The owner's steward says that the layer is up to date; nothing else does. */
function Declare({ layer }: { layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const declare = useDeclareUpdate();
  const { access } = layer.yutu;
  if (access.source !== 'own' || !access.actions.includes('edit')) return null;
  const say = (kind: 'delivery' | 'no_change') =>
    declare.mutate({ layer: layer.id, kind }, { onSuccess: () => toast({ text: t('duty.declared') }) });
  return (
    <div className="wf-card-foot row wrap">
      {(['delivery', 'no_change'] as const).map((kind) => (
        <button key={kind} type="button" className="btn s" aria-busy={declare.isPending || undefined} onClick={() => say(kind)}>
          {t(`duty.${kind}`)}
        </button>
      ))}
      {declare.error && (
        <p className="t-bad" role="alert">
          {declare.error.message}
        </p>
      )}
    </div>
  );
}

/** Under which class it is shared, on which ground, and what a grant may give. */
export function Sharing({ layer }: { layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const pick = usePick();
  const actions = useActionWords();
  const { sharing, policy } = layer.yutu;
  const ground = pick(sharing, 'ground');
  const condition = pick(policy, 'condition');
  return (
    <section className="card" id="sharing">
      <div className="card-h">
        <h2>{t('sharing.title')}</h2>
        <ClassMark of={sharing.class} layer={layer} />
      </div>
      <dl className="dl wf-card-pad">
        {ground && <Pair name={t('sharing.ground')}>{ground}</Pair>}
        {condition && <Pair name={t('sharing.condition')}>{condition}</Pair>}
        {sharing.class !== 'withheld' && (
          <>
            <Pair name={t('sharing.actions')}>{actions(policy.actions)}</Pair>
            <Pair name={t('sharing.term')}>{t('sharing.months', { count: policy.maxMonths })}</Pair>
          </>
        )}
        {sharing.class === 'conditional' && (
          <Pair name={t('sharing.answer')}>{t('sharing.days', { count: policy.answerDays })}</Pair>
        )}
      </dl>
    </section>
  );
}

function Pair({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
