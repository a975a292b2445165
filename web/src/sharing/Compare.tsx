import { Popover, Select } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useCollections, useGrants, useOrganisations, useSession } from '../api/queries';
import { useExplanation, usePreview } from '../api/sharing';
import type { Collection, Subject } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import type { GlMap } from '../map/GlMap';
import { Chip, Empty, Waiting } from '../requests/parts';
import { Cursor, cursorStore } from './Cursor';
import { glance, SEATS, type Seat, seatsOf, tileAddress } from './compare';
import { Pasted } from './Pasted';
import { PreviewMap } from './PreviewMap';
import { drawnFrom, placeOf } from './places';
import { SubjectPicker } from './SubjectPicker';
import { isWhole, subjectKey } from './subject';
import './sharing.css';
import './words';
import { site } from '../app/base';

const TONE = { sees: 'ok', part: 'acc', blind: 'plain' } as const;

/** One layer before four people: the maps move together, each says in one sentence why it shows what it shows. */
export function Compare() {
  const { t } = useTranslation('sharing');
  const pick = usePick();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { layer?: string } & Partial<Record<Seat, string>>;
  const collections = useCollections();
  const { data: session } = useSession();
  // who watches over the sharing reads every layer's sentences; the maps are their owner's stewards' to see
  const watches = session?.user?.roles.some((role) => role === 'auditor' || role === 'security') ?? false;
  const own = (collections.data ?? []).filter(
    (c) => (watches || c.yutu.access.source === 'own') && c.yutu.style.role === 'thematic',
  );
  const layer = own.find((c) => c.id === search.layer) ?? own[0];
  const go = (part: Record<string, string | undefined>) =>
    void navigate({ to: '.', search: (now: Record<string, string | undefined>) => ({ ...now, ...part }), replace: true });
  return (
    <div className="wf-page">
      <header className="wf-page-head share-compare-head">
        <div>
          <h1>{t('compare.title')}</h1>
          <p className="mut">{t('compare.lead')}</p>
        </div>
        {layer && (
          <Select
            label={t('compare.layer')}
            data={own.map((c) => ({ value: c.id, label: pick(c.yutu, 'title') }))}
            value={layer.id}
            onChange={(next) => go({ layer: next ?? undefined })}
            allowDeselect={false}
            openOnFocus={false}
          />
        )}
      </header>
      <div className="wf-page-body">
        {collections.isPending && <Waiting />}
        {collections.isSuccess && !layer && <Empty title={t('compare.none')} />}
        {layer && watches && (
          <p className="tip" data-testid="compare-sentences">
            {t('compare.steward')}
          </p>
        )}
        {layer && <Four key={layer.id} layer={layer} maps={!watches} asked={search} go={go} />}
      </div>
    </div>
  );
}

function Four({
  layer,
  maps: drawn,
  asked,
  go,
}: {
  layer: Collection;
  /** Whether the reader may see the maps, beside the sentences. */
  maps: boolean;
  asked: Partial<Record<Seat, string>>;
  go: (part: Record<string, string | undefined>) => void;
}) {
  const grants = useGrants(layer.id);
  const { data: organisations } = useOrganisations();
  const maps = useRef(new Map<Seat, GlMap>());
  const moving = useRef(false);
  const [seen, setSeen] = useState<Partial<Record<Seat, Collection | null>>>({});
  const [tokens, setTokens] = useState<Partial<Record<Seat, string>>>({});
  const [cursor] = useState(cursorStore);
  const seats = useMemo(
    () => (grants.data && organisations ? seatsOf(grants.data, organisations, layer.yutu.owner.id, asked) : null),
    [grants.data, organisations, layer, asked],
  );
  const place = useMemo(() => {
    const views = SEATS.map((seat) => seen[seat]);
    return views.every((v) => v !== undefined) ? placeOf(layer, views as (Collection | null)[]) : undefined;
  }, [seen, layer]);

  // all look where the views differ, once it is known where that is
  const placed = useRef(false);
  useEffect(() => {
    const first = maps.current.get('public');
    if (!place || !first || placed.current) return;
    placed.current = true;
    first.near(place, drawnFrom(layer));
  });

  const follow = (from: Seat) => {
    if (moving.current) return;
    moving.current = true;
    const leader = maps.current.get(from);
    if (leader) for (const [seat, map] of maps.current) if (seat !== from) map.show(leader.view);
    moving.current = false;
  };

  if (!seats) return <Waiting />;
  return (
    <>
      <div className="share-four">
        {SEATS.map((seat) => (
          <One
            key={seat}
            seat={seat}
            layer={layer}
            drawn={drawn}
            subject={seats[seat]}
            onSubject={(next) => go({ [seat]: isWhole(next) ? subjectKey(next) : undefined })}
            onSeen={(view, token) => {
              setSeen((now) => (now[seat] === view ? now : { ...now, [seat]: view }));
              setTokens((now) => (now[seat] === token ? now : { ...now, [seat]: token }));
            }}
            onReady={(map) => {
              maps.current.set(seat, map);
              (window as never as { yutuMaps: Map<Seat, unknown> }).yutuMaps = new Map(
                [...maps.current].map(([name, { map: gl }]) => [name, gl]),
              );
            }}
            onMove={() => follow(seat)}
            cursor={cursor}
            map={() => maps.current.get(seat)}
          />
        ))}
      </div>
      {drawn && (
        <Pasted
          layer={layer.id}
          name={seats.department}
          address={() => {
            const map = maps.current.get('department');
            const token = tokens.department;
            if (!map || !token) return null;
            const { lng, lat, zoom } = map.view;
            const { min, max } = layer.yutu.zooms;
            return tileAddress(site(), layer.id, token, [lng, lat], Math.min(max, Math.max(min, zoom)));
          }}
        />
      )}
    </>
  );
}

interface OneProps {
  seat: Seat;
  layer: Collection;
  drawn: boolean;
  subject: Subject;
  onSubject: (subject: Subject) => void;
  onSeen: (seen: Collection | null, token: string) => void;
  onReady: (map: GlMap) => void;
  onMove: () => void;
  cursor: ReturnType<typeof cursorStore>;
  map: () => GlMap | undefined;
}

function One({ seat, layer, drawn, subject, onSubject, onSeen, onReady, onMove, cursor, map }: OneProps) {
  const { t } = useTranslation('sharing');
  const pick = usePick();
  const key = subjectKey(subject);
  const why = useExplanation(layer.id, key);
  const preview = usePreview(drawn ? { layer: layer.id, as: key } : null);
  const { data } = preview;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once for each answer
  useEffect(() => {
    if (data) onSeen(data.layer, data.token);
  }, [data]);
  const name = why.data ? pick(why.data.caller, 'title') : '';
  const state = data ? glance(data.layer) : null;
  return (
    <section className="card share-one" aria-label={`${t(`compare.roles.${seat}`)} ${name}`} data-testid={`compare-${seat}`}>
      <header className="row between">
        <div className="share-who">
          <h2>{name || t(`compare.roles.${seat}`)}</h2>
          {seat !== 'public' && <span className="sm mut">{t(`compare.roles.${seat}`)}</span>}
        </div>
        {state && <Chip tone={TONE[state]}>{t(`compare.${state}`)}</Chip>}
        <Change subject={subject} onSubject={onSubject} name={name} />
      </header>
      {drawn && (
        <div className="share-one-map">
          {data && (
            <PreviewMap
              seen={data.layer}
              layer={layer}
              label={`${name} ${pick(layer.yutu, 'title')}`}
              onReady={onReady}
              onMove={onMove}
              onHover={(at) => cursor.set(at && { at, from: seat })}
            />
          )}
          {preview.isPending && <Waiting />}
          {preview.isError && (
            <p className="share-nothing" role="alert">
              {preview.error.message}
            </p>
          )}
          <Cursor store={cursor} seat={seat} map={map} />
        </div>
      )}
      <p className="share-why" data-testid={`why-${seat}`}>
        {why.isError ? why.error.message : why.data ? pick(why.data, 'sentence') : ''}
      </p>
    </section>
  );
}

/** Another person before this map. */
function Change({ subject, onSubject, name }: { subject: Subject; onSubject: (s: Subject) => void; name: string }) {
  const { t } = useTranslation('sharing');
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState(subject);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" width={280} trapFocus withinPortal>
      <Popover.Target>
        <button
          type="button"
          className="btn s"
          aria-label={`${t('compare.change')} ${name}`}
          aria-expanded={open}
          onClick={() => {
            setDraft(subject);
            setOpen(!open);
          }}
        >
          {t('compare.change')}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <SubjectPicker
          subject={draft}
          onSubject={(next) => {
            setDraft(next);
            // text is still being typed; the others are whole at once
            if (isWhole(next) && next.kind !== 'person' && next.kind !== 'key') onSubject(next);
          }}
        />
        {(draft.kind === 'person' || draft.kind === 'key') && (
          <button type="button" className="btn s p" disabled={!isWhole(draft)} onClick={() => onSubject(draft)}>
            {t('compare.change')}
          </button>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
