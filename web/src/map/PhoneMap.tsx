import { IconHome, IconLink, IconListDetails, IconStack2, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from '../i18n';
import type { GlMap } from './GlMap';
import { shareLink } from './MapTools';
import { Sheet } from './Sheet';

interface Props {
  gl: GlMap | null;
  tree: ReactNode;
  legend: ReactNode;
  card: ReactNode;
  feature: ReactNode;
  status: ReactNode;
  count: number;
  onCloseCards: () => void;
}

/** The map on a phone: everything else is in one sheet, the topmost thing asked for. */
export function PhoneMap({ gl, tree, legend, card, feature, status, count, onCloseCards }: Props) {
  const { t } = useTranslation('map');
  const [panel, setPanel] = useState<'layers' | 'legend' | null>(null);
  const open = (next: 'layers' | 'legend') => {
    onCloseCards();
    setPanel((now) => (now === next ? null : next));
  };
  const top = feature || card;
  return (
    <>
      <div className="m-chips">
        <button type="button" className="chip" aria-expanded={panel === 'layers'} onClick={() => open('layers')}>
          <IconStack2 size={16} stroke={1.75} aria-hidden />
          {t('layersCount', { n: count })}
        </button>
        <button type="button" className="chip" aria-expanded={panel === 'legend'} onClick={() => open('legend')}>
          <IconListDetails size={16} stroke={1.75} aria-hidden />
          {t('legend')}
        </button>
        <button type="button" className="chip" onClick={() => void shareLink()}>
          <IconLink size={16} stroke={1.75} aria-hidden />
          {t('shareShort')}
        </button>
      </div>
      <div className="fab">
        <button type="button" className="ib" aria-label={t('home')} onClick={() => gl?.goHome()}>
          <IconHome size={20} stroke={1.75} aria-hidden />
        </button>
      </div>
      {status}
      {top ? (
        <Sheet key={feature ? 'feature' : 'card'} label={t(feature ? 'feature.label' : 'layers')}>
          {top}
        </Sheet>
      ) : (
        panel && (
          <Sheet key={panel} label={t(panel === 'layers' ? 'layers' : 'legend')}>
            <div className="sheet-h">
              <h2>{t(panel === 'layers' ? 'layers' : 'legend')}</h2>
              <button type="button" className="ib" aria-label={t('app:close')} onClick={() => setPanel(null)}>
                <IconX size={18} aria-hidden />
              </button>
            </div>
            {panel === 'layers' ? tree : legend}
          </Sheet>
        )
      )}
    </>
  );
}
