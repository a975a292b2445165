import { IconArrowBackUp, IconCheck, IconPlus, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useStore } from '../app/store';
import { announce } from '../app/toast';
import { useTranslation } from '../i18n';
import { lastView, placing, sketched } from '../map/state';
import { Units, useFaultWords } from '../requests/form/RedLineDrop';
import { type Corner, isCorner, ringOf, sketchOf } from './corners';
import './sketch.css';
import { readRedLine } from '../requests/redline';

interface Props {
  home: [number, number, number, number];
  /** The ring drawn; null: given up. */
  onDone: (polygon: GeoJSON.Polygon | null) => void;
}

/**
 * A polygon drawn on the map: a click is a corner, and so is the middle of the map for who has no pointer. Corners are taken back one by
 * one; a double click, or the button, closes it.
 */
export function Sketch({ home, onDone }: Props) {
  const { t } = useTranslation('results');
  const say = useFaultWords();
  const bar = useRef<HTMLElement>(null);
  const [corners, setCorners] = useState<Corner[]>([]);
  const wanted = useStore(placing);
  const asked = useRef(false);
  const read = corners.length > 2 ? readRedLine(JSON.stringify(ringOf(corners)), home) : null;

  const close = () => read?.ok && onDone(ringOf(corners));
  const add = (at: Corner) => {
    // the second click of a double click is no corner of its own
    if (!isCorner(corners, at)) return close();
    setCorners([...corners, at]);
    announce(t('sketch.corners', { count: corners.length + 1 }));
  };
  const latest = useRef(add);
  latest.current = add;
  useEffect(() => {
    placing.set({ take: (at) => latest.current(at) });
    asked.current = true;
    bar.current?.focus();
    return () => placing.set(null);
  }, []);
  // somebody else wants the clicks, or Escape was pressed
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once
  useEffect(() => {
    if (asked.current && placing.get() === null) onDone(null);
  }, [wanted]);
  useEffect(() => {
    sketched.set(sketchOf(corners));
    return () => sketched.set(null);
  }, [corners]);

  const middle = () => {
    const view = lastView.get();
    if (view) add([view.lng, view.lat]);
  };
  return createPortal(
    <>
      <i className="sketch-middle" aria-hidden="true" />
      <section className="sketch-bar float" ref={bar} tabIndex={-1} aria-label={t('sketch.title')} data-testid="sketch">
        <div className="sketch-say" aria-live="polite">
          <div className="b">{corners.length === 0 ? t('sketch.begin') : t('sketch.corners', { count: corners.length })}</div>
          {read?.ok && <Units squareMetres={read.squareMetres} />}
          {read && !read.ok && <div className="sm t-bad">{say(read.fault)}</div>}
        </div>
        <div className="row wrap">
          <button type="button" className="btn s" onClick={middle}>
            <IconPlus size={14} aria-hidden />
            {t('sketch.middle')}
          </button>
          <button
            type="button"
            className="btn s"
            disabled={corners.length === 0}
            onClick={() => setCorners(corners.slice(0, -1))}
            data-testid="sketch-undo"
          >
            <IconArrowBackUp size={14} aria-hidden />
            {t('sketch.undo')}
          </button>
          <button type="button" className="btn s p" disabled={!read?.ok} onClick={close} data-testid="sketch-close">
            <IconCheck size={14} aria-hidden />
            {t('sketch.close')}
          </button>
          <button type="button" className="btn s" onClick={() => onDone(null)}>
            <IconX size={14} aria-hidden />
            {t('sketch.cancel')}
          </button>
        </div>
      </section>
    </>,
    document.querySelector('.mapwrap') ?? document.body,
  );
}
