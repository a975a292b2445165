import type { Client } from './client.js';

/** How many things each client has under way, all who are anonymous counting as one. */
export class Tally {
  private readonly counts = new Map<string, number>();

  /** One more. @returns what takes it off again, to be called once */
  add(client: Client): () => void {
    const id = nameOf(client);
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1);
    return () => {
      const left = this.counts.get(id)! - 1;
      if (left === 0) this.counts.delete(id);
      else this.counts.set(id, left);
    };
  }

  /** How many there would be if each client had as many as this one: above what there may be, it has more than its even share. */
  share(client: Client): number {
    const own = this.counts.get(nameOf(client)) ?? 0;
    return own * this.counts.size;
  }
}

const nameOf = ({ id, anonymous }: Client): string => (anonymous ? 'anonymous' : `/${id}`);
