import { IconHome, IconLink, IconMinus, IconPlus, IconStack2 } from '@tabler/icons-react';
import { toast } from '../app/toast';
import i18n, { useTranslation } from '../i18n';
import type { GlMap } from './GlMap';

export async function shareLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    toast({ text: i18n.t('map:copied'), detail: i18n.t('map:copiedDetail') });
  } catch {
    toast({ text: i18n.t('map:copyFailed'), tone: 'info' });
  }
}

/** The tools over the map; the layers button shows where the side panel is a drawer. */
export function MapTools({ sideOpen, onSide }: { sideOpen: boolean; onSide: () => void }) {
  const { t } = useTranslation('map');
  return (
    <div className="tools float" role="toolbar" aria-label={t('tools')}>
      <button type="button" className="btn g tool-layers" aria-expanded={sideOpen} onClick={onSide}>
        <IconStack2 size={16} stroke={1.75} aria-hidden />
        {t('layers')}
      </button>
      <button type="button" className="btn g t-acc" onClick={() => void shareLink()}>
        <IconLink size={16} stroke={1.75} aria-hidden />
        {t('share')}
      </button>
    </div>
  );
}

export function ZoomButtons({ gl }: { gl: GlMap | null }) {
  const { t } = useTranslation('map');
  return (
    <div className="zoom float">
      <button type="button" className="ib" aria-label={t('zoomIn')} onClick={() => gl?.zoom(1)}>
        <IconPlus size={16} stroke={1.75} aria-hidden />
      </button>
      <button type="button" className="ib" aria-label={t('zoomOut')} onClick={() => gl?.zoom(-1)}>
        <IconMinus size={16} stroke={1.75} aria-hidden />
      </button>
      <button type="button" className="ib" aria-label={t('home')} onClick={() => gl?.goHome()}>
        <IconHome size={16} stroke={1.75} aria-hidden />
      </button>
    </div>
  );
}
