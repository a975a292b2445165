import { useEffect, useRef } from 'react';
import { createStore } from '../app/store';
import type { GlMap } from '../map/GlMap';

export const cursorStore = () => createStore<{ at: [number, number]; from: string } | null>(null);

/** The pointer of another map, at the same place on this one. */
export function Cursor({
  store,
  seat,
  map,
}: {
  store: ReturnType<typeof cursorStore>;
  seat: string;
  map: () => GlMap | undefined;
}) {
  const mark = useRef<HTMLDivElement>(null);
  // moved outside React: a pointer moves more often than pages are drawn
  useEffect(
    () =>
      store.subscribe(() => {
        const element = mark.current;
        const now = store.get();
        const gl = map();
        if (!element) return;
        element.hidden = !now || now.from === seat || !gl;
        if (!now || !gl) return;
        const { x, y } = gl.map.project(now.at);
        element.style.translate = `${Math.round(x)}px ${Math.round(y)}px`;
      }),
    [store, seat, map],
  );
  return <div ref={mark} className="share-cursor" hidden aria-hidden="true" />;
}
