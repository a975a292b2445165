import { closeSync, openSync, writeSync } from 'node:fs';
import { HEADER_BYTES, SnapshotError } from './format.js';

/** Where a snapshot is written: front to back, the header last. */
export interface Output {
  /** Appends bytes, a multiple of 8; returns the offset at which they lie. The bytes may change afterwards. */
  append(bytes: Uint8Array): number;
  /** Bytes so far, the header's place included. */
  readonly length: number;
  end(header: Uint8Array): void;
  /** Lets go of what is open after a failure. */
  abandon(): void;
}

/** Pages handed over are gathered and written in pieces of this size. */
const PIECE = 2 ** 20;

/** A file that is no snapshot until its header is there. */
export class FileOutput implements Output {
  length = HEADER_BYTES;
  readonly #fd: number;
  readonly #piece = new Uint8Array(PIECE);
  #held = 0;

  constructor(path: string) {
    this.#fd = openSync(path, 'w');
  }

  append(bytes: Uint8Array): number {
    const at = this.length;
    if (this.#held + bytes.length > PIECE) this.#flush();
    this.length += bytes.length;
    if (bytes.length > PIECE) this.#write(bytes, at);
    else {
      this.#piece.set(bytes, this.#held);
      this.#held += bytes.length;
    }
    return at;
  }

  #flush(): void {
    this.#write(this.#piece.subarray(0, this.#held), this.length - this.#held);
    this.#held = 0;
  }

  #write(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done, bytes.length - done, at + done);
  }

  end(header: Uint8Array): void {
    this.#flush();
    this.#write(header, 0);
    closeSync(this.#fd);
  }

  abandon(): void {
    closeSync(this.#fd);
  }
}

/** A snapshot in one shared buffer. */
export class MemoryOutput implements Output {
  length = HEADER_BYTES;
  #pieces: Uint8Array[] = [];
  #bytes: Uint8Array | null = null;

  append(bytes: Uint8Array): number {
    const at = this.length;
    this.#pieces.push(bytes);
    this.length += bytes.length;
    return at;
  }

  end(header: Uint8Array): void {
    let buffer: SharedArrayBuffer;
    try {
      buffer = new SharedArrayBuffer(this.length);
    } catch {
      throw new SnapshotError(`a snapshot of ${this.length} bytes does not fit into memory`);
    }
    this.#bytes = new Uint8Array(buffer);
    this.#bytes.set(header);
    let at = HEADER_BYTES;
    for (const [i, piece] of this.#pieces.entries()) {
      this.#bytes.set(piece, at);
      at += piece.length;
      this.#pieces[i] = header; // frees the piece
    }
    this.#pieces = [];
  }

  /** After `end`. */
  get bytes(): Uint8Array {
    return this.#bytes!;
  }

  abandon(): void {
    this.#pieces = [];
  }
}
