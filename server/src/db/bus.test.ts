import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Bus, type Message } from './bus.js';
import type { Database, Queryable } from './database.js';

async function busOver() {
  let notify = (_payload: string) => {};
  const db = {
    async listen(_channel: string, hear: (payload: string) => void) {
      notify = hear;
    },
  } as unknown as Database;
  const bus = new Bus(db, 5);
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
