import { Select, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type Embed, type NewEmbed, useCreateEmbed, useEmbeds, useRevokeEmbed } from '../api/credentials';
import { useCollections } from '../api/queries';
import type { Collection } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Empty, Failed, useList, Waiting } from '../requests/parts';
import { Table } from '../requests/Table';
import { CopyButton, CopyLine } from './Copy';
import { Ending } from './Ending';
import { page } from './embed-page';
import { Accept, HandButtons, HandOver, HolderCell, StateCell } from './Holder';
import { Once } from './Once';
import { type Faults, foremost, refusal, told, useLayerTitle } from './scope';

/** Tiles of layers on other sites: signed addresses that browsers take there only. */
export function Embeds({ asked }: { asked?: string }) {
  const { t } = useTranslation('keys');
  const { time } = useFormat();
  const names = useList();
  const title = useLayerTitle();
  const list = useEmbeds();
  const revoke = useRevokeEmbed();
  const { data: collections = [] } = useCollections();
  const [made, setMade] = useState<NewEmbed | null>(null);
  const [ending, setEnding] = useState<Embed | null>(null);
  const [giving, setGiving] = useState<Embed | null>(null);
  const [taking, setTaking] = useState<Embed | null>(null);
  const offered = foremost(collections.filter((c) => c.yutu.access.actions.includes('embed')));
  const layer = made && collections.find((c) => c.id === made.layer);
  const snippet = made && layer && page(layer, made.tilejson);
  return (
    <>
      <div className="keys-column">
        {made && (
          <Once
            title={`${t('embed.onceTitle')} · ${title(made.layer)}`}
            text={t('embed.onceText', { sites: names(made.origins), time: time(made.until) })}
            value={made.tiles}
            what={t('tilesAddress')}
            onClose={() => setMade(null)}
          >
            <CopyLine title="TileJSON" text={made.tilejson} />
            {snippet && (
              <>
                <div className="row between">
                  <span className="b">{t('embed.page')}</span>
                  <CopyButton text={snippet} what={t('embed.page')} />
                </div>
                <pre className="code wf-code" data-testid="embed-page">
                  {snippet}
                </pre>
              </>
            )}
          </Once>
        )}
        <section className="card">
          <div className="card-h">
            <h2>{t('embed.list')}</h2>
          </div>
          {list.isPending && <Waiting />}
          {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
          {list.data?.length === 0 && <Empty title={t('embed.none')}>{t('embed.noneText')}</Empty>}
          {list.data && list.data.length > 0 && (
            <Table
              label={t('embed.list')}
              columns={['layer', 'embed.sites', 'holder.title', 'until', 'state'].map((column) => t(column))}
              action={t('columnAction')}
            >
              {list.data.map((e) => (
                <tr key={e.id} className={e.state === 'live' ? undefined : 'dim'}>
                  <th scope="row" className="keys-name">
                    {title(e.layer)}
                  </th>
                  <td className="mono keys-sites">{e.origins.join(' ')}</td>
                  <HolderCell of={e} by={e.createdBy} />
                  <td className="nw">{time(e.until)}</td>
                  <StateCell of={e} />
                  <td className="num nw">
                    <HandButtons kind="embeds" of={e} name={title(e.layer)} onHandOver={setGiving} onAccept={setTaking} />
                    {e.can.includes('revoke') && (
                      <button
                        type="button"
                        className="btn s bad"
                        aria-label={t('embed.revokeOf', { name: title(e.layer), sites: names(e.origins) })}
                        onClick={() => setEnding(e)}
                      >
                        {t('revoke')}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </section>
      </div>
      <section className="card">
        <div className="card-h">
          <h2>{t('embed.create')}</h2>
        </div>
        {offered.length > 0 ? (
          <NewEmbedForm offered={offered} asked={asked} onMade={setMade} />
        ) : (
          <p className="wf-card-pad mut">{t('embed.nothing')}</p>
        )}
      </section>
      {giving && <HandOver kind="embeds" of={giving} name={title(giving.layer)} onClose={() => setGiving(null)} />}
      {taking && <Accept kind="embeds" of={taking} name={title(taking.layer)} onClose={() => setTaking(null)} />}
      {ending && (
        <Ending kind="embed" id={ending.id} name={title(ending.layer)} revoke={revoke} onClose={() => setEnding(null)} />
      )}
    </>
  );
}

const FIELDS = ['layer', 'origins', 'days'] as const;
const SITE = /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/i;

function NewEmbedForm(props: { offered: Collection[]; asked?: string; onMade: (made: NewEmbed) => void }) {
  const { offered, asked, onMade } = props;
  const { t } = useTranslation('keys');
  const pick = usePick();
  const create = useCreateEmbed();
  const [chosen, setChosen] = useState<string | null>(asked ?? null);
  const [sites, setSites] = useState('');
  const [days, setDays] = useState('90');
  const [faults, setFaults] = useState<Faults<(typeof FIELDS)[number]>>({});
  const layer = (offered.find((c) => c.id === chosen) ?? offered[0]!).id;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // people paste addresses of pages: the site is what stands before the path
    const origins = sites
      .split(/[\s,，;；]+/)
      .filter(Boolean)
      .map((site) => site.replace(/^(https?:\/\/[^/]+)\/.*$/i, '$1'));
    const found = {
      ...((origins.length === 0 || origins.length > 20 || !origins.every((site) => SITE.test(site))) && {
        origins: t('embed.sitesLack'),
      }),
      ...((!/^\d{1,3}$/.test(days) || Number(days) < 1 || Number(days) > 365) && { days: t('embed.daysLack') }),
    };
    setFaults(found);
    if (!told('embed', FIELDS, found)) return;
    create.mutate(
      { layer, origins, days: Number(days) },
      {
        onSuccess: (made) => {
          onMade(made);
          setSites('');
        },
        onError: (error) => setFaults(refusal(error, FIELDS)),
      },
    );
  };
  return (
    <form className="wf-card-pad keys-form" onSubmit={submit} noValidate>
      <Select
        id="embed-layer"
        label={t('layer')}
        data={offered.map((c) => ({ value: c.id, label: pick(c.yutu, 'title') }))}
        value={layer}
        onChange={setChosen}
        allowDeselect={false}
        searchable
        error={faults.layer}
      />
      <Textarea
        id="embed-origins"
        label={t('embed.sitesInput')}
        placeholder="https://www.example.gov.cn"
        description={t('embed.sitesHint')}
        rows={2}
        autosize
        value={sites}
        onChange={(e) => setSites(e.currentTarget.value)}
        error={faults.origins}
        spellCheck={false}
        required
      />
      <TextInput
        id="embed-days"
        inputMode="numeric"
        label={t('embed.days')}
        value={days}
        onChange={(e) => setDays(e.currentTarget.value.trim())}
        error={faults.days}
      />
      {faults.other && (
        <div className="tip bad" role="alert">
          {faults.other}
        </div>
      )}
      <button type="submit" className="btn p" disabled={create.isPending}>
        {t('embed.submit')}
      </button>
    </form>
  );
}
