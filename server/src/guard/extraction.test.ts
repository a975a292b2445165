import { tileCoord } from '@yutu/tiles';
import { describe, expect, it } from 'vitest';
import { emptyInstance } from '../catalogue/catalogue.js';
import { exampleLayer } from '../catalogue/testing.js';
import type { Database } from '../db/database.js';
import { cellsOfTile } from './cells.js';
import { Extraction } from './extraction.js';
import { Guard } from './guard.js';
import { Quotas } from './quotas.js';

const extraction = { rows: 1_000, share: null, km2: null, days: 30, alarm: null, slow: null, stop: 0.5 };

function counting() {
  const layer = exampleLayer();
  layer.policy.extraction = extraction;
  const asked: string[] = [];
  const db = {
    query: async (sql: string) => {
      asked.push(sql);
      return [];
    },
  } as unknown as Database;
  const dayOf = () => ({ day: '2026-11-30', ends: Number.POSITIVE_INFINITY });
  const extractions = new Extraction(db, { layers: new Map([[layer.id, layer]]), instance: emptyInstance }, dayOf);
  const guard = new Guard(extractions, new Quotas(() => null, dayOf), { deaf: false });
  const drawn = extractions.of('transport', layer)!;
  let next = 0;
  /** A tile of a hundred others. */
  const tile = () =>
    extractions.tile(drawn, {}, tileCoord(13, 6_500 + next, 3_400), 100, () => Array.from({ length: 100 }, () => ++next));
  return { layer, extractions, guard, drawn, tile };
}

describe('many tiles at once', () => {
  it('are stopped with the one that reaches the limit, before any is read in the background', async () => {
    const { extractions, drawn, tile, guard } = counting();
    await extractions.settle(drawn);
    const levels = Array.from({ length: 6 }, () => {
      tile();
      return guard.extraction('transport', 'parcels');
    });
    expect(levels).toEqual(['none', 'none', 'none', 'none', 'stop', 'stop']);
  });

  it('wait for the days before where those could make the difference', async () => {
    const { layer, drawn, tile, guard } = counting();
    for (let i = 0; i < 4; i++) tile();
    expect(guard.slows(drawn)).toBe(false);
    tile();
    expect(guard.slows(drawn)).toBe(true);
    await guard.pace('transport', layer);
    expect([guard.slows(drawn), guard.extraction('transport', 'parcels')]).toEqual([false, 'stop']);
  });
});

describe('the cells of a large tile', () => {
  it('are those where the layer is, and never more than a country has', () => {
    const within = [...cellsOfTile({ z: 3, x: 6, y: 3 }, [106.5, 29.5, 106.6, 29.6])];
    expect(within.length).toBeGreaterThan(20);
    expect(within.length).toBeLessThan(60);
    expect([...cellsOfTile({ z: 0, x: 0, y: 0 })]).toHaveLength(250_000);
  });
});
