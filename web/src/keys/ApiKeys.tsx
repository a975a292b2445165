import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type ApiKey, type NewApiKey, useKeys, useRevokeKey, useRotateKey } from '../api/credentials';
import { useCollections } from '../api/queries';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Confirm } from '../requests/Confirm';
import { Empty, Failed, Waiting } from '../requests/parts';
import { Table } from '../requests/Table';
import { Ending } from './Ending';
import { Examples } from './Examples';
import { Accept, HandButtons, HandOver, HolderCell, StateCell } from './Holder';
import { NewKey } from './NewKey';
import { Once } from './Once';
import { foremost, ScopeCell } from './scope';

/** Keys for the systems of my organisation, and how to use them. @param asked the layer that a key is wanted for */
export function ApiKeys({ asked }: { asked?: string }) {
  const { t } = useTranslation('keys');
  const pick = usePick();
  const list = useKeys();
  const { data: collections = [] } = useCollections();
  const [created, setCreated] = useState<NewApiKey | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const [rotating, setRotating] = useState<ApiKey | null>(null);
  const [giving, setGiving] = useState<ApiKey | null>(null);
  const [taking, setTaking] = useState<ApiKey | null>(null);
  const revoke = useRevokeKey();
  const usable = collections.filter((c) => c.yutu.access.actions.some((a) => a !== 'discover'));
  const [chosen, setChosen] = useState<string | null>(asked ?? null);
  const layer = chosen ?? created?.layers?.[0] ?? foremost(usable)[0]?.id;

  return (
    <>
      <div className="keys-column">
        {created && (
          <Once
            title={`${t('onceTitle')} · ${created.name}`}
            text={t('onceText')}
            value={created.key}
            what={t('newKey')}
            onClose={() => setCreated(null)}
          />
        )}
        <section className="card">
          <div className="card-h">
            <h2>{t('list')}</h2>
          </div>
          {list.isPending && <Waiting />}
          {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
          {list.isSuccess && list.data.keys.length === 0 && <Empty title={t('none')}>{t('noneText')}</Empty>}
          {list.data && list.data.keys.length > 0 && (
            <KeyTable
              list={list.data.keys}
              onRotate={setRotating}
              onRevoke={setRevoking}
              onHandOver={setGiving}
              onAccept={setTaking}
            />
          )}
        </section>
        {layer && (
          <section className="card">
            <div className="card-h">
              <h2>{t('how')}</h2>
              <Select
                aria-label={t('layer')}
                size="xs"
                data={collections
                  .filter((c) => c.id === layer || usable.includes(c))
                  .map((c) => ({ value: c.id, label: pick(c.yutu, 'title') }))}
                value={layer}
                onChange={setChosen}
                allowDeselect={false}
                searchable
              />
            </div>
            <Examples layer={layer} secret={created?.key} />
          </section>
        )}
      </div>
      <section className="card">
        <div className="card-h">
          <h2>{t('create')}</h2>
        </div>
        <NewKey layer={asked} onCreated={setCreated} />
      </section>
      {rotating && <Rotate which={rotating} onRotated={setCreated} onClose={() => setRotating(null)} />}
      {giving && <HandOver kind="keys" of={giving} name={giving.name} onClose={() => setGiving(null)} />}
      {taking && (
        <Accept
          kind="keys"
          of={taking}
          name={taking.name}
          onTaken={(taken) => setCreated(taken as NewApiKey)}
          onClose={() => setTaking(null)}
        />
      )}
      {revoking && <Ending kind="key" id={revoking.id} name={revoking.name} revoke={revoke} onClose={() => setRevoking(null)} />}
    </>
  );
}

interface TableProps {
  list: ApiKey[];
  onRotate: (key: ApiKey) => void;
  onRevoke: (key: ApiKey) => void;
  onHandOver: (key: ApiKey) => void;
  onAccept: (key: ApiKey) => void;
}

function KeyTable({ list, onRotate, onRevoke, onHandOver, onAccept }: TableProps) {
  const { t } = useTranslation('keys');
  const { time, number } = useFormat();
  return (
    <Table
      label={t('list')}
      columns={['name', 'prefix', 'holder.title', 'scope', 'until', 'quota', 'lastUsed', 'state'].map((column) => t(column))}
      action={t('columnAction')}
    >
      {list.map((k) => (
        <tr key={k.id} className={k.state === 'live' ? undefined : 'dim'}>
          <th scope="row" className="keys-name">
            {k.name}
          </th>
          <td className="mono">{k.prefix}</td>
          <HolderCell of={k} by={k.createdBy} />
          <ScopeCell of={k} />
          <td className="nw">
            {k.until}
            {k.previousUntil && <div className="sm mut">{t('overlap', { time: time(k.previousUntil) })}</div>}
          </td>
          <td className="nw">
            {k.quota === null ? t('unlimited') : t('quotaOf', { used: number(k.requestsToday), quota: number(k.quota) })}
            {k.networks && (
              <div className="sm mut">
                {t('fromNetworks')} <span className="mono">{k.networks.join(' ')}</span>
              </div>
            )}
          </td>
          <td className="nw">{k.lastUsed ? time(k.lastUsed) : t('never')}</td>
          <StateCell of={k} />
          <td className="num nw">
            <HandButtons kind="keys" of={k} name={k.name} onHandOver={onHandOver} onAccept={onAccept} />
            {k.can.includes('rotate') && (
              <button type="button" className="btn s" aria-label={t('rotateOf', { name: k.name })} onClick={() => onRotate(k)}>
                {t('rotate')}
              </button>
            )}{' '}
            {k.can.includes('revoke') && (
              <button
                type="button"
                className="btn s bad"
                aria-label={t('revokeOf', { name: k.name })}
                onClick={() => onRevoke(k)}
              >
                {t('revoke')}
              </button>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Rotate(props: { which: ApiKey; onRotated: (key: NewApiKey) => void; onClose: () => void }) {
  const { which, onRotated, onClose } = props;
  const { t } = useTranslation('keys');
  const rotate = useRotateKey();
  const [hours, setHours] = useState('24');
  const valid = /^\d{1,3}$/.test(hours) && Number(hours) <= 720;
  const send = () =>
    valid &&
    rotate.mutate(
      { id: which.id, overlapHours: Number(hours) },
      {
        onSuccess: (key) => {
          onRotated(key);
          onClose();
        },
      },
    );
  return (
    <Confirm title={t('rotateTitle')} yes={t('rotate')} busy={rotate.isPending} onYes={send} onClose={onClose}>
      <p>{t('rotateText', { name: which.name })}</p>
      <TextInput
        inputMode="numeric"
        label={t('rotateHours')}
        value={hours}
        onChange={(e) => setHours(e.currentTarget.value.trim())}
        error={valid ? undefined : t('rotateHoursLack')}
      />
      {rotate.isError && <p className="t-bad">{rotate.error.message}</p>}
    </Confirm>
  );
}
