import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { fail, YutuError } from '../errors/fail.js';
import type { Crs } from '../incoming/crs.js';
import { NoDocument, partsFrom } from '../incoming/documents.js';
import { type Encoding, EncodingTally, encodingNote, NoText, noTextWords, wideEncoding } from '../incoming/encoding.js';
import { featureOf, featuresOf } from '../incoming/feature.js';
import type { Note } from '../incoming/note.js';
import { textPieces, wholePieces } from '../incoming/pieces.js';
import type { IncomingFeature } from '../store/import.js';

export interface FileReading {
  /** Bytes read so far, and in all. */
  read: number;
  size: number;
}

/**
 * A GeoJSON file of any size: FeatureCollections, features or geometries, one or several, in any layout and encoding. It is looked through
 * before it is read: what it says of itself may stand at its end.
 */
export class GeojsonFile {
  private constructor(
    private readonly path: string,
    private readonly size: number,
    private readonly encoding: Encoding,
    /** Of its collections, by the number of the document. */
    private readonly systems: ReadonlyMap<number, Crs>,
  ) {}

  /**
   * @param encoding when it is known; else it is told from the bytes
   * @throws `import_invalid` for what cannot be opened, is no text, no GeoJSON, or ends early
   */
  static async open(path: string, encoding?: Encoding): Promise<GeojsonFile> {
    const size = await sizeOf(path);
    if (size === 0) refuse({ zh: '文件是空的，没有 GeoJSON', en: 'the file is empty: it holds no GeoJSON' });
    let features = 0;
    try {
      const told = encoding ?? (await tellEncoding(path));
      const systems = new Map<number, Crs>();
      for await (const part of partsFrom(textPieces(chunks(path), told))) {
        if (part.kind === 'element') features++;
        else {
          const { crs, own } = featuresOf(part);
          if (crs) systems.set(part.document, crs);
          features += own.length;
        }
      }
      if (features === 0) refuse(nothing([...systems.values()]));
      return new GeojsonFile(path, size, told, systems);
    } catch (error) {
      throw inWordsOf(error, features + 1);
    }
  }

  /** What became of its bytes. */
  get notes(): Note[] {
    return encodingNote(this.encoding);
  }

  /** Its features in their order; `reading` tells how far it is. @throws `import_invalid` */
  async *features(reading: FileReading = { read: 0, size: 0 }): AsyncGenerator<IncomingFeature> {
    reading.size = this.size;
    let n = 0;
    try {
      for await (const part of partsFrom(textPieces(chunks(this.path, reading), this.encoding))) {
        const crs = this.systems.get(part.document);
        const own = part.kind === 'element' ? [featureOf(part.text, crs)] : featuresOf(part).own;
        for (const feature of own) {
          n++;
          yield feature as IncomingFeature;
        }
      }
    } catch (error) {
      throw inWordsOf(error, n + 1);
    }
  }
}

async function tellEncoding(path: string): Promise<Encoding> {
  const tally = new EncodingTally();
  let first = true;
  for await (const piece of wholePieces(chunks(path), null)) {
    const wide = first ? wideEncoding(piece) : null;
    if (wide) return wide;
    first = false;
    tally.push(piece);
  }
  return tally.encoding();
}

async function* chunks(path: string, reading?: FileReading): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    if (reading) reading.read += chunk.length;
    yield chunk;
  }
}

const nothing = (systems: Crs[]): Note => {
  const named = systems.flatMap((crs) => (crs === 'lonlat' ? [] : [crs.shown]))[0];
  return {
    zh: `文件里没有要素${named ? `（坐标系 ${named}）` : ''}`,
    en: `the file holds no features${named ? ` (coordinate system ${named})` : ''}`,
  };
};

/** What readers throw, as a fault of the import; the system's own errors as they are. */
function inWordsOf(error: unknown, feature: number): unknown {
  if (error instanceof NoText) return invalid(noTextWords(error));
  if (error instanceof NoDocument)
    return invalid(
      !error.broken
        ? error.words
        : { zh: `文件不是完整的 GeoJSON：${error.words.zh}`, en: `the file is not whole GeoJSON: ${error.words.en}` },
    );
  if (error instanceof SyntaxError)
    return invalid({
      zh: `文件不是完整的 GeoJSON：第 ${feature} 个要素不是有效的 JSON`,
      en: `the file is not whole GeoJSON: feature ${feature} is not valid JSON`,
    });
  return error;
}

const invalid = ({ zh, en }: Note): YutuError =>
  new YutuError('import_invalid', { whyZh: zh, whyEn: en.charAt(0).toUpperCase() + en.slice(1) });

function refuse(words: Note): never {
  throw invalid(words);
}

async function sizeOf(path: string): Promise<number> {
  const handle = await open(path).catch((error: NodeJS.ErrnoException) =>
    fail('import_invalid', {
      whyZh: `打不开文件 ${path}（${error.code}）`,
      whyEn: `The file ${path} cannot be opened (${error.code})`,
    }),
  );
  try {
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}
