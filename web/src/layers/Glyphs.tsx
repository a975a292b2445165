import { IconPoint, IconPolygon, IconRoute } from '@tabler/icons-react';
import type { Collection, SharingClass } from '../api/types';
import { useTranslation } from '../i18n';

const GEOMETRY = { point: IconPoint, line: IconRoute, polygon: IconPolygon };

export function GeometryGlyph({ type }: { type: Collection['yutu']['geometryType'] }) {
  const Icon = GEOMETRY[type];
  return <Icon size={14} stroke={1.75} className="geo" aria-hidden />;
}

/** Ring, half ring, barred disc: the sharing class reads without colour. */
export function SharingGlyph({ sharing, full = false }: { sharing: SharingClass; full?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className="cls">
      <svg viewBox="0 0 12 12" aria-hidden="true">
        {sharing === 'withheld' ? (
          <path d="M6 .8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 6 .8ZM3.2 5.2h5.6v1.6H3.2Z" fill="currentColor" fillRule="evenodd" />
        ) : (
          <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.6" />
        )}
        {sharing === 'conditional' && <path d="M6 1.4a4.6 4.6 0 0 1 0 9.2z" fill="currentColor" />}
      </svg>
      {t(full ? `sharing.full.${sharing}` : `sharing.${sharing}`)}
    </span>
  );
}
