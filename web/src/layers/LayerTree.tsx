import { IconAdjustmentsHorizontal, IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useCollections, useInstance } from '../api/queries';
import type { Collection } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { LayerRow } from './LayerRow';
import type { LoadState } from './row-slot';
import { toggle } from './slots';
import { type Filter, type Grouping, groupLayers } from './tree';

const FILTERS: Filter[] = ['all', 'viewable', 'granted', 'recent'];

interface Props {
  zoom: number;
  states: Record<string, LoadState>;
  selected: string | null;
  onDetails: (layer: Collection) => void;
  onRetry: (id: string) => void;
}

/** All layers, open or closed, by theme or by office. */
export function LayerTree({ zoom, states, selected, onDetails, onRetry }: Props) {
  const { t } = useTranslation('layers');
  const pick = usePick();
  const { data: instance } = useInstance();
  const { data: collections, error, refetch } = useCollections();
  const [grouping, setGrouping] = useState<Grouping>('theme');
  const [filter, setFilter] = useState<Filter>('all');
  const [words, setWords] = useState<string | null>(null);
  const [shut, setShut] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState<string | null>(null);
  const tree = useRef<HTMLDivElement>(null);

  const groups = useMemo(
    () => (instance && collections ? groupLayers(collections, instance, grouping, filter, words ?? '') : null),
    [instance, collections, grouping, filter, words],
  );
  const fold = (code: string, closed: boolean) =>
    setShut((now) => {
      const next = new Set(now);
      if (closed) next.add(code);
      else next.delete(code);
      return next;
    });

  const focus = (key: string | undefined) => {
    if (!key) return;
    setFocused(key);
    tree.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const item = (event.target as HTMLElement).closest<HTMLElement>('[role=treeitem]');
    if (!item || event.altKey || event.ctrlKey || event.metaKey) return;
    const items = [...tree.current!.querySelectorAll<HTMLElement>('[role=treeitem]')];
    const at = items.indexOf(item);
    const key = item.dataset.key!;
    const group = key.startsWith('group:') ? key.slice(6) : null;
    const layer = group === null ? collections?.find(({ id }) => id === key) : undefined;
    const open = group !== null && !shut.has(group);
    const act: Record<string, () => void> = {
      ArrowDown: () => focus(items[at + 1]?.dataset.key),
      ArrowUp: () => focus(items[at - 1]?.dataset.key),
      Home: () => focus(items[0]?.dataset.key),
      End: () => focus(items.at(-1)?.dataset.key),
      ArrowRight: () => (open ? focus(items[at + 1]?.dataset.key) : group !== null && fold(group, false)),
      ArrowLeft: () =>
        open ? fold(group, true) : focus(items.slice(0, at).findLast((i) => i.dataset.key?.startsWith('group:'))?.dataset.key),
      ' ': () => (layer ? toggle(layer.id) : fold(group!, open)),
      Enter: () => (layer ? onDetails(layer) : fold(group!, open)),
    };
    const run = act[event.key];
    if (!run || (event.target !== item && (event.key === ' ' || event.key === 'Enter'))) return;
    event.preventDefault();
    run();
  };

  const first = groups?.[0] && `group:${groups[0].code}`;
  const rover =
    focused && groups?.some((g) => `group:${g.code}` === focused || g.layers.some(({ id }) => id === focused)) ? focused : first;

  return (
    <>
      <div className="side-h">
        <div className="row">
          <div className="seg grow" role="radiogroup" aria-label={t('grouping')}>
            {(['theme', 'owner'] as const).map((by) => (
              // biome-ignore lint/a11y/useSemanticElements: a segmented control of two
              <button key={by} type="button" role="radio" aria-checked={grouping === by} onClick={() => setGrouping(by)}>
                {t(by === 'theme' ? 'byTheme' : 'byOwner')}
              </button>
            ))}
          </div>
          <button
            type="button"
            className="ib"
            aria-label={t('filterByName')}
            aria-expanded={words !== null}
            onClick={() => setWords((now) => (now === null ? '' : null))}
          >
            <IconAdjustmentsHorizontal size={16} stroke={1.75} aria-hidden />
          </button>
        </div>
        {words !== null && (
          <input
            className="in"
            // biome-ignore lint/a11y/noAutofocus: opened by the reader's own click
            autoFocus
            value={words}
            placeholder={t('filterByName')}
            aria-label={t('filterByName')}
            onChange={(e) => setWords(e.currentTarget.value)}
            onKeyDown={(e) => e.key === 'Escape' && setWords(null)}
          />
        )}
        <fieldset className="row filters" aria-label={t('filter.label')}>
          {FILTERS.map((f) => (
            <button
              key={f}
              type="button"
              className={`chip ${f === filter ? 'acc' : 'line'}`}
              aria-pressed={f === filter}
              onClick={() => setFilter(f)}
            >
              {t(`filter.${f}`)}
            </button>
          ))}
        </fieldset>
      </div>
      <div ref={tree} className="tree" role="tree" aria-label={t('tree')} onKeyDown={onKeyDown}>
        {error && !collections && (
          <div className="tree-note" role="alert">
            {error.message}{' '}
            <button type="button" className="link" onClick={() => refetch()}>
              {t('app:retry')}
            </button>
          </div>
        )}
        {!groups &&
          !error &&
          [60, 75, 50, 66, 58].map((width) => <div key={width} className="sk tree-sk" style={{ width: `${width}%` }} />)}
        {groups?.map((group) => {
          const key = `group:${group.code}`;
          const open = !shut.has(group.code);
          const Chevron = open ? IconChevronDown : IconChevronRight;
          return (
            <div key={key} role="none">
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys of all its rows */}
              <div
                className="grp"
                role="treeitem"
                aria-level={1}
                aria-expanded={open}
                aria-label={`${pick(group, 'title')} ${group.layers.length}`}
                data-key={key}
                tabIndex={rover === key ? 0 : -1}
                onFocus={() => setFocused(key)}
                onClick={() => fold(group.code, open)}
              >
                <Chevron size={16} stroke={1.75} className="dim" aria-hidden />
                <span className="el">{pick(group, 'title')}</span>
                <span className="n">{group.layers.length}</span>
              </div>
              {open && (
                // biome-ignore lint/a11y/useSemanticElements: the tree pattern names its groups so
                <div role="group">
                  {group.layers.map((layer) => (
                    <LayerRow
                      key={layer.id}
                      layer={layer}
                      zoom={zoom}
                      state={states[layer.id]}
                      selected={selected === layer.id}
                      tabIndex={rover === layer.id ? 0 : -1}
                      onFocus={() => setFocused(layer.id)}
                      onDetails={() => onDetails(layer)}
                      onRetry={() => onRetry(layer.id)}
                    />
                  ))}
                </div>
              )}
            </div>
          );
        })}
        {groups?.length === 0 && <p className="tree-note mut">{t('none')}</p>}
      </div>
      <div className="side-f">
        <span>
          {collections &&
            t('total', { layers: collections.length, offices: new Set(collections.map((c) => c.yutu.owner.id)).size })}
        </span>
        <Link to="/catalogue">{t('catalogue')}</Link>
      </div>
    </>
  );
}
