import { IconApi, IconFileDescription, IconMap2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Grant } from '../api/types';
import { useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { isLive } from './diff';
import { useFieldNames } from './OfferTable';
import { Chip, useActionWords, useAreaWords, useList } from './parts';
import { useTermsWords } from './terms/useTermsWords';

const TONE = { active: 'ok', future: 'ok', unsigned: 'plain', expired: 'plain', moved: 'plain', revoked: 'bad' } as const;

/** The grant itself: what may be done, on what, until when, and how to get at it. */
export function GrantCard({ grant, layer, byName }: { grant: Grant; layer: string; byName?: string }) {
  const { t } = useTranslation('requests');
  const { time, day } = useFormat();
  const actions = useActionWords();
  const words = useAreaWords();
  const list = useList();
  const field = useFieldNames(layer);
  const terms = useTermsWords();
  const fields = (grant.fields ?? []).map((f) =>
    f.form === 'value' ? field(f.name) : t('within', { what: field(f.name), detail: t(`form.${f.form}`) }),
  );
  return (
    <section className="card">
      <div className="card-h">
        <h2>{t('grant.title')}</h2>
        <Chip tone={TONE[grant.status]}>{t(`grant.status.${grant.status}`)}</Chip>
      </div>
      <div className="wf-card-pad">
        {grant.status === 'revoked' && grant.revokedAt && (
          <div className="tip bad wf-gap">
            {t('grant.revokedText', { time: time(grant.revokedAt), reason: grant.revokedReason ?? '' })}
          </div>
        )}
        {grant.status === 'expired' && <div className="tip wf-gap">{t('grant.expiredText', { day: day(grant.until) })}</div>}
        <dl className="dl">
          <dt>{t('grant.actions')}</dt>
          <dd>{actions(grant.actions)}</dd>
          <dt>{t('grant.fields')}</dt>
          <dd>{grant.fields ? list(fields) : t('grant.allFields')}</dd>
          <dt>{t('grant.area')}</dt>
          <dd>
            {grant.jurisdiction ? t('area.jurisdiction') : words.label(grant.area)}{' '}
            <span className="mut">{words.size(grant.area)}</span>
          </dd>
          {(grant.rows || grant.rowsHidden) && (
            <>
              <dt>{t('grant.rows')}</dt>
              {grant.rows ? <dd className="mono">{grant.rows}</dd> : <dd>{t('grant.rowsHidden')}</dd>}
            </>
          )}
          {grant.precision && (
            <>
              <dt>{t('grant.precision')}</dt>
              <dd>{terms.precision(grant.precision)}</dd>
            </>
          )}
          {grant.maxZoom != null && (
            <>
              <dt>{t('grant.zoom')}</dt>
              <dd>{terms.depth(grant.maxZoom)}</dd>
            </>
          )}
          {grant.quota && (
            <>
              <dt>{t('grant.quota')}</dt>
              <dd>{terms.quota(grant.quota)}</dd>
            </>
          )}
          <dt>{t('grant.term')}</dt>
          <dd>{t('detail.fromUntil', { from: grant.from, until: grant.until })}</dd>
          <dt>{t('grant.by')}</dt>
          <dd>
            {byName || grant.grantedBy || t('byPlatform')} <span className="mut">{time(grant.grantedAt)}</span>
          </dd>
          <dt>{t('grant.lastUsed')}</dt>
          <dd>{grant.lastUsed ? time(grant.lastUsed) : t('grant.never')}</dd>
        </dl>
      </div>
      {isLive(grant) && (
        <nav className="wf-card-foot row wrap" aria-label={t('grant.connect')}>
          <Link className="btn p" to="/" search={{ layers: layer }}>
            <IconMap2 size={16} aria-hidden />
            {t('grant.onMap')}
          </Link>
          <Link className="btn" to="/keys" search={{ layer }}>
            <IconApi size={16} aria-hidden />
            {t('grant.viaApi')}
          </Link>
          <Link className="btn g" to="/catalogue/$layer" params={{ layer }}>
            <IconFileDescription size={16} aria-hidden />
            {t('grant.layerPage')}
          </Link>
        </nav>
      )}
    </section>
  );
}
