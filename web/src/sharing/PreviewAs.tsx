import { Modal } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useState } from 'react';
import { useCollection } from '../api/queries';
import { type PreviewWish, usePreview } from '../api/sharing';
import { usePick, useTranslation } from '../i18n';
import { Failed, Waiting } from '../requests/parts';
import { PreviewMap } from './PreviewMap';
import { drawnFrom, placeOf } from './places';
import './sharing.css';
import './words';

/** A button that opens the map as somebody would see it with the grant as it is drafted. */
export function PreviewAs({ wish, label }: { wish: PreviewWish; label?: string }) {
  const { t } = useTranslation('sharing');
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="btn o" onClick={() => setOpen(true)} data-testid="preview-as">
        <IconEye size={16} aria-hidden />
        {label ?? t('preview.button')}
      </button>
      {open && (
        <Modal
          opened
          size="xl"
          onClose={() => setOpen(false)}
          title={t('preview.title')}
          closeButtonProps={{ 'aria-label': t('preview.close') }}
        >
          <Previewed wish={wish} />
        </Modal>
      )}
    </>
  );
}

/** The sentence and the map. */
export function Previewed({ wish }: { wish: PreviewWish }) {
  const { t } = useTranslation('sharing');
  const pick = usePick();
  const { data: layer } = useCollection(wish.layer);
  const preview = usePreview(wish);
  if (preview.isError) return <Failed error={preview.error} retry={() => void preview.refetch()} />;
  if (!preview.data || !layer) return <Waiting />;
  const place = placeOf(layer, [preview.data.layer]);
  return (
    <div className="share-previewed" data-testid="previewed">
      <p className="b">{pick(preview.data, 'sentence')}</p>
      <PreviewMap
        seen={preview.data.layer}
        layer={layer}
        label={t('preview.title')}
        onReady={(map) => place && map.near(place, drawnFrom(layer), preview.data.at)}
      />
      <p className="sm mut">{t('preview.note')}</p>
    </div>
  );
}
