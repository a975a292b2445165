import type { Client } from './client.js';

/**
 * What waits, in fair order (round robin): clients take turns, all who are anonymous having one between them; within a client the order of
 * arrival. So whoever asks for a lot waits behind the others with what is too much, and not the others behind it.
 */
export class FairQueue<T> {
  /** Classes in the order of their turns, the clients of each in theirs, and what each waits for. */
  private readonly classes = new Map<string, Map<string, { client: Client; items: Set<T> }>>();
  private readonly places = new Map<T, Client[]>();

  get size(): number {
    return this.places.size;
  }

  /** An item that is waiting already waits for this client, too: whoever has its turn first takes it. */
  add(client: Client, item: T): void {
    const waits = this.places.get(item) ?? [];
    if (waits.some(({ id }) => id === client.id)) return;
    this.places.set(item, [...waits, client]);
    const name = classOf(client);
    const members = this.classes.get(name) ?? new Map<string, { client: Client; items: Set<T> }>();
    this.classes.set(name, members);
    const member = members.get(client.id) ?? { client, items: new Set() };
    members.set(client.id, member);
    member.items.add(item);
  }

  has(item: T): boolean {
    return this.places.has(item);
  }

  /** @returns whether it waited */
  delete(item: T): boolean {
    for (const client of this.places.get(item) ?? []) {
      const members = this.classes.get(classOf(client))!;
      const { items } = members.get(client.id)!;
      items.delete(item);
      if (items.size === 0) members.delete(client.id);
      if (members.size === 0) this.classes.delete(classOf(client));
    }
    return this.places.delete(item);
  }

  /** Takes out whatever is next, among the clients that may have a turn now. */
  take(may: (client: Client) => boolean = () => true): { item: T; client: Client } | undefined {
    for (const [name, members] of this.classes)
      for (const [id, { client, items }] of members) {
        if (!may(client)) continue;
        const [item] = items as Set<T>;
        this.delete(item!);
        toTheBack(members, id);
        toTheBack(this.classes, name);
        return { item: item!, client };
      }
    return undefined;
  }

  /** What came last of whoever waits for most, if that is more than this client does. */
  surplus(client: Client): T | undefined {
    const of = (name: string) => [...(this.classes.get(name)?.values() ?? [])].reduce((sum, { items }) => sum + items.size, 0);
    const own = of(classOf(client));
    const [longest] = [...this.classes.keys()].sort((a, b) => of(b) - of(a));
    if (longest === undefined || of(longest) <= own + 1) return undefined;
    const members = [...this.classes.get(longest)!.values()].sort((a, b) => b.items.size - a.items.size);
    return [...members[0]!.items].at(-1);
  }

  /** All that waits, the oldest of each client first. */
  [Symbol.iterator](): Iterator<T> {
    return this.places.keys();
  }
}

const classOf = ({ id, anonymous }: Client): string => (anonymous ? 'anonymous' : `/${id}`);

function toTheBack<V>(map: Map<string, V>, key: string): void {
  const value = map.get(key);
  if (value === undefined) return;
  map.delete(key);
  map.set(key, value);
}
