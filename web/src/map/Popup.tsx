import { Popup as GlPopup } from 'maplibre-gl';
import { type ReactNode, useEffect, useMemo } from 'react';
import { createPortal } from 'react-dom';
import type { GlMap } from './GlMap';

/** A card that stays at its place on the map. */
export function Popup({ gl, at: [lng, lat], children }: { gl: GlMap; at: [number, number]; children: ReactNode }) {
  const holder = useMemo(() => document.createElement('div'), []);
  useEffect(() => {
    const popup = new GlPopup({
      closeButton: false,
      closeOnClick: false,
      maxWidth: 'none',
      offset: 18,
      focusAfterOpen: false,
      className: 'pop-gl',
    })
      .setLngLat([lng, lat])
      .setDOMContent(holder)
      .addTo(gl.map);
    return () => void popup.remove();
  }, [gl, holder, lng, lat]);
  return createPortal(children, holder);
}
