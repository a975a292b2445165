import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import type { Collection } from '../api/types';
import { pathHere } from '../app/base';
import { useStore } from '../app/store';
import { useLang } from '../i18n';
import { firstSlots, isOn, show, slots } from '../layers/slots';
import { readLayers, readView, writeLayers, writeView } from './permalink';
import { lastView } from './state';

const REST = 400;

/** The link's own layers and view at the first visit; the address follows the map, 400 ms after it came to rest. */
export function useMapLink(collections: Collection[] | undefined) {
  const navigate = useNavigate();
  const list = useStore(slots);
  const view = useStore(lastView);
  const lang = useLang();
  const taken = useRef(false);

  useEffect(() => {
    if (!collections) return;
    const asked = new URLSearchParams(location.search).get('layers') ?? undefined;
    if (slots.get() === null) slots.set(readLayers(asked, firstSlots(collections)));
    // a link followed inside the app adds to the map that is there
    else if (!taken.current) for (const { id } of readLayers(asked, []).reverse()) if (!isOn(slots.get(), id)) show(id);
    taken.current = true;
  }, [collections]);

  const base = useMemo(
    () => collections && new Set(collections.filter(({ yutu }) => yutu.style.role !== 'thematic').map(({ id }) => id)),
    [collections],
  );
  const go = useRef(navigate);
  go.current = navigate;
  useEffect(() => {
    if (!list || !view || !base) return;
    const timer = setTimeout(() => {
      // on the way to another screen the address is no longer ours
      if (pathHere() !== '/') return;
      const here = { at: writeView(view), layers: writeLayers(list, base), lang: lang === 'en' ? 'en' : undefined };
      const there = new URLSearchParams(location.search);
      if (Object.entries(here).every(([name, value]) => (there.get(name) ?? undefined) === value)) return;
      void go.current({ to: '/', search: (now) => ({ ...now, ...here }), replace: true, resetScroll: false });
    }, REST);
    return () => clearTimeout(timer);
  }, [list, view, lang, base]);
}

/** Where to look at first: where the map looked last, else what the link says. */
export const firstView = () => lastView.get() ?? readView(new URLSearchParams(location.search).get('at') ?? undefined);
