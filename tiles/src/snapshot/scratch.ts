import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** A file of a builder's scratch folder. */
export class ScratchFile {
  readonly #fd: number;
  size: number;

  constructor(path: string, flags: 'r+' | 'w+') {
    this.#fd = openSync(path, flags);
    this.size = fstatSync(this.#fd).size;
  }

  /** Reads `length` bytes at `place` of the file to `at` of `bytes`. */
  read(bytes: Uint8Array, at: number, length: number, place: number): void {
    for (let done = 0; done < length; ) {
      const n = readSync(this.#fd, bytes, at + done, length - done, place + done);
      if (n === 0) throw new Error('a scratch file ends too early');
      done += n;
    }
  }

  write(bytes: Uint8Array, at: number, length: number, place: number): void {
    for (let done = 0; done < length; ) done += writeSync(this.#fd, bytes, at + done, length - done, place + done);
    this.size = Math.max(this.size, place + length);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Where a builder puts what does not fit into memory. Opened again after a kill, it still has what was finished. */
export class Scratch<Manifest extends object> {
  readonly #open = new Map<string, ScratchFile>();

  constructor(private readonly folder: string) {}

  create(name: string): ScratchFile {
    mkdirSync(this.folder, { recursive: true });
    return this.#keep(name, 'w+');
  }

  open(name: string): ScratchFile {
    return this.#open.get(name) ?? this.#keep(name, 'r+');
  }

  #keep(name: string, flags: 'r+' | 'w+'): ScratchFile {
    this.#open.get(name)?.close();
    const file = new ScratchFile(join(this.folder, name), flags);
    this.#open.set(name, file);
    return file;
  }

  remove(name: string): void {
    this.#open.get(name)?.close();
    this.#open.delete(name);
    rmSync(join(this.folder, name), { force: true });
  }

  /** What is finished; null when nothing is. */
  readManifest(): Manifest | null {
    try {
      return JSON.parse(readFileSync(join(this.folder, MANIFEST), 'utf8')) as Manifest;
    } catch {
      return null;
    }
  }

  /** Says what is finished, at once or not at all. */
  writeManifest(manifest: Manifest): void {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(join(this.folder, `${MANIFEST}.part`), JSON.stringify(manifest));
    renameSync(join(this.folder, `${MANIFEST}.part`), join(this.folder, MANIFEST));
  }

  /** Closes the files and leaves them for another time. */
  close(): void {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
  }

  /** Removes the folder. */
  clear(): void {
    this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const MANIFEST = 'manifest.json';
