import { LRUCache } from 'lru-cache';
import type { Access } from '../access/decide.js';
import { today } from '../catalogue/calendar.js';
import type { Layer } from '../catalogue/layers.js';
import { type CollectionContext, collectionDocument } from './collection.js';
import type { Reading } from './reading.js';

/** Layers whose counts may be asked of the database at once: the page of a long catalogue leaves connections to others. */
const TOGETHER = 8;
/** Bytes of documents that are remembered. */
const BYTES = 64_000_000;

interface Written {
  layer: Layer;
  /** All else that shapes the document. */
  name: string;
  /** Encoded once: a long page is put together from bytes in a tenth of the time. */
  json: Buffer;
}

/**
 * The documents of the catalogue's page as JSON, remembered by the decision they were written under: a decision is one kind of
 * caller's, and is made anew whenever grants, layers or organisations change.
 */
export class Listing {
  private readonly written = new LRUCache<Access, Written>({ maxSize: BYTES, sizeCalculation: ({ json }) => json.length });

  /** @returns the documents in the order of the layers */
  async of(seen: readonly Reading[], context: CollectionContext): Promise<Buffer[]> {
    const { origin, language, requests, rooms } = context;
    const head = `${today(rooms.timezone)} ${language} ${origin}`;
    const documents: Buffer[] = [];
    for (let i = 0; i < seen.length; i += TOGETHER) {
      const some = seen.slice(i, i + TOGETHER).map((reading) => {
        const { layer, access } = reading;
        const request = requests.get(layer.id);
        const name = request ? `${head} ${request.id} ${request.status}` : head;
        const known = this.written.get(access);
        return known?.layer === layer && known.name === name ? known.json : this.write(reading, context, name);
      });
      documents.push(...(some.every(Buffer.isBuffer) ? some : await Promise.all(some)));
    }
    return documents;
  }

  private async write(reading: Reading, context: CollectionContext, name: string): Promise<Buffer> {
    const json = Buffer.from(JSON.stringify(await collectionDocument(reading, context)));
    const { layer, access } = reading;
    this.written.set(access, { layer, name, json });
    return json;
  }
}
