import { IconPoint, IconPolygon, IconRoute } from '@tabler/icons-react';
import { useSession } from '../api/queries';
import type { Collection, SharingClass } from '../api/types';
import { useTranslation } from '../i18n';

const GEOMETRY = { point: IconPoint, line: IconRoute, polygon: IconPolygon };

export function GeometryGlyph({ type }: { type: Collection['yutu']['geometryType'] }) {
  const Icon = GEOMETRY[type];
  return <Icon size={14} stroke={1.75} className="geo" aria-hidden />;
}

type Disclosure = Collection['yutu']['disclosure'];

const PUBLIC_FORM = { proactive: 'unconditional', on_request: 'conditional', none: 'withheld' } as const;

/**
 * Ring, half ring, barred disc: the sharing class reads without colour. Classes are between departments; who is not signed in is told
 * what is open to the public.
 */
export function SharingGlyph({
  sharing: between,
  disclosure,
  full = false,
}: {
  sharing: SharingClass;
  disclosure?: Disclosure;
  full?: boolean;
}) {
  const { t } = useTranslation();
  const { data: session } = useSession();
  const toPublic = disclosure !== undefined && session?.user === null;
  const sharing = toPublic ? PUBLIC_FORM[disclosure] : between;
  const words = toPublic
    ? t(full ? `disclosure.full.${disclosure}` : `disclosure.${disclosure}`)
    : t(full ? `sharing.full.${between}` : `sharing.${between}`);
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
      {words}
    </span>
  );
}
