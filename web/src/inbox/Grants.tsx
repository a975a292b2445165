import { Checkbox, Textarea } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { useCollections, useGrants, useRevokeGrant } from '../api/queries';
import type { Grant } from '../api/types';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Confirm } from '../requests/Confirm';
import { isLive } from '../requests/diff';
import { Chip, Empty, Failed, useActionWords, useAreaWords, useList, Waiting } from '../requests/parts';
import { Table } from '../requests/Table';
import { useTermsWords } from '../requests/terms/useTermsWords';
import { Agreements } from '../sharing';

/** Grants on the steward's layers, those in force first to end first, each revocable with a reason. */
export function Grants({ tabs }: { tabs: ReactNode }) {
  const { t } = useTranslation('inbox');
  const { t: r } = useTranslation('requests');
  const pick = usePick();
  const { time } = useFormat();
  const actions = useActionWords();
  const area = useAreaWords();
  const list = useGrants();
  const [all, setAll] = useState(false);
  const [revoking, setRevoking] = useState<Grant | null>(null);
  const { data: collections = [] } = useCollections();
  const own = new Set(collections.filter((c) => c.yutu.access.source === 'own').map((c) => c.id));
  const mine = (list.data ?? [])
    .filter((g) => g.can.includes('revoke') || own.has(g.layer.id))
    .filter((g) => all || isLive(g))
    .sort((a, b) => Number(isLive(b)) - Number(isLive(a)) || a.until.localeCompare(b.until));

  return (
    <div className="wf-page">
      <header className="wf-page-head inbox-grants-head">
        <h1>{t('grants.title')}</h1>
        {tabs}
      </header>
      <div className="wf-page-body">
        <Checkbox size="xs" label={t('grants.all')} checked={all} onChange={(e) => setAll(e.currentTarget.checked)} />
        {list.isPending && <Waiting />}
        {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && mine.length === 0 && <Empty title={t('grants.none')} />}
        {mine.length > 0 && (
          <Table
            label={t('grants.title')}
            columns={['grantee', 'layer', 'content', 'until', 'lastUsed', 'status'].map((column) => t(`grants.${column}`))}
            action={t('grants.actionsColumn')}
            className="card"
          >
            {mine.map((g) => (
              <tr key={g.id}>
                <td>
                  <div className="b">{pick(g.subject, 'title')}</div>
                  {g.kind && g.kind !== 'single' && <Chip>{t(`grants.kind.${g.kind}`)}</Chip>}
                </td>
                <td>{pick(g.layer, 'title')}</td>
                <td>
                  {actions(g.actions)} · {g.fields ? t('grants.fields', { count: g.fields.length }) : r('grant.allFields')}
                  <div className="sm mut">{g.jurisdiction ? r('area.jurisdiction') : area.label(g.area)}</div>
                  <Limits grant={g} />
                </td>
                <td className="nw">{g.until}</td>
                <td className="nw mut">{g.lastUsed ? time(g.lastUsed) : t('grants.never')}</td>
                <td>
                  <Chip tone={isLive(g) ? 'ok' : 'plain'}>{r(`grant.status.${g.status}`)}</Chip>
                  {g.revokedReason && <div className="sm mut">{g.revokedReason}</div>}
                </td>
                <td className="num">
                  {g.can.includes('revoke') && (
                    <button
                      type="button"
                      className="btn s bad"
                      aria-label={t('grants.revokeOf', {
                        organisation: pick(g.subject, 'title'),
                        layer: pick(g.layer, 'title'),
                      })}
                      onClick={() => setRevoking(g)}
                    >
                      {t('grants.revoke')}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
        <Agreements />
      </div>
      {revoking && <Revoke grant={revoking} onClose={() => setRevoking(null)} />}
    </div>
  );
}

/** What narrows a grant further: rows, precision, depth, quota. */
function Limits({ grant: g }: { grant: Grant }) {
  const words = useTermsWords();
  const list = useList();
  const said = [
    g.precision && words.precision(g.precision),
    g.maxZoom != null && words.depth(g.maxZoom),
    g.quota && words.quota(g.quota),
  ].filter((text): text is string => Boolean(text));
  return (
    <>
      {g.rows && <div className="sm mono">{g.rows}</div>}
      {said.length > 0 && <div className="sm mut">{list(said)}</div>}
    </>
  );
}

function Revoke({ grant, onClose }: { grant: Grant; onClose: () => void }) {
  const { t } = useTranslation('inbox');
  const pick = usePick();
  const revoke = useRevokeGrant();
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string>();
  const field = useRef<HTMLTextAreaElement>(null);
  const organisation = pick(grant.subject, 'title');
  const send = () => {
    if (reason.trim() === '') {
      field.current?.focus();
      return setFault(t('grants.reasonNeeded'));
    }
    revoke.mutate(
      { id: grant.id, reason: reason.trim() },
      {
        onSuccess: () => {
          toast({ text: t('grants.revoked', { organisation }) });
          onClose();
        },
        onError: (error) => setFault(error.message),
      },
    );
  };
  return (
    <Confirm
      title={t('grants.revokeTitle')}
      yes={t('grants.revoke')}
      danger
      busy={revoke.isPending}
      onYes={send}
      onClose={onClose}
    >
      <p>{t('grants.revokeText', { organisation, layer: pick(grant.layer, 'title') })}</p>
      <Textarea
        ref={field}
        label={t('grants.reason')}
        value={reason}
        onChange={(e) => setReason(e.currentTarget.value)}
        error={fault}
        autosize
        minRows={2}
        maxLength={1000}
        mt="sm"
        data-autofocus
      />
    </Confirm>
  );
}
