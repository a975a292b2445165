import { IconDownload, IconLink, IconMap2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { exportUrl } from '../api/queries';
import type { Collection, Problem } from '../api/types';
import { toast } from '../app/toast';
import { useLang, useTranslation } from '../i18n';
import { useAsk } from '../layers/request';
import { stateOf } from './filter';

/** What can be done with the layer: link to it, download it, ask for it, open it. */
export function Steps({ layer }: { layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const ask = useAsk();
  const { access, sharing, request } = layer.yutu;
  const state = stateOf(layer);
  const waiting = request && (request.status === 'submitted' || request.status === 'correction');
  const share = async () => {
    await navigator.clipboard?.writeText(location.href).then(
      () => toast({ text: t('shared') }),
      () => toast({ text: location.href, tone: 'info' }),
    );
  };
  return (
    <div className="cat-steps">
      <div className="row wrap">
        <button type="button" className="btn" onClick={() => void share()}>
          <IconLink size={16} aria-hidden />
          {t('share')}
        </button>
        <Download layer={layer} />
        {waiting ? (
          <Link to="/requests" search={{ id: request.id }} className="btn">
            {t('seeRequest')}
          </Link>
        ) : (
          access.source !== 'own' &&
          sharing.class !== 'withheld' && (
            <button type="button" className={state === 'usable' ? 'btn' : 'btn p'} onClick={() => ask(layer)}>
              {t('request')}
            </button>
          )
        )}
        {state === 'usable' && (
          <Link to="/" search={{ layers: layer.id }} className="btn p">
            <IconMap2 size={16} aria-hidden />
            {t('open')}
          </Link>
        )}
      </div>
    </div>
  );
}

/** The file, or the server's reason for not giving it. */
function Download({ layer }: { layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const lang = useLang();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const download = async () => {
    setBusy(true);
    setRefused(null);
    try {
      const response = await fetch(exportUrl(layer.id), {
        headers: { 'Accept-Language': lang === 'en' ? 'en' : 'zh-CN' },
        credentials: 'same-origin',
      });
      if (!response.ok) {
        const problem = (await response.json().catch(() => null)) as Problem | null;
        setRefused(problem?.detail || problem?.title || t('downloadFailed'));
        return;
      }
      save(await response.blob(), `${layer.id}.geojson`);
    } catch {
      setRefused(t('downloadFailed'));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" className="btn" aria-busy={busy || undefined} onClick={() => !busy && void download()}>
        <IconDownload size={16} aria-hidden />
        {busy ? t('downloading') : t('download')}
      </button>
      {refused && (
        <div className="tip bad cat-refused" role="alert">
          {refused}
        </div>
      )}
    </>
  );
}

function save(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // the browser has taken hold of it by then
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
