import type { Collection } from '../../api/types';
import { usePick, useTranslation } from '../../i18n';
import { useFormat } from '../../i18n/format';
import { addWorkingDays, today } from '../days';
import { useList } from '../parts';
import type { useCart } from './useCart';

interface Props {
  open: Collection[];
  blocked: boolean;
  cart: ReturnType<typeof useCart>;
  onSubmit: () => void;
}

/** When the answer is to be expected, who gives it, and the two ways on. Submitting is never disabled for want of answers. */
export function Footer({ open, blocked, cart, onSubmit }: Props) {
  const { t } = useTranslation('requests');
  const { day } = useFormat();
  const pick = usePick();
  const list = useList();
  if (blocked) return null;
  const asked = open.filter((l) => l.yutu.sharing.class === 'conditional');
  const days = Math.max(0, ...asked.map((l) => l.yutu.policy.answerDays));
  const owners = [...new Set(asked.map((l) => pick(l.yutu.owner, 'title')))];
  return (
    <div className="wf-drawer-foot">
      <div className="grow">
        {asked.length === 0 ? (
          <div className="wf-due bb">{t('drawer.instant')}</div>
        ) : (
          <>
            <div className="wf-due" title={t('drawer.estimate')}>
              <span className="bb">{t('drawer.answerBy', { day: day(addWorkingDays(today(), days)) })}</span>
              <span className="mut"> · {t('drawer.workdays', { count: days })}</span>
            </div>
            <div className="sm mut">{t('drawer.decider', { owners: list(owners) })}</div>
            <div className="sr-only">{t('drawer.estimate')}</div>
          </>
        )}
      </div>
      {asked.length > 0 && (
        <button type="button" className="btn" onClick={() => void cart.save()}>
          {t('drawer.saveDraft')}
        </button>
      )}
      <button
        type="button"
        className="btn p"
        data-testid="request-submit"
        aria-busy={cart.busy || undefined}
        onClick={() => !cart.busy && onSubmit()}
      >
        {asked.length === 0
          ? t('drawer.take')
          : open.length > 1
            ? t('drawer.submitMany', { count: open.length })
            : t('drawer.submit')}
      </button>
    </div>
  );
}
