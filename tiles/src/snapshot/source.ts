import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type ByteSource, SnapshotError } from './format.js';
import type { Page } from './page.js';

/** A snapshot's bytes in memory: what is read are views. */
export class MemorySource implements ByteSource {
  readonly size: number;

  constructor(private readonly bytes: Uint8Array) {
    this.size = bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size))
      throw new SnapshotError('a part of the snapshot lies outside it');
    return this.bytes.subarray(offset, offset + length);
  }
}

/** A snapshot in a file. It stays readable when the file is replaced or removed, until it is closed. */
export class FileSource implements ByteSource {
  readonly size: number;
  readonly #fd: number;

  /** @throws SnapshotError when there is no such file */
  constructor(path: string) {
    try {
      this.#fd = openSync(path, 'r');
    } catch (error) {
      throw new SnapshotError(`the snapshot cannot be opened (${(error as NodeJS.ErrnoException).code})`);
    }
    this.size = fstatSync(this.#fd).size;
  }

  read(offset: number, length: number): Uint8Array {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size))
      throw new SnapshotError('a part of the snapshot lies outside it');
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      let n = 0;
      try {
        n = readSync(this.#fd, bytes, done, length - done, offset + done);
      } catch (error) {
        throw new SnapshotError(`the snapshot cannot be read (${(error as NodeJS.ErrnoException).code})`);
      }
      if (n === 0) throw new SnapshotError('the snapshot ends too early');
      done += n;
    }
    return bytes;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Pages read from files, least recently used first out. One for all snapshots of a thread keeps its memory bounded. */
export class PageCache {
  readonly #pages = new Map<number, Page>();
  #bytes = 0;
  #keys = 0;

  /** @param budget bytes of pages that may stay; the page at hand stays whatever its size */
  constructor(readonly budget: number) {}

  /** Bytes of the pages held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** So many keys for a band's pages that no other band has; returns the first. */
  keys(count: number): number {
    this.#keys += count;
    return this.#keys - count;
  }

  get(key: number, load: () => Page): Page {
    const known = this.#pages.get(key);
    if (known) {
      this.#pages.delete(key);
      this.#pages.set(key, known);
      return known;
    }
    const page = load();
    this.#pages.set(key, page);
    this.#bytes += page.bytes.length;
    for (const [oldest, { bytes }] of this.#pages) {
      if (this.#bytes <= this.budget || oldest === key) break;
      this.#pages.delete(oldest);
      this.#bytes -= bytes.length;
    }
    return page;
  }

  /** Forgets a band's pages. */
  drop(first: number, count: number): void {
    for (const [key, { bytes }] of this.#pages) {
      if (key < first || key >= first + count) continue;
      this.#pages.delete(key);
      this.#bytes -= bytes.length;
    }
  }
}
