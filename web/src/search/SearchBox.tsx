import { useDebouncedValue } from '@mantine/hooks';
import { IconBuilding, IconCrosshair, IconHash, IconLock, IconMapPin, IconSearch, IconStack2, IconX } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { Fragment, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useCollections, useInstance, useSearch } from '../api/queries';
import type { SearchResult } from '../api/types';
import { pathHere } from '../app/base';
import { usePick, useTranslation } from '../i18n';
import { show } from '../layers/slots';
import { flight, marked, shownLayer } from '../map/state';
import { coordinateHits } from './hits';
import { Marked } from './Marked';
import './search.css';

/** A line of the list: what the server found, or a place that was written as numbers. */
type Hit = Omit<SearchResult, 'kind'> & { kind: SearchResult['kind'] | 'coordinates' };

const ICONS = {
  coordinates: IconCrosshair,
  place: IconMapPin,
  division: IconHash,
  layer: IconStack2,
  organisation: IconBuilding,
};
const ORDER: SearchResult['kind'][] = ['division', 'place', 'layer', 'organisation'];

const same = (a: Hit, b: Hit) => a.titleZh === b.titleZh && String(a.bbox) === String(b.bbox);

/** One box for places, divisions, layers and offices; `/` reaches it from anywhere. */
export function SearchBox() {
  const { t } = useTranslation('search');
  const pick = usePick();
  const navigate = useNavigate();
  const { data: collections } = useCollections();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const [sought] = useDebouncedValue(text.trim(), 200);
  const { data, error, isPending, isPlaceholderData } = useSearch(sought);
  const { data: instance } = useInstance();
  const places = useMemo(() => (instance ? coordinateHits(sought, instance.home) : []), [sought, instance]);
  const results = useMemo<Hit[]>(() => {
    const once = (data ?? []).filter((r) => !(r.kind === 'place' && data?.some((d) => d.kind === 'division' && same(d, r))));
    return [...places, ...ORDER.flatMap((kind) => once.filter((r) => r.kind === kind).slice(0, 8))];
  }, [data, places]);
  const answered = sought === text.trim() && !isPending && !isPlaceholderData;
  const listed = open && sought.length > 0;

  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const typing = (event.target as HTMLElement).closest('input,textarea,select,[contenteditable]');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new results start at the top
  useEffect(() => setActive(0), [sought]);

  // Enter came before the answer: the first of what comes is taken
  const [hasty, setHasty] = useState(false);
  useEffect(() => {
    if (!hasty || !answered) return;
    setHasty(false);
    choose(results[0]);
  });

  const choose = (result: Hit | undefined) => {
    if (!result) return;
    setOpen(false);
    // a card that opens takes the focus, and gives it back
    if (result.kind === 'organisation' || result.kind === 'coordinates') input.current?.blur();
    if (result.kind === 'organisation')
      return void navigate({ to: '/catalogue', search: (now) => ({ ...now, owner: result.id }) });
    if (pathHere() !== '/') void navigate({ to: '/' });
    const box = result.bbox ?? collections?.find(({ id }) => id === result.id)?.extent.spatial.bbox[0];
    if (result.kind === 'layer') {
      show(result.id);
      shownLayer.set(result.id);
    }
    // a division is also a feature of the districts
    const place: Hit | undefined = result.kind === 'division' ? data?.find((r) => r.kind === 'place' && same(r, result)) : result;
    const [layer, fid] = place && place.kind !== 'coordinates' ? place.id.split('/') : [];
    const feature = layer && fid ? { layer, fid: Number(fid) } : undefined;
    if (feature) show(feature.layer);
    if (box) flight.set({ box, feature, mark: result.kind === 'coordinates' });
  };
  const empty = () => {
    setText('');
    marked.set(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const move: Record<string, () => void> = {
      ArrowDown: () => (open ? setActive((at) => Math.max(0, Math.min(at + 1, results.length - 1))) : setOpen(true)),
      ArrowUp: () => setActive((at) => Math.max(at - 1, 0)),
      Enter: () =>
        answered || (places.length > 0 && sought === text.trim()) ? choose(results[active]) : setHasty(text.trim() !== ''),
      Escape: () => (open ? setOpen(false) : empty()),
    };
    const run = move[event.key];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };

  return (
    <search className={`search ${listed ? 'open' : ''}`} data-region="search">
      <IconSearch size={16} stroke={1.75} aria-hidden />
      <input
        ref={input}
        role="combobox"
        aria-expanded={listed}
        aria-controls="search-results"
        aria-activedescendant={listed && results[active] ? `search-${active}` : undefined}
        aria-autocomplete="list"
        aria-label={t('label')}
        placeholder={t('placeholder')}
        value={text}
        autoComplete="off"
        spellCheck={false}
        onChange={(e) => {
          setText(e.currentTarget.value);
          setHasty(false);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {text ? (
        <button type="button" className="ib s" aria-label={t('clear')} onMouseDown={(e) => e.preventDefault()} onClick={empty}>
          <IconX size={16} aria-hidden />
        </button>
      ) : (
        <kbd aria-hidden>/</kbd>
      )}
      {listed && (
        // biome-ignore lint/a11y/noStaticElementInteractions: keeps the focus in the box
        <div className="found" onMouseDown={(e) => e.preventDefault()}>
          <div id="search-results" role="listbox" aria-label={t('results')}>
            {results.map((result, i) => {
              const Icon = result.locked ? IconLock : ICONS[result.kind];
              return (
                <Fragment key={`${result.kind}/${result.id}`}>
                  {results[i - 1]?.kind !== result.kind && (
                    <div className="found-h" role="presentation">
                      {t(`kinds.${result.kind}`)}
                    </div>
                  )}
                  {/* biome-ignore lint/a11y/useKeyWithClickEvents: the box has the keys */}
                  <div
                    id={`search-${i}`}
                    role="option"
                    tabIndex={-1}
                    aria-selected={i === active}
                    className="hit"
                    onMouseEnter={() => setActive(i)}
                    onClick={() => choose(result)}
                  >
                    <Icon size={16} stroke={1.75} aria-hidden className="dim" />
                    <span className="el grow">
                      <Marked text={pick(result, 'title')} part={sought} />{' '}
                      <span className="sm mut">{pick(result, 'subtitle')}</span>
                    </span>
                    {result.locked && <span className="sm dim">{t('locked')}</span>}
                  </div>
                </Fragment>
              );
            })}
          </div>
          {results.length === 0 && (
            <p className="found-none mut" role="status">
              {error ? error.message : isPending || sought !== text.trim() ? t('searching') : t('none', { q: sought })}
            </p>
          )}
          <div className="found-f sm mut" aria-hidden>
            <kbd>↑</kbd>
            <kbd>↓</kbd> {t('keys.choose')} <kbd>Enter</kbd> {t('keys.go')} <kbd>Esc</kbd> {t('keys.close')}
          </div>
        </div>
      )}
    </search>
  );
}
