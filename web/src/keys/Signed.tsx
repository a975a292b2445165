import { useState } from 'react';
import { type SignedAddress, useRevokeSigned, useSignedTiles } from '../api/credentials';
import { useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Empty, Failed, Waiting } from '../requests/parts';
import { Table } from '../requests/Table';
import { Ending } from './Ending';
import { HolderCell, StateCell } from './Holder';
import { useLayerTitle } from './scope';

/** Addresses of tiles that were signed for some hours: mine, and those that I may take back as administrator or as the layer's steward. */
export function Signed() {
  const { t } = useTranslation('keys');
  const { time } = useFormat();
  const title = useLayerTitle();
  const list = useSignedTiles();
  const revoke = useRevokeSigned();
  const [ending, setEnding] = useState<SignedAddress | null>(null);
  const nameOf = (a: SignedAddress) => `${title(a.layer)} · ${time(a.createdAt)}`;
  return (
    <>
      <section className="card">
        <div className="card-h">
          <h2>{t('signed.list')}</h2>
        </div>
        {list.isPending && <Waiting />}
        {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.data?.length === 0 && <Empty title={t('signed.none')}>{t('signed.noneText')}</Empty>}
        {list.data && list.data.length > 0 && (
          <Table
            label={t('signed.list')}
            columns={['layer', 'signed.by', 'holder.title', 'signed.at', 'until', 'state'].map((column) => t(column))}
            action={t('columnAction')}
          >
            {list.data.map((a) => (
              <tr key={a.id} className={a.state === 'live' ? undefined : 'dim'}>
                <th scope="row" className="keys-name">
                  {title(a.layer)}
                </th>
                <td>{a.createdBy}</td>
                <HolderCell of={a} />
                <td className="nw">{time(a.createdAt)}</td>
                <td className="nw">{time(a.until)}</td>
                <StateCell of={a} />
                <td className="num">
                  {a.can.includes('revoke') && (
                    <button
                      type="button"
                      className="btn s bad"
                      aria-label={t('signed.revokeOf', { name: nameOf(a) })}
                      onClick={() => setEnding(a)}
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
      {ending && <Ending kind="signed" id={ending.id} name={nameOf(ending)} revoke={revoke} onClose={() => setEnding(null)} />}
    </>
  );
}
