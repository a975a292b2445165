import { Select, TextInput } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useCollections, useKeys, useRevokeKey, useRotateKey } from '../api/queries';
import type { ApiKey } from '../api/types';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Confirm } from '../requests/Confirm';
import { today } from '../requests/days';
import { Chip, Empty, Failed, useList, Waiting } from '../requests/parts';
import { Examples } from './Examples';
import { NewKey, Once } from './NewKey';
import './keys.css';
import './words';
import { ScrollX } from '../requests/ScrollX';

/** Keys for the systems of my organisation, and how to use them. */
export function Keys() {
  const { t } = useTranslation('keys');
  const pick = usePick();
  const { layer: asked } = useSearch({ strict: false }) as { layer?: string };
  const list = useKeys();
  const { data: collections = [] } = useCollections();
  const [created, setCreated] = useState<(ApiKey & { key: string }) | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const [rotating, setRotating] = useState<ApiKey | null>(null);
  const usable = collections.filter((c) => c.yutu.access.actions.some((a) => a !== 'discover'));
  const [chosen, setChosen] = useState<string | null>(asked ?? null);
  // what was granted is what a key is made for
  const first = usable.find((c) => c.yutu.access.source === 'grant') ?? usable[0];
  const layer = chosen ?? created?.layers?.[0] ?? first?.id;

  return (
    <div className="wf-page">
      <header className="wf-page-head">
        <h1>{t('title')}</h1>
        <div className="mut">{t('intro')}</div>
      </header>
      <div className="wf-page-body keys-grid">
        <div className="keys-column">
          {created && <Once created={created} onClose={() => setCreated(null)} />}
          <section className="card">
            <div className="card-h">
              <h2>{t('list')}</h2>
            </div>
            {list.isPending && <Waiting />}
            {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
            {list.isSuccess && list.data.keys.length === 0 && <Empty title={t('none')}>{t('noneText')}</Empty>}
            {list.data && list.data.keys.length > 0 && (
              <Table list={list.data.keys} onRotate={setRotating} onRevoke={setRevoking} />
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
      </div>
      {rotating && <Rotate which={rotating} onRotated={setCreated} onClose={() => setRotating(null)} />}
      {revoking && <Revoke which={revoking} onClose={() => setRevoking(null)} />}
    </div>
  );
}

interface TableProps {
  list: ApiKey[];
  onRotate: (key: ApiKey) => void;
  onRevoke: (key: ApiKey) => void;
}

function Table({ list, onRotate, onRevoke }: TableProps) {
  const { t } = useTranslation('keys');
  const { time, number } = useFormat();
  const pick = usePick();
  const names = useList();
  const { data: collections = [] } = useCollections();
  const title = (id: string) => {
    const found = collections.find((c) => c.id === id);
    return found ? pick(found.yutu, 'title') : id;
  };
  const state = (k: ApiKey) => (k.revokedAt ? 'revoked' : k.until < today() ? 'expired' : 'live');
  return (
    <ScrollX label={t('list')}>
      <table className="tb">
        <thead>
          <tr>
            {['name', 'prefix', 'scope', 'until', 'quota', 'lastUsed', 'state'].map((column) => (
              <th key={column} scope="col">
                {t(column)}
              </th>
            ))}
            <th scope="col">
              <span className="sr-only">{t('columnAction')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {list.map((k) => (
            <tr key={k.id} className={state(k) === 'live' ? undefined : 'dim'}>
              <th scope="row" className="keys-name">
                {k.name}
              </th>
              <td className="mono">{k.prefix}</td>
              <td className="keys-layers">{k.layers ? names(k.layers.map(title)) : t('allLayers')}</td>
              <td className="nw">
                {k.until}
                {k.previousUntil && <div className="sm mut">{t('overlap', { time: time(k.previousUntil) })}</div>}
              </td>
              <td className="nw">
                {k.quota === null ? t('unlimited') : t('quotaOf', { used: number(k.requestsToday), quota: number(k.quota) })}
              </td>
              <td className="nw">{k.lastUsed ? time(k.lastUsed) : t('never')}</td>
              <td>
                <Chip tone={state(k) === 'live' ? 'ok' : 'plain'}>{t(state(k))}</Chip>
              </td>
              <td className="num">
                {state(k) === 'live' && (
                  <button
                    type="button"
                    className="btn s"
                    aria-label={t('rotateOf', { name: k.name })}
                    onClick={() => onRotate(k)}
                  >
                    {t('rotate')}
                  </button>
                )}{' '}
                {state(k) === 'live' && (
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
        </tbody>
      </table>
    </ScrollX>
  );
}

function Rotate(props: { which: ApiKey; onRotated: (key: ApiKey & { key: string }) => void; onClose: () => void }) {
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

function Revoke({ which, onClose }: { which: ApiKey; onClose: () => void }) {
  const { t } = useTranslation('keys');
  const revoke = useRevokeKey();
  const send = () =>
    revoke.mutate(which.id, {
      onSuccess: () => {
        toast({ text: t('revokedToast', { name: which.name }) });
        onClose();
      },
    });
  return (
    <Confirm title={t('revokeTitle')} yes={t('revoke')} danger busy={revoke.isPending} onYes={send} onClose={onClose}>
      <p>{t('revokeText', { name: which.name })}</p>
      {revoke.isError && <p className="t-bad">{revoke.error.message}</p>}
    </Confirm>
  );
}
