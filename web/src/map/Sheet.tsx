import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from '../i18n';

/** Rests at 92 px, at 56 % and full. */
const STOPS = ['peek', 'half', 'full'] as const;
type Stop = (typeof STOPS)[number];

/** The phone's panel, drawn up from below. */
export function Sheet({ label, start = 'half', children }: { label: string; start?: Stop; children: ReactNode }) {
  const { t } = useTranslation('map');
  const [stop, setStop] = useState<Stop>(start);
  const [drag, setDrag] = useState(0);
  const from = useRef<number | null>(null);
  const step = (by: -1 | 1) => setStop((now) => STOPS[Math.max(0, Math.min(2, STOPS.indexOf(now) + by))]!);

  const onPointerDown = (e: PointerEvent) => {
    from.current = e.clientY;
    e.currentTarget.setPointerCapture(e.pointerId);
  };
  const onPointerMove = (e: PointerEvent) => {
    if (from.current !== null) setDrag(e.clientY - from.current);
  };
  const onPointerUp = () => {
    if (from.current === null) return;
    from.current = null;
    if (Math.abs(drag) > 40) step(drag < 0 ? 1 : -1);
    else if (Math.abs(drag) < 4) setStop((now) => (now === 'half' ? 'full' : 'half'));
    setDrag(0);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === 'ArrowUp') step(1);
    if (e.key === 'ArrowDown') step(-1);
    if (e.key === 'Enter' || e.key === ' ') step(stop === 'full' ? -1 : 1);
  };

  return (
    <section className={`sheet ${stop}`} aria-label={label} style={drag ? { translate: `0 ${Math.max(0, drag)}px` } : undefined}>
      <button
        type="button"
        className="grab"
        aria-label={t(stop === 'full' ? 'sheet.shrink' : 'sheet.grow')}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onKeyDown={onKeyDown}
      >
        <i />
      </button>
      <div className="sheet-b">{children}</div>
    </section>
  );
}
