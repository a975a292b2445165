import { Select } from '@mantine/core';
import { useState } from 'react';
import { type Answered, type Handed, type HandedKind, useAccept, useHandOver, useKeys } from '../api/credentials';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { Confirm } from '../requests/Confirm';
import { Chip } from '../requests/parts';

/** A person by name; the user name of one who is not known. */
function usePerson() {
  const pick = usePick();
  const { data } = useKeys();
  return (username: string) => {
    const found = data?.colleagues.find((c) => c.username === username);
    return found ? pick(found, 'name') : username;
  };
}

/** In a table: who answers for a credential, and who was asked to. */
export function HolderCell({ of, by }: { of: Answered & { offeredTo?: string | null }; by?: string }) {
  const { t } = useTranslation('keys');
  const person = usePerson();
  return (
    <td>
      {of.holder ? person(of.holder) : t('holder.nobody')}
      {by && by !== of.holder && <div className="sm mut">{t('holder.madeBy', { name: person(by) })}</div>}
      {of.offeredTo && <div className="sm mut">{t('holder.offeredTo', { name: person(of.offeredTo) })}</div>}
    </td>
  );
}

/** In a table: whether a credential is in force, and if not so why. */
export function StateCell({ of }: { of: Answered }) {
  const { t } = useTranslation('keys');
  return (
    <td>
      <Chip tone={of.state === 'live' ? 'ok' : of.state === 'ended' ? 'bad' : 'plain'}>{t(of.state)}</Chip>
      {of.ended && <div className="sm mut">{t(`endedBy.${of.ended}`)}</div>}
    </td>
  );
}

interface Props<T extends Handed> {
  kind: HandedKind;
  of: T;
  name: string;
  onHandOver: (of: T) => void;
  onAccept: (of: T) => void;
}

/** The buttons with which a credential changes hands, as far as I may. */
export function HandButtons<T extends Handed>({ of, name, onHandOver, onAccept }: Props<T>) {
  const { t } = useTranslation('keys');
  return (
    <>
      {of.can.includes('accept') && (
        <button type="button" className="btn s p" aria-label={t('holder.acceptOf', { name })} onClick={() => onAccept(of)}>
          {t('holder.accept')}
        </button>
      )}{' '}
      {of.can.includes('hand_over') && (
        <button type="button" className="btn s" aria-label={t('holder.handOverOf', { name })} onClick={() => onHandOver(of)}>
          {t('holder.handOver')}
        </button>
      )}{' '}
    </>
  );
}

/** Asks which colleague shall take a credential over, or takes that back. */
export function HandOver({ kind, of, name, onClose }: { kind: HandedKind; of: Handed; name: string; onClose: () => void }) {
  const { t } = useTranslation('keys');
  const pick = usePick();
  const { data } = useKeys();
  const give = useHandOver(kind);
  const [to, setTo] = useState<string | null>(null);
  const colleagues = (data?.colleagues ?? []).filter((c) => c.username !== of.holder);
  const send = (next: string | null) =>
    give.mutate(
      { id: of.id, to: next },
      {
        onSuccess: () => {
          toast({ text: t(next ? 'holder.offered' : 'holder.withdrawn', { name }) });
          onClose();
        },
      },
    );
  return (
    <Confirm
      title={t('holder.handOver')}
      yes={t('holder.handOver')}
      busy={give.isPending}
      onYes={() => to && send(to)}
      onClose={onClose}
    >
      <p>{t('holder.handOverText', { name })}</p>
      <Select
        label={t('holder.to')}
        data={colleagues.map((c) => ({ value: c.username, label: `${pick(c, 'name')} (${c.username})` }))}
        value={to}
        onChange={setTo}
        searchable
        nothingFoundMessage={t('holder.noColleague')}
      />
      {of.offeredTo && (
        <button type="button" className="btn s keys-gap" onClick={() => send(null)}>
          {t('holder.withdraw')}
        </button>
      )}
      {give.isError && (
        <p className="t-bad" role="alert">
          {give.error.message}
        </p>
      )}
    </Confirm>
  );
}

interface AcceptProps {
  kind: HandedKind;
  of: Handed;
  name: string;
  onTaken?: (taken: ReturnType<typeof useAccept>['data']) => void;
  onClose: () => void;
}

/** Asked before one answers for a credential. */
export function Accept({ kind, of, name, onTaken, onClose }: AcceptProps) {
  const { t } = useTranslation('keys');
  const take = useAccept(kind);
  const send = () =>
    take.mutate(
      { id: of.id, ...(kind === 'keys' && { overlapHours: 24 }) },
      {
        onSuccess: (taken) => {
          toast({ text: t('holder.taken', { name }) });
          onTaken?.(taken);
          onClose();
        },
      },
    );
  return (
    <Confirm title={t('holder.accept')} yes={t('holder.accept')} busy={take.isPending} onYes={send} onClose={onClose}>
      <p>{t(kind === 'keys' ? 'holder.acceptKey' : 'holder.acceptText', { name })}</p>
      {take.isError && (
        <p className="t-bad" role="alert">
          {take.error.message}
        </p>
      )}
    </Confirm>
  );
}
