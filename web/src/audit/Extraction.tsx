import { Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import { useExtraction, useLift } from '../api/queries';
import type { ExtractionRow } from '../api/types';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Confirm } from '../requests/Confirm';
import { Chip, Empty, Failed, Waiting } from '../requests/parts';
import { Table } from '../requests/Table';
import { sayKm2 } from './usage';

const TONES: Record<ExtractionRow['level'], 'plain' | 'warn' | 'bad'> = {
  none: 'plain',
  alarm: 'warn',
  slow: 'warn',
  stop: 'bad',
};

/** 提取量: how much of each layer every organisation has drawn, beside its limit; what holds one back can be lifted here. */
export function Extraction() {
  const { t } = useTranslation('audit');
  const pick = usePick();
  const { number, time } = useFormat();
  const list = useExtraction();
  const [lifting, setLifting] = useState<ExtractionRow | null>(null);
  if (list.isPending) return <Waiting />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const held = list.data.filter((row) => row.level !== 'none').length;
  return (
    <>
      <div className="mut">{t('extractionIntro')}</div>
      {held > 0 && (
        <div className="tip" role="status">
          {t('extractionHeld', { count: held })}
        </div>
      )}
      {list.data.length === 0 && <Empty title={t('extractionNone')} />}
      {list.data.length > 0 && (
        <Table
          label={t('tab.extraction')}
          columns={['organisation', 'layer', 'drawn', 'ofLimit', 'state'].map((column) => t(column))}
          action={t('lift')}
          className="card"
        >
          {list.data.map((row) => (
            <tr key={`${row.layer.id} ${row.organisation.id}`}>
              <td className="b">{pick(row.organisation, 'title')}</td>
              <td>{pick(row.layer, 'title')}</td>
              <td className="nw">
                {t('drawnOf', { rows: number(row.rows), all: number(row.featureCount) })}
                <div className="sm mut">
                  {t('km2', { km2: sayKm2(row.km2) })}
                  {row.limits && ` · ${t('days', { count: row.limits.days })}`}
                </div>
              </td>
              <td className="audit-share">
                <ShareBar row={row} />
              </td>
              <td>
                <Chip tone={TONES[row.level]}>{t(`levels.${row.level}`)}</Chip>
                {row.reachedAt && <div className="sm mut nw">{time(row.reachedAt)}</div>}
                {row.liftedAt && <div className="sm mut">{t('liftedBy', { name: row.liftedBy, at: time(row.liftedAt) })}</div>}
              </td>
              <td className="num">
                {row.mayLift && (
                  <button
                    type="button"
                    className="btn s"
                    aria-label={t('liftOf', {
                      organisation: pick(row.organisation, 'title'),
                      layer: pick(row.layer, 'title'),
                    })}
                    onClick={() => setLifting(row)}
                  >
                    {t('lift')}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {lifting && <Lift row={lifting} onClose={() => setLifting(null)} />}
    </>
  );
}

/** The used share of the limit; the figure stands beside it. */
function ShareBar({ row: { share, level } }: { row: ExtractionRow }) {
  return (
    <div className="row">
      <svg width="120" height="14" aria-hidden="true">
        <rect width="120" height="14" rx="2" fill="var(--line)" />
        <rect
          width={Math.max(1, Math.min(1, share) * 120)}
          height="14"
          rx="2"
          fill={level === 'none' ? 'var(--accent)' : 'var(--bad)'}
        />
      </svg>
      <span className="num nw">{Math.round(share * 100)} %</span>
    </div>
  );
}

function Lift({ row, onClose }: { row: ExtractionRow; onClose: () => void }) {
  const { t } = useTranslation('audit');
  const pick = usePick();
  const lift = useLift();
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string>();
  const field = useRef<HTMLTextAreaElement>(null);
  const names = { organisation: pick(row.organisation, 'title'), layer: pick(row.layer, 'title') };
  const send = () => {
    if (reason.trim() === '') {
      field.current?.focus();
      return setFault(t('reasonNeeded'));
    }
    lift.mutate(
      { layer: row.layer.id, organisation: row.organisation.id, reason: reason.trim() },
      {
        onSuccess: () => {
          toast({ text: t('lifted', names) });
          onClose();
        },
        onError: (error) => setFault(error.message),
      },
    );
  };
  return (
    <Confirm title={t('liftTitle')} yes={t('lift')} busy={lift.isPending} onYes={send} onClose={onClose}>
      <p>{t('liftText', names)}</p>
      <Textarea
        ref={field}
        label={t('reason')}
        value={reason}
        onChange={(e) => setReason(e.currentTarget.value)}
        error={fault}
        autosize
        minRows={2}
        maxLength={400}
        mt="sm"
        data-autofocus
      />
    </Confirm>
  );
}
