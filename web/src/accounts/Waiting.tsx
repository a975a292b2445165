import type { AccountChange, Sheet as SheetOf } from '@yutu/contract';
import { useState } from 'react';
import { useAccountChanges, useConfirmChange, useEndChange } from '../api/accounts';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Confirm } from '../requests/Confirm';
import { Failed } from '../requests/parts';
import { Table } from '../requests/Table';
import { Sheet } from './Sheet';
import { Unsent } from './Unsent';

type Step = { change: AccountChange; deed: 'confirm' | 'decline' | 'withdraw' };

/** What waits for a second person: others' changes to confirm, one's own to withdraw. */
export function WaitingChanges() {
  const { t } = useTranslation('accounts');
  const pick = usePick();
  const list = useAccountChanges();
  const confirm = useConfirmChange();
  const end = useEndChange();
  const [step, setStep] = useState<Step | null>(null);
  const [sheet, setSheet] = useState<SheetOf | null>(null);
  const changes = list.data?.changes ?? [];
  const error = confirm.error ?? end.error;

  const go = ({ change, deed }: Step) => {
    const over = (text: string) => {
      setStep(null);
      toast({ text });
    };
    confirm.reset();
    end.reset();
    const name = pick(change, 'name');
    if (deed !== 'confirm') {
      end.mutate(change.id, { onSuccess: () => over(t(deed === 'decline' ? 'wait.declined' : 'wait.withdrawn', { name })) });
      return;
    }
    confirm.mutate(change.id, {
      onSuccess: (done) => {
        setSheet(done.sheet);
        over(t(done.mailed ? 'wait.mailed' : 'wait.confirmed', { name }));
      },
    });
  };

  if (sheet) return <Sheet sheet={sheet} onClose={() => setSheet(null)} />;
  return (
    <section className="card" aria-labelledby="accounts-waiting">
      <div className="card-h">
        <h2 id="accounts-waiting">{t('wait.title')}</h2>
        {changes.length > 0 && <span className="mut">{t('wait.count', { count: changes.length })}</span>}
      </div>
      {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && changes.length === 0 && <p className="wf-card-pad mut">{t('wait.none')}</p>}
      {changes.length > 0 && <ChangeTable changes={changes} onStep={setStep} />}
      <Unsent mails={list.data?.unsent ?? []} />
      {step && (
        <Confirm
          title={t(`wait.${step.deed}Of`, { name: pick(step.change, 'name') })}
          yes={t(`wait.${step.deed}`)}
          danger={step.deed !== 'confirm'}
          busy={confirm.isPending || end.isPending}
          onYes={() => go(step)}
          onClose={() => setStep(null)}
        >
          <ChangeWords change={step.change} />
          {step.deed === 'confirm' && <p className="mut">{t(`wait.link.${step.change.link ?? 'none'}`)}</p>}
          {error && (
            <p className="t-bad" role="alert">
              {error.message}
            </p>
          )}
        </Confirm>
      )}
    </section>
  );
}

/** What is to be set, with what is. */
function ChangeWords({ change }: { change: AccountChange }) {
  const { t } = useTranslation('accounts');
  const pick = usePick();
  const roles = (of: AccountChange['roles']) => of.map((role) => t(`session:roles.${role}`)).join(' · ');
  const { to } = change;
  const rows: [string, string, string | null][] = [
    [t('organisation'), pick(change.organisation, 'title'), to.organisation && pick(to.organisation, 'title')],
    [t('roles'), roles(change.roles), to.roles && roles(to.roles)],
    [t('mail'), change.mail ?? t('noMail'), change.kind === 'mail' ? (to.mail ?? t('noMail')) : null],
  ];
  return (
    <dl className="accounts-change">
      {rows.map(([label, is, will]) => (
        <div key={label}>
          <dt className="mut">{label}</dt>
          <dd>
            {will !== null && will !== is ? (
              <>
                <del>{is}</del> → <ins className="b">{will}</ins>
              </>
            ) : (
              is
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function ChangeTable({ changes, onStep }: { changes: AccountChange[]; onStep: (step: Step) => void }) {
  const { t } = useTranslation('accounts');
  const pick = usePick();
  const { time } = useFormat();
  return (
    <Table
      label={t('wait.title')}
      columns={[t('name'), t('wait.what'), t('wait.change'), t('wait.by')]}
      action={t('columnAction')}
    >
      {changes.map((change) => (
        <tr key={change.id}>
          <th scope="row" className="accounts-name">
            {pick(change, 'name')}
            <br />
            <span className="mono dim">{change.username}</span>
          </th>
          <td className="accounts-cell">
            {t(`wait.kind.${change.kind}`)}
            <br />
            {change.lapsed ? (
              <span className="t-bad">{t('wait.lapsed', { time: time(change.until) })}</span>
            ) : (
              <span className="sm mut">{t('wait.until', { time: time(change.until) })}</span>
            )}
          </td>
          <td className="accounts-cell">
            <ChangeWords change={change} />
          </td>
          <td className="accounts-cell">
            {change.office === 'machine' || change.office === 'service' ? t(`wait.office.${change.office}`) : change.by}
            <br />
            <span className="sm mut">{time(change.at)}</span>
          </td>
          <td className="num">
            <span className="row">
              {change.can.map((deed) => (
                <button
                  key={deed}
                  type="button"
                  className={deed === 'confirm' ? 'btn s p' : 'btn s'}
                  aria-label={t(`wait.${deed}Of`, { name: pick(change, 'name') })}
                  onClick={() => onStep({ change, deed })}
                >
                  {t(`wait.${deed}`)}
                </button>
              ))}
            </span>
          </td>
        </tr>
      ))}
    </Table>
  );
}
