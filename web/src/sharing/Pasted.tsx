import { IconCopy, IconShieldLock } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAudit, useOrganisations } from '../api/queries';
import type { Problem, Subject } from '../api/types';
import { toast } from '../app/toast';
import { useLang, usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';

/** One caller's address in another's hands: tried on the spot, and everybody who tried. */
export function Pasted({ layer, name, address }: { layer: string; name: Subject; address: () => string | null }) {
  const { t } = useTranslation('sharing');
  const lang = useLang();
  const pick = usePick();
  const { time } = useFormat();
  const client = useQueryClient();
  const { data: organisations } = useOrganisations();
  const log = useAudit({ layer, action: 'preview_refused', limit: 10 });
  const attempts = log.data?.pages.flatMap((page) => page.entries) ?? [];
  const [answer, setAnswer] = useState<{ ok: boolean; text: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const organisation = organisations?.find((o) => o.id === name.id);
  const who = organisation ? pick(organisation, 'title') : (name.id ?? '');

  const copy = async () => {
    const text = address();
    if (!text) return;
    await navigator.clipboard?.writeText(text).catch(() => {});
    toast({ text: t('compare.copied') });
  };
  const attempt = async () => {
    const text = address();
    if (!text) return;
    setBusy(true);
    try {
      // as anybody would who was sent the address: without this reader's cookie
      const response = await fetch(text, {
        credentials: 'omit',
        cache: 'no-store',
        headers: { 'Accept-Language': lang === 'en' ? 'en' : 'zh-CN' },
      });
      const problem = response.ok ? null : ((await response.json().catch(() => null)) as Problem | null);
      setAnswer({
        ok: response.ok,
        text: t(response.ok ? 'compare.opened' : 'compare.refused', { status: response.status, text: problem?.detail ?? '' }),
      });
      await client.invalidateQueries({ queryKey: ['audit'] });
    } finally {
      setBusy(false);
    }
  };

  return (
    <section className="card share-pasted" aria-labelledby="share-pasted">
      <div className="share-pasted-try">
        <h2 id="share-pasted">
          <IconShieldLock size={20} aria-hidden /> {t('compare.pasteTitle')}
        </h2>
        <p>{t('compare.pasteText')}</p>
        <div className="row g2 wrap">
          <button type="button" className="btn" onClick={() => void copy()} data-testid="paste-copy">
            <IconCopy size={16} aria-hidden />
            {t('compare.copy')}
          </button>
          <button
            type="button"
            className="btn o"
            aria-busy={busy || undefined}
            onClick={() => void attempt()}
            data-testid="paste-try"
          >
            {t(busy ? 'compare.trying' : 'compare.try')}
          </button>
        </div>
        <p className="sm mut">{t('compare.address', { name: who })}</p>
        {answer && (
          <div className={`tip ${answer.ok ? 'bad' : 'acc'}`} role="status" data-testid="paste-answer">
            {answer.text}
          </div>
        )}
      </div>
      <div className="share-attempts">
        <h3>{t('compare.attempts')}</h3>
        {attempts.length === 0 && <p className="mut">{t('compare.noAttempts')}</p>}
        <ul data-testid="paste-attempts">
          {attempts.map((entry) => (
            <li key={entry.seq}>
              <span className="mono sm nw">{time(entry.at)}</span>
              <span className="b nw">{entry.actor ?? t('compare.anonymous')}</span>
              <span className="mut">{pick(entry, 'text')}</span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
