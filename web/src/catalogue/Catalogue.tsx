import { Select, TextInput } from '@mantine/core';
import { IconSearch, IconSearchOff } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCollections, useInstance } from '../api/queries';
import type { Collection } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { GeometryGlyph } from '../layers/Glyphs';
import { useAsk } from '../layers/request';
import { Chip, ClassMark, Empty, Failed, StandingChip, Waiting } from '../requests/parts';
import { type CatalogueFilter, filterLayers, STATES, stateOf } from './filter';
import './catalogue.css';
import './words';
import { ScrollX } from '../requests/ScrollX';

const CLASSES = ['unconditional', 'conditional', 'withheld'] as const;

/** Every layer the reader may know of, whether it may be seen or not. The filter lives in the link. */
export function Catalogue() {
  const { t } = useTranslation('catalogue');
  const pick = usePick();
  const navigate = useNavigate();
  const filter = useSearch({ strict: false }) as CatalogueFilter;
  const list = useCollections();
  const { data: instance } = useInstance();
  const layers = list.data ?? [];
  const shown = filterLayers(layers, filter);
  const owners = [...new Map(layers.map((l) => [l.yutu.owner.id, l.yutu.owner])).values()];
  const filtered = Boolean(filter.q || filter.theme || filter.owner || filter.class || filter.state);
  const set = (change: Partial<Record<keyof CatalogueFilter, string | undefined>>) =>
    void navigate({ to: '.', search: (now: Record<string, unknown>) => ({ ...now, ...change }), replace: true });
  const choice = (key: keyof CatalogueFilter, data: { value: string; label: string }[]) => (
    <Select
      label={t(key)}
      placeholder={t('all')}
      data={data}
      value={filter[key] ?? null}
      onChange={(value) => set({ [key]: value ?? undefined })}
      clearable
      searchable={data.length > 8}
    />
  );

  return (
    <div className="wf-page">
      <header className="wf-page-head">
        <h1>{t('title')}</h1>
        <div className="mut" role="status">
          {list.isSuccess &&
            (filtered ? t('some', { count: shown.length, total: layers.length }) : t('count', { count: layers.length }))}
        </div>
      </header>
      <div className="wf-page-body">
        <search className="wf-filters cat-filters" aria-label={t('search')}>
          <TextInput
            label={t('search')}
            placeholder={t('searchHint')}
            type="search"
            leftSection={<IconSearch size={16} aria-hidden />}
            value={filter.q ?? ''}
            onChange={(e) => set({ q: e.currentTarget.value || undefined })}
            className="cat-search"
          />
          {choice(
            'theme',
            (instance?.themes ?? []).map((x) => ({ value: x.code, label: pick(x, 'title') })),
          )}
          {choice(
            'owner',
            owners.map((o) => ({ value: o.id, label: pick(o, 'title') })),
          )}
          {choice(
            'class',
            CLASSES.map((c) => ({ value: c, label: t(`app:sharing.full.${c}`) })),
          )}
          {choice(
            'state',
            STATES.map((s) => ({ value: s, label: t(`states.${s}`) })),
          )}
          {filtered && (
            <button
              type="button"
              className="btn g"
              onClick={() => set({ q: undefined, theme: undefined, owner: undefined, class: undefined, state: undefined })}
            >
              {t('clear')}
            </button>
          )}
        </search>
        {list.isPending && <Waiting lines={6} />}
        {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && shown.length === 0 && (
          <Empty icon={<IconSearchOff size={20} aria-hidden className="dim" />} title={t('none')}>
            {t('noneText')}
          </Empty>
        )}
        {shown.length > 0 && (
          <ScrollX label={t('layers')} className="card">
            <table className="tb cat-table">
              <caption className="sr-only">{t('layers')}</caption>
              <thead>
                <tr>
                  {['layer', 'owner', 'theme', 'class', 'updated'].map((column) => (
                    <th key={column} scope="col">
                      {t(column)}
                    </th>
                  ))}
                  <th scope="col" className="num">
                    {t('access')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.map((layer) => (
                  <Row key={layer.id} layer={layer} theme={instance?.themes.find((x) => x.code === layer.yutu.theme)} />
                ))}
              </tbody>
            </table>
          </ScrollX>
        )}
      </div>
    </div>
  );
}

function Row({ layer, theme }: { layer: Collection; theme?: { titleZh: string; titleEn: string } }) {
  const { t } = useTranslation('catalogue');
  const pick = usePick();
  const { yutu } = layer;
  return (
    <tr>
      <th scope="row" className="cat-name">
        <span className="row">
          <GeometryGlyph type={yutu.geometryType} />
          <Link to="/catalogue/$layer" params={{ layer: layer.id }} className="bb">
            {pick(yutu, 'title')}
          </Link>
          {yutu.kind === 'base' && <Chip>{t('kind.base')}</Chip>}
        </span>
        <span className="sm mut cat-about">{pick(yutu, 'description')}</span>
      </th>
      <td>{pick(yutu.owner, 'title')}</td>
      <td className="mut">{theme ? pick(theme, 'title') : yutu.theme}</td>
      <td>
        <ClassMark of={yutu.sharing.class} layer={layer} />
      </td>
      <td className="nw">
        {yutu.overdueDays > 0 ? (
          <span className="t-bad b">{t('late', { count: yutu.overdueDays })}</span>
        ) : (
          <span className="mut">{yutu.lastUpdate ?? t('neverUpdated')}</span>
        )}
      </td>
      <td className="num">
        <Access layer={layer} />
      </td>
    </tr>
  );
}

/** What the reader has, or the way to get it. */
function Access({ layer }: { layer: Collection }) {
  const { t } = useTranslation('catalogue');
  const pick = usePick();
  const ask = useAsk();
  const { access, request } = layer.yutu;
  const state = stateOf(layer);
  if (state === 'usable') {
    return (
      <span className="row cat-access">
        {access.until && <Chip tone="ok">{t('until', { day: access.until })}</Chip>}
        <Link to="/" search={{ layers: layer.id }} className="btn xs" aria-label={`${t('open')} ${pick(layer.yutu, 'title')}`}>
          {t('open')}
        </Link>
      </span>
    );
  }
  if (state === 'waiting' && request) {
    return (
      <Link to="/requests" search={{ id: request.id }}>
        <StandingChip request={{ status: request.status, clock: null, grant: null }} />
      </Link>
    );
  }
  if (state === 'closed') return <span className="dim">{t('states.closed')}</span>;
  return (
    <button
      type="button"
      className="btn xs o"
      aria-label={t('requestOf', { name: pick(layer.yutu, 'title') })}
      onClick={() => ask(layer)}
    >
      {t('request')}
    </button>
  );
}
