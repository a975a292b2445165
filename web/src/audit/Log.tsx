import { Select } from '@mantine/core';
import { useState } from 'react';
import { useAudit, useCollections } from '../api/queries';
import type { AuditEntry } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Chip, Empty, Failed, Waiting } from '../requests/parts';
import { Table } from '../requests/Table';
import { ACTIONS } from './words';

/** The chained log: what happened, newest first, filtered by layer and kind. */
export function Log() {
  const { t } = useTranslation('audit');
  const pick = usePick();
  const { data: collections = [] } = useCollections();
  const [layer, setLayer] = useState<string | null>(null);
  const [action, setAction] = useState<string | null>(null);
  const log = useAudit({ layer: layer ?? undefined, action: action ?? undefined, limit: 50 });
  const entries = log.data?.pages.flatMap((page) => page.entries) ?? [];

  return (
    <>
      <div className="wf-filters">
        <Select
          label={t('layer')}
          placeholder={t('all')}
          data={collections.map((c) => ({ value: c.id, label: pick(c.yutu, 'title') }))}
          value={layer}
          onChange={setLayer}
          searchable
          clearable
        />
        <Select
          label={t('action')}
          placeholder={t('all')}
          data={ACTIONS.map((value) => ({ value, label: t(`actions.${value}`) }))}
          value={action}
          onChange={setAction}
          searchable
          clearable
        />
      </div>
      <div className="tip sm">
        <span className="b">{t('chainTitle')}</span> {t('chain', { algorithm: entries[0]?.algorithm ?? 'sha256' })}
      </div>
      {log.isPending && <Waiting />}
      {log.isError && <Failed error={log.error} retry={() => void log.refetch()} />}
      {log.isSuccess && entries.length === 0 && <Empty title={t('none')} />}
      {entries.length > 0 && (
        <Table
          label={t('tab.log')}
          columns={['seq', 'at', 'what', 'action', 'actor', 'hash'].map((column) => t(column))}
          className="card"
        >
          {entries.map((entry) => (
            <Row key={entry.seq} entry={entry} />
          ))}
        </Table>
      )}
      {entries.length > 0 && (
        <div className="row">
          {log.hasNextPage ? (
            <button type="button" className="btn" disabled={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
              {t('more')}
            </button>
          ) : (
            <span className="sm dim">{t('end')}</span>
          )}
        </div>
      )}
    </>
  );
}

function Row({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation('audit');
  const pick = usePick();
  const { time } = useFormat();
  return (
    <tr>
      <td className="mono dim">{entry.seq}</td>
      <td className="nw">{time(entry.at)}</td>
      <td className="audit-what">{pick(entry, 'text')}</td>
      <td>
        <Chip>{t(`actions.${entry.action}`, { defaultValue: entry.action })}</Chip>
      </td>
      <td className="nw">{entry.actor ?? t(entry.action === 'access' ? 'public' : 'platform')}</td>
      <td className="mono mut" title={t('hashFull', { hash: entry.hash, prev: entry.prev })}>
        {entry.hash.slice(0, 12)}
      </td>
    </tr>
  );
}
