import { useEffect, useState } from 'react';

/**
 * What had the focus when this was opened gets it back when it goes, unless the reader is somewhere else by then.
 * @param instead where the focus goes when its place is gone
 */
export function useOpener(instead?: () => HTMLElement | null) {
  const [opener] = useState(() => document.activeElement);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, when it goes
  useEffect(
    () => () => {
      requestAnimationFrame(() => {
        const lost = !document.activeElement || document.activeElement === document.body;
        if (!lost) return;
        if (opener instanceof HTMLElement && opener !== document.body) opener.focus({ preventScroll: true });
        if (document.activeElement === document.body) instead?.()?.focus({ preventScroll: true });
      });
    },
    [opener],
  );
}
