import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { House } from './house.js';

export type Surface = 'tiles' | 'api' | 'viewer';

/** From a tenth of a millisecond (a small tile) to a second. */
const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** Figures for operators, in Prometheus' format; docs/operations.md says what each means. No names of layers or people. */
export function makeMetrics(house: () => House | null) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const answers = new Map<string, { surface: Surface; status: string; count: number }>();
  new Counter({
    name: 'yutu_http_requests_total',
    help: 'Answers by surface and status class',
    labelNames: ['surface', 'status'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { surface, status, count } of answers.values()) this.inc({ surface, status }, count);
    },
  });
  type Read = (h: House) => number | Promise<number>;
  const gauge = (name: string, help: string, read: Read) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const open = house();
        this.set(open ? await read(open) : 0);
      },
    });
  const counter = (name: string, help: string, read: Read) =>
    new Counter({
      name,
      help,
      registers: [registry],
      async collect() {
        const open = house();
        this.reset();
        if (open) this.inc(await read(open));
      },
    });
  const histogram = (name: string, help: string) =>
    new Histogram({ name, help, labelNames: ['where'], buckets: SECONDS, registers: [registry] });
  counter('yutu_tile_cache_hits_total', 'Tiles answered from the cache', (h) => h.tiles.counts.hits);
  counter('yutu_tile_cache_misses_total', 'Tiles cut', (h) => h.tiles.counts.misses);
  gauge('yutu_tile_cache_tiles', 'Tiles kept', (h) => h.tiles.state.cacheTiles);
  gauge('yutu_tile_cache_bytes', 'Bytes of tiles kept', (h) => h.tiles.state.cacheBytes);
  gauge('yutu_mask_bytes', 'Bytes of masks kept, on all threads', (h) => h.tiles.state.maskBytes);
  const cut = histogram('yutu_tile_cut_seconds', 'Time to cut a tile, on the calling thread or in a worker');
  const pack = histogram('yutu_tile_pack_seconds', 'Time to pack a tile');
  gauge('yutu_tiles_under_way', 'Tiles that are being made or wait', (h) => h.tiles.state.underWay);
  gauge('yutu_tile_queue', 'Tiles waiting for a worker', (h) => h.tiles.state.waiting);
  counter('yutu_tiles_refused_total', 'Tiles refused because too many waited or waited too long', (h) => h.tiles.state.refused);
  counter('yutu_tiles_abandoned_total', 'Tiles given up because everyone who waited had left', (h) => h.tiles.counts.abandoned);
  counter(
    'yutu_tiles_provisional_total',
    'Tiles made from rows before the snapshot was ready',
    (h) => h.tiles.counts.provisional,
  );
  counter(
    'yutu_tiles_repacked_total',
    'Tiles packed more thoroughly because they are asked for often',
    (h) => h.tiles.counts.repacked,
  );
  counter('yutu_tile_workers_died_total', 'Workers that died and were replaced', (h) => h.tiles.state.workersDied);
  gauge('yutu_snapshots', 'Snapshots in memory', async (h) => (await h.tiles.snapshots.sizes()).count);
  gauge('yutu_snapshot_bytes', 'Bytes of snapshots in memory', async (h) => (await h.tiles.snapshots.sizes()).bytes);
  gauge('yutu_snapshot_oldest_seconds', 'Age of the oldest snapshot in use', async (h) => {
    const built = (await h.tiles.snapshots.status()).map((s) => s.builtAt.getTime());
    return built.length === 0 ? 0 : (Date.now() - Math.min(...built)) / 1000;
  });
  gauge('yutu_snapshot_builds', 'Snapshots being built', (h) => h.tiles.snapshots.building().length);
  gauge(
    'yutu_pending_edits',
    'Edited features drawn over their snapshots',
    async (h) => (await h.tiles.snapshots.sizes()).pending,
  );
  gauge('yutu_database_silence_seconds', 'How long the database has not been heard', (h) => h.bus.silence / 1000);
  gauge('yutu_mail_waiting', 'Mails that are not delivered yet', async (h) => (await h.mailer?.counts())?.waiting ?? 0);
  gauge('yutu_mail_dead', 'Mails of the last month that were given up', async (h) => (await h.mailer?.counts())?.dead ?? 0);
  gauge('yutu_live_viewers', 'Open event streams', (h) => h.live.size);
  return {
    registry,
    /** One answer more. */
    count(surface: Surface, status: number): void {
      const group = Math.floor(status / 100);
      const key = `${surface}${group}`;
      const known = answers.get(key);
      if (known) known.count++;
      else answers.set(key, { surface, status: `${group}xx`, count: 1 });
    },
    /** Watches how tiles come about. */
    watch({ tiles }: Pick<House, 'tiles'>): void {
      tiles.observe = ({ where, cutMs, packMs }) => {
        cut.observe({ where }, cutMs / 1000);
        pack.observe({ where }, packMs / 1000);
      };
    },
  };
}
