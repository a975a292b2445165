import { LRUCache } from 'lru-cache';
import type { Access } from '../access/decide.js';
import { today } from '../catalogue/calendar.js';
import type { Layer } from '../catalogue/layers.js';
import { type CollectionContext, collectionDocument } from './collection.js';

/** Layers whose counts may be asked of the database at once: the page of a long catalogue leaves connections to others. */
const TOGETHER = 8;
/** Characters of documents that are remembered. */
const CHARACTERS = 32_000_000;

interface Written {
  layer: Layer;
  /** All else that shapes the document. */
  name: string;
  text: string;
}

/**
 * The documents of the catalogue's page as text, remembered by the decision they were written under: a decision is one kind of
 * caller's, and is made anew whenever grants, layers or organisations change.
 */
export class Listing {
  private readonly written = new LRUCache<Access, Written>({ maxSize: CHARACTERS, sizeCalculation: ({ text }) => text.length });

  /** @returns the documents in the order of the layers */
  async of(seen: readonly { layer: Layer; access: Access }[], context: CollectionContext): Promise<string[]> {
    const { origin, language, requests, rooms } = context;
    const head = `${today(rooms.timezone)} ${language} ${origin}`;
    const texts: string[] = [];
    for (let i = 0; i < seen.length; i += TOGETHER) {
      const some = seen.slice(i, i + TOGETHER).map(({ layer, access }) => {
        const request = requests.get(layer.id);
        const name = request ? `${head} ${request.id} ${request.status}` : head;
        const known = this.written.get(access);
        return known?.layer === layer && known.name === name ? known.text : this.write(layer, access, context, name);
      });
      texts.push(...(some.every((text) => typeof text === 'string') ? some : await Promise.all(some)));
    }
    return texts;
  }

  private async write(layer: Layer, access: Access, context: CollectionContext, name: string): Promise<string> {
    const text = JSON.stringify(await collectionDocument(layer, access, context));
    this.written.set(access, { layer, name, text });
    return text;
  }
}
