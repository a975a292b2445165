import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { Bus, type Message } from './bus.js';
import type { Database, Queryable } from './database.js';

async function busOver() {
  let notify = (_payload: string) => {};
  const db = {
    async listen(_channel: string, hear: (payload: string) => void) {
      notify = hear;
    },
  } as unknown as Database;
  const bus = new Bus(db, { againMs: 5 });
  await bus.start();
  return { bus, notify: (payload: string) => notify(payload) };
}

const grants: Message = { kind: 'grants', layer: 'parcels', organisations: ['transport'] };

describe('a message from the database', () => {
  it('reaches every ear, in the order of subscription', async () => {
    const { bus, notify } = await busOver();
    const heard: [string, Message][] = [];
    bus.subscribe(async (m) => {
      await sleep(5);
      heard.push(['cache', m]);
    });
    bus.subscribe((m) => void heard.push(['viewers', m]));
    notify(JSON.stringify(grants));
    await sleep(30);
    expect(heard).toEqual([
      ['cache', grants],
      ['viewers', grants],
    ]);
  });

  it('that is none of ours, or that says the connection was lost, makes all be looked at anew', async () => {
    const { bus, notify } = await busOver();
    const heard: Message[] = [];
    bus.subscribe((m) => void heard.push(m));
    for (const payload of ['', 'hello', '{"kind":', 'null', '7', '{"layer":"x"}']) notify(payload);
    await sleep(10);
    expect(heard).toEqual(Array(6).fill({ kind: 'all' }));
  });

  it('that could not be taken in is taken in later', async () => {
    const { bus, notify } = await busOver();
    let away = 2;
    let taken = 0;
    bus.subscribe(async () => {
      if (away-- > 0) throw new Error('the database is away');
      taken++;
    });
    notify(JSON.stringify(grants));
    await expect.poll(() => taken).toBe(1);
  });
});

describe('delivering', () => {
  it('goes on to the other ears when one fails, and tells the writer', async () => {
    const { bus } = await busOver();
    const heard: string[] = [];
    bus.subscribe(async () => {
      throw new Error('the catalogue could not be read');
    });
    bus.subscribe((m) => void heard.push(m.kind));
    await expect(bus.deliver({ kind: 'all' })).rejects.toThrow('the catalogue could not be read');
    expect(heard).toEqual(['all']);
  });

  it('stops for those who left', async () => {
    const { bus } = await busOver();
    const heard: string[] = [];
    const leave = bus.subscribe((m) => void heard.push(m.kind));
    leave();
    await bus.deliver({ kind: 'catalogue' });
    expect(heard).toEqual([]);
  });
});

describe('a node', () => {
  /** The clock that nobody sets, `ms` further on. */
  function later(ms: number, look: () => void) {
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + ms);
    try {
      look();
    } finally {
      clock.mockRestore();
    }
  }
  async function listening(engine: Database['engine'] = 'postgis') {
    let hear = (_payload: string) => {};
    let beat = () => {};
    const db = {
      engine,
      async listen(_channel: string, heard: typeof hear, beats: typeof beat) {
        hear = heard;
        beat = beats;
      },
    } as unknown as Database;
    const bus = new Bus(db, { againMs: 5, graceMs: 30_000 });
    await bus.start();
    return { bus, hear: (payload: string) => hear(payload), beat: () => beat() };
  }

  it('is deaf when the connection has not proved for so long that it hears, and hears again when it does', async () => {
    const { bus, beat } = await listening();
    expect(bus.deaf).toBe(false);
    later(29_000, () => expect(bus.deaf).toBe(false));
    later(31_000, () => {
      expect(bus.deaf).toBe(true);
      beat();
      expect(bus.deaf).toBe(false);
    });
  });

  it('is deaf while it cannot take in what it heard, or what a lost connection missed: since that was last heard', async () => {
    const { bus, hear, beat } = await listening();
    let away = true;
    bus.subscribe(async () => {
      if (away) throw new Error('the database is away');
    });
    hear(JSON.stringify(grants));
    later(31_000, () => {
      beat();
      expect(bus.deaf).toBe(true);
      // Opened anew after half a minute: what was said meanwhile is not known though it hears again.
      hear('');
      beat();
      expect(bus.silence).toBeGreaterThan(30_000);
    });
    away = false;
    await vi.waitFor(() => expect(bus.silence).toBeLessThan(1_000));
    expect(bus.deaf).toBe(false);
  });

  it('that is alone with its data cannot be deaf', async () => {
    const { bus } = await listening('embedded');
    later(3_600_000, () => expect([bus.deaf, bus.silence]).toEqual([false, 0]));
  });
});

it('an announcement goes through the writer’s own transaction', async () => {
  const { bus } = await busOver();
  const asked: [string, readonly unknown[]][] = [];
  const q: Queryable = {
    async query(sql, params = []) {
      asked.push([sql, params]);
      return [];
    },
  };
  await bus.announce(q, grants);
  expect(asked).toEqual([['select pg_notify($1, $2)', ['yutu', JSON.stringify(grants)]]]);
});
