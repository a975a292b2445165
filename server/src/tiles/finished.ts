import type { Encoding } from './encoding.js';

export const MVT_TYPE = 'application/vnd.mapbox-vector-tile';
const VARY = 'Authorization, Cookie, Accept-Encoding';
/** What a page of another site may read of an answer, beside what it may always. */
const EXPOSED = 'ETag, Yutu-Features, Yutu-Detail';
/** Memory of a tile beside its bytes: key, headers, the cache's own. */
const OVERHEAD = 1_200;

/** A layer's share of a tile, for the ledger. */
export interface Share {
  features: number;
  /** Those told apart by their ids: what was drawn of the layer. */
  named: number;
  reduced: number;
  bytes: number;
}

/** A tile as it leaves: packed, with its headers put together once. */
export class FinishedTile {
  /** Times it was sent from the cache. */
  asked = 0;
  private readonly lists = new Map<number, string[]>();

  constructor(
    readonly bytes: Buffer,
    readonly encoding: Encoding,
    readonly etag: string,
    /** A share per layer, in the order they were asked for. */
    readonly shares: readonly Share[],
    /** Made from rows before the layer's snapshot was ready, from all or a sample of them: not to be kept anywhere. */
    readonly provisional?: 'provisional' | 'sampled',
  ) {}

  /** Bytes it takes in the cache. */
  get size(): number {
    return this.bytes.length + OVERHEAD;
  }

  get status(): 200 | 204 {
    return this.bytes.length === 0 ? 204 : 200;
  }

  /** Headers of an answer, name after name with its value. @param open whether the tile is everyone's */
  headers(status: 200 | 204 | 304, open: boolean): string[] {
    const which = open ? status : -status;
    let list = this.lists.get(which);
    if (!list) {
      list = this.makeHeaders(status, open);
      this.lists.set(which, list);
    }
    return list;
  }

  private makeHeaders(status: number, open: boolean): string[] {
    const cache = this.provisional ? 'no-store' : open ? 'no-cache' : 'private, no-cache';
    const list = ['Access-Control-Allow-Origin', '*', 'Cache-Control', cache, 'Vary', VARY];
    if (!this.provisional) list.push('ETag', this.etag);
    if (status === 304) return list;
    list.push('X-Content-Type-Options', 'nosniff', 'Cross-Origin-Resource-Policy', 'cross-origin');
    list.push('Access-Control-Expose-Headers', EXPOSED, 'Yutu-Features', this.counts);
    if (this.provisional) list.push('Yutu-Detail', this.provisional);
    if (status === 204) return list;
    list.push('Content-Type', MVT_TYPE, 'Content-Length', String(this.bytes.length));
    if (this.encoding !== 'identity') list.push('Content-Encoding', this.encoding);
    return list;
  }

  /** How many features the tile holds, and how many of them not as themselves. */
  private get counts(): string {
    const sum = (of: 'features' | 'reduced') => this.shares.reduce((n, share) => n + share[of], 0);
    return `drawn=${sum('features')}, reduced=${sum('reduced')}`;
  }
}
