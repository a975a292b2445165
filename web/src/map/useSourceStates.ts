import { useCallback, useEffect, useRef, useState } from 'react';
import type { LoadState } from '../layers/row-slot';

/** Says 载入中 only when it lasts: nothing for 300 ms. */
const PATIENCE = 300;

/** Per layer: loading, failed, exhausted or ready, from what the map's sources report (`<layer>@<access key>`). */
export function useSourceStates() {
  const [states, setStates] = useState<Record<string, LoadState>>({});
  const timers = useRef(new Map<string, number>());

  useEffect(() => {
    const all = timers.current;
    return () => {
      for (const timer of all.values()) clearTimeout(timer);
    };
  }, []);

  const report = useCallback((source: string, state: LoadState) => {
    const at = source.lastIndexOf('@');
    if (at < 0) return;
    const id = source.slice(0, at);
    const put = (value: LoadState) => setStates((all) => (all[id] === value ? all : { ...all, [id]: value }));
    if (state === 'loading') {
      if (!timers.current.has(id))
        timers.current.set(
          id,
          window.setTimeout(
            () => setStates((all) => (all[id] === 'failed' || all[id] === 'exhausted' ? all : { ...all, [id]: 'loading' })),
            PATIENCE,
          ),
        );
      return;
    }
    clearTimeout(timers.current.get(id));
    timers.current.delete(id);
    put(state);
  }, []);

  const forget = useCallback((id: string) => setStates(({ [id]: _, ...rest }) => rest), []);
  return { states, report, forget };
}
