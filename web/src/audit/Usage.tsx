import { Select } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { usageCsvUrl, useCollections, useUsage } from '../api/queries';
import type { Collection } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Empty, Failed, Waiting } from '../requests/parts';
import { type By, byName, byOrganisation, type Sums, sayBytes, sayKm2 } from './usage';
import './audit.css';
import './words';
import { Table } from '../requests/Table';

/** 谁看过我的数据: a chart by organisation and the rows by day, for layers whose use the reader may see. */
export function Usage({ every }: { every: boolean }) {
  const { t } = useTranslation('audit');
  const pick = usePick();
  const { data: collections } = useCollections();
  const layers = (collections ?? []).filter((c) => every || c.yutu.access.source === 'own');
  const { layer: asked } = useSearch({ strict: false }) as { layer?: string };
  const [chosen, setChosen] = useState<string | null>(asked ?? null);
  const layer = layers.find((c) => c.id === chosen) ?? layers[0];
  if (collections && !layer) return <Empty title={t('usageNoLayers')} />;
  if (!layer) return <Waiting />;
  return (
    <>
      <div className="wf-filters">
        <Select
          label={t('layer')}
          data={layers.map((c) => ({ value: c.id, label: pick(c.yutu, 'title') }))}
          value={layer.id}
          onChange={setChosen}
          allowDeselect={false}
          searchable
        />
      </div>
      <div className="mut">{t('usageIntro')}</div>
      <UsageOf layer={layer} />
    </>
  );
}

function UsageOf({ layer }: { layer: Collection }) {
  const { t } = useTranslation('audit');
  const pick = usePick();
  const { number } = useFormat();
  const usage = useUsage(layer.id);
  const [by, setBy] = useState<By>('organisation');
  if (usage.isPending) return <Waiting />;
  if (usage.isError) return <Failed error={usage.error} retry={() => void usage.refetch()} />;
  if (usage.data.length === 0) return <Empty title={t('usageNone')} />;
  const bars: Bar[] =
    by === 'organisation'
      ? byOrganisation(usage.data).map((s) => ({
          ...s,
          id: s.organisation?.id ?? '',
          label: s.organisation ? pick(s.organisation, 'title') : t('public'),
        }))
      : byName(usage.data, by).map((s) => ({ ...s, id: s.name, label: by === 'day' ? s.name : t(`surfaces.${s.name}`) }));
  const rows = [...usage.data].sort((a, b) => b.day.localeCompare(a.day) || b.requests - a.requests);
  return (
    <>
      <section className="card">
        <div className="card-h">
          <h2>{t('usageChart')}</h2>
          <div className="wf-tabs" role="tablist" aria-label={t('usageBy')}>
            {(['organisation', 'day', 'surface'] as const).map((name) => (
              <button key={name} type="button" role="tab" aria-selected={by === name} onClick={() => setBy(name)}>
                {t(name)}
              </button>
            ))}
          </div>
          <a className="btn s" href={usageCsvUrl(layer.id)} download>
            {t('usageCsv')}
          </a>
        </div>
        <div className="wf-card-pad">
          <Bars bars={bars} />
        </div>
      </section>
      <Table
        label={t('tab.usage')}
        columns={['day', 'organisation', 'surface', 'via'].map((column) => t(column))}
        numbers={['requests', 'features', 'area', 'bytes'].map((column) => t(column))}
        className="card"
      >
        {rows.map((row) => (
          <tr key={`${row.day} ${row.organisation?.id} ${row.actor} ${row.surface} ${row.via} ${row.grant}`}>
            <td className="nw">{row.day}</td>
            <td>
              {row.organisation ? pick(row.organisation, 'title') : t('public')}{' '}
              {row.actor && <span className="sm dim">{row.actor}</span>}
            </td>
            <td>{t(`surfaces.${row.surface}`)}</td>
            <td>{t(`vias.${row.via}`)}</td>
            <td className="num">{number(row.requests)}</td>
            <td className="num">{number(row.features)}</td>
            <td className="num nw">{t('km2', { km2: sayKm2(row.km2) })}</td>
            <td className="num nw">{sayBytes(row.bytes)}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}

interface Bar extends Sums {
  id: string;
  label: string;
}

/** One bar per organisation, day or way; the figures stand beside, so the drawing itself says nothing new. */
function Bars({ bars }: { bars: Bar[] }) {
  const { t } = useTranslation('audit');
  const { number } = useFormat();
  const most = Math.max(1, ...bars.map((s) => s.requests));
  return (
    <table className="audit-bars">
      <caption className="sr-only">{t('usageChart')}</caption>
      <tbody>
        {bars.map((s) => (
          <tr key={s.id}>
            <th scope="row">{s.label}</th>
            <td className="audit-bar">
              <svg width="100%" height="14" aria-hidden="true">
                <rect
                  width={`${Math.max(0.5, (100 * s.requests) / most)}%`}
                  height="14"
                  rx="2"
                  fill={s.id ? 'var(--accent)' : 'var(--accent-line)'}
                />
              </svg>
            </td>
            <td className="num nw">{t('times', { count: s.requests, replace: { count: number(s.requests) } })}</td>
            <td className="num nw">{t('featuresOf', { count: s.features, replace: { count: number(s.features) } })}</td>
            <td className="num nw mut">{t('km2', { km2: sayKm2(s.km2) })}</td>
            <td className="num nw mut">{sayBytes(s.bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
