import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { House } from './house.js';

/** Figures for operators. No names of layers or people. */
export function makeMetrics(house: () => House | null) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'yutu_http_requests_total',
    help: 'Answers by surface and status class',
    labelNames: ['surface', 'status'],
    registers: [registry],
  });
  const gauge = (name: string, help: string, read: (h: House) => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const open = house();
        this.set(open ? await read(open) : 0);
      },
    });
  gauge('yutu_tile_cache_hits_total', 'Tiles answered from the cache', (h) => h.tiles.counts.hits);
  gauge('yutu_tile_cache_misses_total', 'Tiles cut', (h) => h.tiles.counts.misses);
  gauge('yutu_tile_cache_bytes', 'Bytes of tiles kept', (h) => h.tiles.cacheBytes);
  gauge('yutu_tile_queue', 'Tiles waiting for a worker', (h) => h.tiles.queued);
  gauge('yutu_snapshots', 'Snapshots in memory', async (h) => (await h.tiles.snapshots.sizes()).count);
  gauge('yutu_snapshot_bytes', 'Bytes of snapshots in memory', async (h) => (await h.tiles.snapshots.sizes()).bytes);
  gauge(
    'yutu_pending_edits',
    'Edited features drawn over their snapshots',
    async (h) => (await h.tiles.snapshots.sizes()).pending,
  );
  gauge('yutu_live_viewers', 'Open event streams', (h) => h.live.size);
  return { registry, requests };
}
