import { open, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type LonLatBox, MAX_LATITUDE, MAX_ZOOM } from '@yutu/tiles';
import { requireAction, requireLayer } from '../access/require.js';
import type { ViewSet } from '../access/view.js';
import { inTilesUpTo, reducedZooms, visibleFields } from '../access/visible.js';
import { record } from '../audit/chain.js';
import { countingZoomOf } from '../catalogue/counting.js';
import type { Layer } from '../catalogue/layers.js';
import { fail } from '../errors/fail.js';
import { provenanceOf } from '../features/export.js';
import { anonymous, type Caller, viaOf } from '../identity/caller.js';
import { callersNamed } from '../identity/named.js';
import { queryItems, summaryOf } from '../store/items.js';
import { writeArchive } from '../tiles/archive.js';
import { CANCELLED, type Command, type CommandRooms, megabytes, read, required, wrong } from './arguments.js';

/** Without --zooms: as deep as a layer is drawn, and no deeper than this. */
const DEEPEST = 14;
const WORLD: LonLatBox = [-180, -MAX_LATITUDE, 180, MAX_LATITUDE];
const LINE_MS = 2_000;
const LOOK_MS = 1_000;
const PAGE = 2_000;
/** A file beside the archive that was not written to for so long is a dead process's. */
const STALE_MS = 60_000;

export const tiles: Command = {
  usage: 'tiles export <layer> --out <file.pmtiles> [--zooms 0-14] [--as <account or key>] [--bbox west,south,east,north]',
  async run(rooms, [verb, ...args], out, signal) {
    const { usage } = this;
    if (verb !== 'export') wrong('export is all it does', usage);
    const { values, positionals } = read(
      args,
      { out: { type: 'string' }, zooms: { type: 'string' }, as: { type: 'string' }, bbox: { type: 'string' } },
      usage,
      1,
    );
    const file = resolve(required(values.out, 'out', usage));
    const bbox = values.bbox === undefined ? null : readBox(values.bbox, usage);
    const caller = await callerFor(rooms, values.as, usage);
    const { layer, set } = mayDownload(rooms, caller, positionals[0]!);
    const [minZoom, maxZoom] = readZooms(values.zooms ?? `${layer.zooms.min}-${Math.min(layer.zooms.max, DEEPEST)}`, usage);
    const { box: extent } = await summaryOf(rooms.db, layer, set);
    const bounds = extent && inside(extent, bbox ?? WORLD);
    if (!extent || !bounds) {
      out(`Nothing of "${layer.titleEn}" lies there for ${nameOf(caller)}: no file was written.`);
      return 1;
    }

    const beside = `${file}.part`;
    await reserve(beside);
    const left = new AbortController();
    const leave = () => left.abort();
    signal.addEventListener('abort', leave);
    // What is revoked while it runs does not become a file.
    let lost: unknown = null;
    const holds = async () => {
      const now = mayDownload(rooms, await callerFor(rooms, values.as, usage), layer.id);
      if (now.set.key !== set.key) fail('export_changed', { titleZh: layer.titleZh, titleEn: layer.titleEn });
    };
    const watch = setInterval(() => {
      holds().catch((error) => {
        lost = error;
        leave();
      });
    }, LOOK_MS);
    try {
      const { layer: archived, archive } = await writeArchive(rooms.tiles, () => layerNow(rooms, layer.id), set, {
        bbox,
        extent,
        file: beside,
        note: (at) => ({ bounds, minZoom, maxZoom, metadata: metadata(at, set, caller, minZoom, maxZoom) }),
        progress: progressLines(out),
        signal: left.signal,
      });
      if (lost) throw lost;
      if (signal.aborted) {
        out('Cancelled: no file was written.');
        return CANCELLED;
      }
      if (!archive) {
        out(`Nothing of "${layer.titleEn}" lies there for ${nameOf(caller)}: no file was written.`);
        return 1;
      }
      await holds();
      await rooms.db.tx((q) =>
        record(q, {
          actor: 'command line',
          organisation: caller.organisation,
          action: 'export',
          layer: layer.id,
          subject: set.grants[0] ?? null,
          detail: {
            format: 'pmtiles',
            as: caller.name,
            grants: [...set.grants],
            version: archived.version,
            zooms: `${minZoom}-${maxZoom}`,
            tiles: archive.tiles,
          },
        }),
      );
      await rename(beside, file);
      const access = { actor: caller.name, organisation: caller.organisation, via: viaOf(caller), layer: layer.id } as const;
      rooms.ledger.count({ ...access, surface: 'export', grants: set.grants }, archive.named, archive.bytes);
      if (maxZoom >= countingZoomOf(archived, rooms.catalogue.instance)) await noteDrawn(rooms, caller, archived, set, bbox);
      out(
        `${file}: ${archive.tiles} tiles of zooms ${minZoom}-${maxZoom}, ${archive.contents} different, ${megabytes(archive.bytes)}, version ${archived.version} of ${layer.id}`,
      );
      return 0;
    } finally {
      clearInterval(watch);
      signal.removeEventListener('abort', leave);
      await rm(beside, { force: true });
    }
  },
};

/** The features that are in the archive now, for the guard: those the caller sees in the box, read page by page. */
async function noteDrawn(
  { db, guard, ledger }: CommandRooms,
  caller: Caller,
  layer: Layer,
  set: ViewSet,
  bbox: LonLatBox | null,
): Promise<void> {
  const drawn = guard.extractions.of(caller.organisation, layer);
  if (!drawn) return;
  for (let after = 0; ; ) {
    const page = await queryItems(db, layer, set, { after, limit: PAGE, ...(bbox && { bbox }) });
    guard.extractions.features(drawn, page);
    if (page.length < PAGE) break;
    after = page.at(-1)!.id;
  }
  await ledger.flush();
}

const nameOf = (caller: Caller): string => caller.name ?? 'the public';

/** The public, or whoever goes by the name. */
async function callerFor({ db, config }: CommandRooms, name: string | undefined, usage: string): Promise<Caller> {
  if (name === undefined) return anonymous;
  const [caller, ...others] = await callersNamed(db, name, config.timezone);
  if (!caller) return wrong(`There is no account and no living key "${name}"`, usage);
  if (others.length > 0) return wrong(`"${name}" is the name of several: give the key's id (yutu key list)`, usage);
  return caller;
}

/** The layer and the views that carry `download`. @throws what the caller's own request would be answered */
function mayDownload({ catalogue, decisions }: CommandRooms, caller: Caller, id: string): { layer: Layer; set: ViewSet } {
  const { layer, access } = requireLayer(catalogue, decisions, caller, id);
  requireAction(catalogue, caller, layer, access, 'download');
  return { layer, set: access.for('download') };
}

const layerNow = ({ catalogue }: CommandRooms, id: string): Layer =>
  catalogue.layers.get(id) ?? fail('layer_not_found', { layer: id });

function readZooms(text: string, usage: string): [min: number, max: number] {
  const [, from, to] = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(text) ?? [];
  const [min, max] = [Number(from), Number(to ?? from)];
  if (!(min >= 0 && min <= max && max <= MAX_ZOOM)) wrong(`--zooms is a zoom or two from 0 to ${MAX_ZOOM}, as in 0-14`, usage);
  return [min, max];
}

function readBox(text: string, usage: string): LonLatBox {
  const [west, south, east, north, ...more] = text.split(',').map((n) => (n.trim() === '' ? Number.NaN : Number(n)));
  const valid =
    more.length === 0 && west! >= -180 && west! < east! && east! <= 180 && south! >= -90 && south! < north! && north! <= 90;
  if (!valid) wrong('--bbox is west,south,east,north in degrees, west below east and south below north', usage);
  return [west!, south!, east!, north!];
}

/** What two boxes share. */
function inside(extent: LonLatBox, bbox: LonLatBox): LonLatBox | null {
  const box: LonLatBox = [
    Math.max(extent[0], bbox[0]),
    Math.max(extent[1], bbox[1]),
    Math.min(extent[2], bbox[2]),
    Math.min(extent[3], bbox[3]),
  ];
  return box[0] <= box[2] && box[1] <= box[3] ? box : null;
}

/** Takes the place beside the archive, unless somebody is writing there. */
async function reserve(beside: string): Promise<void> {
  const last = await stat(beside).catch(() => null);
  if (last && Date.now() - last.mtimeMs > STALE_MS) await rm(beside, { force: true });
  try {
    await (await open(beside, 'wx')).close();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') fail('export_under_way', { file: beside });
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR')
      fail('file_not_writable', { file: beside });
    throw error;
  }
}

/** What travels with the tiles: TileJSON's vector_layers, and who took them, when and under which grants. */
function metadata(layer: Layer, set: ViewSet, caller: Caller, minZoom: number, maxZoom: number) {
  const types = {
    text: 'String',
    integer: 'Number',
    bigint: 'Number',
    double: 'Number',
    boolean: 'Boolean',
    date: 'String',
    timestamp: 'String',
  };
  const fields = visibleFields(layer, inTilesUpTo(maxZoom, set.views)).map(({ field, form }) => [
    field.name,
    form === 'code' ? 'String' : types[field.type],
  ]);
  const reduced = reducedZooms(layer, set.views, maxZoom);
  return {
    name: layer.titleZh,
    description: layer.descriptionZh || layer.titleZh,
    ...(layer.attribution ? { attribution: layer.attribution } : {}),
    type: layer.kind === 'base' ? 'baselayer' : 'overlay',
    version: `1.0.${layer.version}`,
    vector_layers: [
      {
        id: layer.id,
        description: layer.titleZh,
        minzoom: minZoom,
        maxzoom: maxZoom,
        ...(reduced && reduced.maxzoom >= minZoom ? { reduced } : {}),
        fields: Object.fromEntries(fields),
      },
    ],
    yutu: provenanceOf(layer, caller, set),
  };
}

function progressLines(out: (line: string) => void): (done: number, all: number) => void {
  const started = Date.now();
  let told = started;
  return (done, all) => {
    if (Date.now() - told < LINE_MS) return;
    told = Date.now();
    const left = ((told - started) / 1000 / done) * (all - done);
    out(`${done} of ${all} tiles, ${Math.floor((100 * done) / all)} %, about ${Math.ceil(left)} s left`);
  };
}
