import { IconInfoCircle } from '@tabler/icons-react';
import { useSession } from '../api/queries';
import type { Collection, Instance } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import type { View } from './GlMap';
import { ratioAt, scaleBar } from './scale';

interface Props {
  instance: Instance;
  /** The layers being drawn. */
  drawn: Collection[];
  view: View | null;
  cursor: [number, number] | null;
}

/** What the map may be used for, how large it is drawn, where the pointer is. */
export function StatusBar({ instance, drawn, view, cursor }: Props) {
  const { t } = useTranslation('map');
  const pick = usePick();
  const format = useFormat();
  const user = useSession().data?.user;
  const notes = [
    drawn.some(({ yutu }) => yutu.schematic) && t('status.schematic'),
    (instance.demo || drawn.some(({ yutu }) => yutu.simulated)) && t('status.simulated'),
  ].filter(Boolean);
  const bar = view && scaleBar(view.zoom, view.lat);
  const ratio = view && Number(ratioAt(view.zoom, view.lat).toPrecision(2));
  return (
    <section className="status" aria-label={t('status.label')}>
      {notes.length > 0 && (
        <span className="chip line">
          <IconInfoCircle size={14} aria-hidden />
          {notes.join(' · ')}
        </span>
      )}
      {bar && (
        <span className="scale">
          <i style={{ width: bar.pixels }} />
          {bar.metres >= 1000 ? t('status.km', { n: format.number(bar.metres / 1000) }) : t('status.m', { n: bar.metres })}
        </span>
      )}
      {ratio && <span className="ratio">1:{format.number(ratio)}</span>}
      {cursor && (
        <span className="mono cursor">
          {degrees(cursor[0], 'E', 'W')} {degrees(cursor[1], 'N', 'S')} · CGCS2000
        </span>
      )}
      <span className="notice">
        {instance.approvalNumber
          ? t('status.approval', { number: instance.approvalNumber, use: t(user ? 'status.inside' : 'status.outside') })
          : user
            ? pick(instance, 'notice')
            : t('status.public')}
      </span>
    </section>
  );
}

const degrees = (value: number, plus: string, minus: string) => `${Math.abs(value).toFixed(4)}°${value < 0 ? minus : plus}`;
