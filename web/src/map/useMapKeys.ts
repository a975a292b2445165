import { useEffect } from 'react';
import type { GlMap } from './GlMap';

/** `+` `−` `0` move the map, `Esc` closes the top card; F6 goes round the regions of the screen. */
export function useMapKeys(gl: GlMap | null, onEscape: () => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'F6') {
        event.preventDefault();
        return nextRegion(event.shiftKey ? -1 : 1);
      }
      const target = event.target as HTMLElement;
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        target.closest('input,textarea,select,[role=dialog],[contenteditable]')
      )
        return;
      if (event.key === '+' || event.key === '=') gl?.zoom(1);
      else if (event.key === '-') gl?.zoom(-1);
      else if (event.key === '0') gl?.goHome();
      else if (event.key === 'Escape') onEscape();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [gl, onEscape]);
}

function nextRegion(step: 1 | -1) {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((r) => r.offsetParent !== null);
  if (!regions.length) return;
  // the legend and the popup lie inside the map: the innermost region counts
  const at = regions.findLastIndex((r) => r.contains(document.activeElement));
  const region = regions[(at + step + regions.length) % regions.length]!;
  const inside =
    region.querySelector<HTMLElement>('canvas') ??
    region.querySelector<HTMLElement>('[tabindex="0"],button:not([tabindex="-1"]),a[href],input');
  (inside ?? region).focus();
}
