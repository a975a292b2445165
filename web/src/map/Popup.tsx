import { type ReactNode, useLayoutEffect, useRef } from 'react';
import type { GlMap } from './GlMap';

const GAP = 20;
const EDGE = 10;
/** Room the legend takes at the right. */
const LEGEND = 300;

/** A card that stays beside its place on the map: to the right where there is room, never over the edge. */
export function Popup({ gl, at, children }: { gl: GlMap; at: [number, number]; children: ReactNode }) {
  const card = useRef<HTMLDivElement>(null);
  const [lng, lat] = at;
  useLayoutEffect(() => {
    const { map } = gl;
    const place = () => {
      const element = card.current;
      if (!element) return;
      const { clientWidth: width, clientHeight: height } = map.getContainer();
      const { offsetWidth: w, offsetHeight: h } = element;
      const { x, y } = map.project([lng, lat]);
      const right = x + GAP + w <= width - LEGEND || x < w + GAP;
      const left = Math.max(EDGE, Math.min(right ? x + GAP : x - GAP - w, width - w - EDGE));
      const top = Math.max(EDGE, Math.min(y - h / 3, height - h - EDGE - 30));
      element.style.translate = `${Math.round(left)}px ${Math.round(top)}px`;
    };
    place();
    const sized = new ResizeObserver(place);
    sized.observe(card.current!);
    map.on('move', place);
    map.on('resize', place);
    return () => {
      sized.disconnect();
      map.off('move', place);
      map.off('resize', place);
    };
  }, [gl, lng, lat]);
  return (
    <div ref={card} className="pop-at" data-region="popup">
      {children}
    </div>
  );
}
