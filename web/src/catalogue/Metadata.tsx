import type { ReactNode } from 'react';
import type { Collection } from '../api/types';
import { usePick, useTranslation } from '../i18n';

/** The entry's core metadata as the catalogue standard orders it. */
export function Metadata({ layer, theme }: { layer: Collection; theme?: { titleZh: string; titleEn: string } }) {
  const { t } = useTranslation('catalogue');
  const pick = usePick();
  const { yutu } = layer;
  const personal = yutu.fields.filter((f) => f.sensitivity === 'personal').length;
  const rows: [string, ReactNode][] = [
    [
      'id',
      <span key="id" className="mono">
        {layer.id}
      </span>,
    ],
    ['frequency', t(`frequency.${yutu.updateFrequency}`)],
    ['owner', pick(yutu.owner, 'title')],
    ['lastUpdate', yutu.lastUpdate ?? t('neverUpdated')],
    ['theme', theme ? pick(theme, 'title') : yutu.theme],
    ['class', t(`app:sharing.full.${yutu.sharing.class}`)],
    ['kind', `${t(`kind.${yutu.kind}`)} · ${t(`geometry.${yutu.geometryType}`)}`],
    ['disclosure', t(`disclosure.${yutu.disclosure}`)],
    [
      'crs',
      <span key="crs">
        {t('crs')} <span className="mono mut">EPSG:4490</span>
      </span>,
    ],
    [
      'security',
      personal > 0
        ? t('requests:within', {
            what: t(`security.${yutu.securityLevel}`),
            detail: `${t('requests:sensitivity.personal')} ${personal}`,
          })
        : t(`security.${yutu.securityLevel}`),
    ],
    ['extent', extentWords(layer) ?? t('wholeCity')],
    ['version', String(yutu.version)],
    ['approval', yutu.approvalNumber ?? t('noApproval')],
    ['source', yutu.sourceNote ?? layer.attribution ?? '—'],
  ];
  return (
    <dl className="cat-meta">
      {rows.map(([key, value]) => (
        <div key={key}>
          <dt>{t(`meta.${key}`)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function extentWords(layer: Collection): string | null {
  const box = layer.extent.spatial.bbox[0];
  return box ? `${box[0].toFixed(2)}–${box[2].toFixed(2)}° E ${box[1].toFixed(2)}–${box[3].toFixed(2)}° N` : null;
}
