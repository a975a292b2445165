import { describe, expect, it } from 'vitest';
import type { Client } from '../db/client.js';
import { MOST_OF_ONE, Places } from './places.js';

const person = (id: string): Client => ({ id, anonymous: false, signal: null });
const stranger = (id: string): Client => ({ id, anonymous: true, signal: null });

/** Places of which strangers may have `share`; whose place was given up is noted. */
function placesOf(most: number, share: number) {
  const given: string[] = [];
  const places = new Places<{ client: Client }>(
    share,
    (item) => {
      given.push(item.client.id);
      places.leave(item.client, item);
    },
    most,
  );
  const enter = (client: Client) => {
    try {
      places.check(client);
      places.enter(client, { client });
      return 'in';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  return { places, given, enter };
}
const times = (n: number, enter: () => string) => Array.from({ length: n }, enter);

describe('places', () => {
  it('are so many for one account, key or address, and free again when they are left', () => {
    const { places, enter } = placesOf(1_000, 500);
    const li = person('li');
    expect(times(MOST_OF_ONE + 1, () => enter(li)).slice(-2)).toEqual(['in', 'too_many_streams']);
    expect(enter(person('wang'))).toBe('in');
    const one = { client: li };
    expect(places.size).toBe(MOST_OF_ONE + 1);
    places.leave(li, one); // that one never had a place
    expect(places.size).toBe(MOST_OF_ONE + 1);
  });

  it('of all who are anonymous are a share, whatever addresses they come from', () => {
    const { given, enter } = placesOf(10, 4);
    const addresses = Array.from({ length: 6 }, (_, i) => enter(stranger(`-${i}`)));
    expect(addresses).toEqual(['in', 'in', 'in', 'in', 'overloaded', 'overloaded']);
    expect(times(6, () => enter(person('li')))).toEqual(Array(6).fill('in'));
    expect(given).toEqual([]);
  });

  it('are there for whoever is known though all are taken: the oldest of whoever has most', () => {
    const { places, given, enter } = placesOf(6, 3);
    times(3, () => enter(stranger('-1')));
    times(3, () => enter(person('greedy')));
    expect([enter(person('li')), enter(person('wang')), places.size]).toEqual(['in', 'in', 6]);
    expect(given).toEqual(['-1', 'greedy']);
    // whoever would only take from itself, or from who has no more, does not
    expect(enter(person('greedy'))).toBe('overloaded');
  });
});
