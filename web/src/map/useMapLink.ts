import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Collection } from '../api/types';
import { useStore } from '../app/store';
import { useLang } from '../i18n';
import { firstSlots, slots } from '../layers/slots';
import { readLayers, readView, writeLayers, writeView } from './permalink';
import { lastView } from './state';

const REST = 400;

/** The link's own layers and view at the first visit; the address follows the map, 400 ms after it came to rest. */
export function useMapLink(collections: Collection[] | undefined) {
  const navigate = useNavigate();
  const list = useStore(slots);
  const view = useStore(lastView);
  const lang = useLang();

  useEffect(() => {
    if (slots.get() !== null || !collections) return;
    slots.set(readLayers(new URLSearchParams(location.search).get('layers') ?? undefined) ?? firstSlots(collections));
  }, [collections]);

  const go = useRef(navigate);
  go.current = navigate;
  useEffect(() => {
    if (!list || !view) return;
    const timer = setTimeout(() => {
      // on the way to another screen the address is no longer ours
      if (location.pathname !== '/') return;
      void go.current({
        to: '/',
        search: (now) => ({ ...now, at: writeView(view), layers: writeLayers(list), lang: lang === 'en' ? 'en' : undefined }),
        replace: true,
        resetScroll: false,
      });
    }, REST);
    return () => clearTimeout(timer);
  }, [list, view, lang]);
}

/** Where to look at first: where the map looked last, else what the link says. */
export const firstView = () => lastView.get() ?? readView(new URLSearchParams(location.search).get('at') ?? undefined);
