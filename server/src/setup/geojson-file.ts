import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import chain from 'stream-chain';
import { parser } from 'stream-json';
import { pick } from 'stream-json/filters/pick.js';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import { fail } from '../errors/fail.js';
import type { IncomingFeature } from '../store/import.js';

const HEAD = 64 * 1024;
const KNOWN_CRS = /CRS84|4326|4490|WGS ?84|CGCS ?2000/i;

export interface FileReading {
  /** Bytes read so far, and in all. */
  read: number;
  size: number;
}

const refuse = (whyZh: string, whyEn: string): never => fail('import_invalid', { whyZh, whyEn });

/**
 * Streams the features of a GeoJSON FeatureCollection or of newline-delimited features, whatever the file's size.
 * `reading` tells how far it is.
 * @throws `import_invalid` for what is no GeoJSON, names a coordinate system that is not longitude and latitude, or ends early
 */
export async function* readGeojson(file: string, reading: FileReading = { read: 0, size: 0 }): AsyncGenerator<IncomingFeature> {
  const head = await readHead(file, reading);
  const declared = /"crs"\s*:\s*\{.{0,200}?"name"\s*:\s*"([^"]*)"/s.exec(head)?.[1];
  if (declared !== undefined && !KNOWN_CRS.test(declared))
    refuse(
      `坐标系 ${declared} 不能直接导入，请先转为经纬度`,
      `The coordinate system ${declared} cannot be imported; convert to longitude and latitude first`,
    );
  const lines =
    /^\s*\{[^\n]*"type"\s*:\s*"Feature"/.test(head.split('\n', 1)[0]!) && !/"FeatureCollection"/.test(head.split('\n', 1)[0]!);
  const counted = new Transform({
    transform(chunk, _encoding, done) {
      reading.read += chunk.length;
      done(null, chunk);
    },
  });
  const source = createReadStream(file);
  try {
    if (lines) {
      for await (const some of linesOf(source.pipe(counted))) for (const line of some) yield JSON.parse(line);
      return;
    }
    const stream = chain([source, counted, parser(), pick({ filter: 'features' }), streamArray()]);
    for await (const { value } of stream as unknown as AsyncIterable<{ value: IncomingFeature }>) yield value;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('E')) throw error;
    refuse(
      `文件不是完整的 GeoJSON（${(error as Error).message}）`,
      `The file is not whole GeoJSON (${(error as Error).message})`,
    );
  } finally {
    source.destroy();
  }
}

/** The lines of a text that are not blank, as many as each piece of it ends. */
async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder(); // takes a byte order mark away
  let rest = '';
  const whole = (lines: string[]) => lines.filter((line) => line.trim() !== '');
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield whole(lines);
  }
  yield whole([rest + decoder.decode()]);
}

async function readHead(file: string, reading: FileReading): Promise<string> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) =>
    refuse(`打不开文件 ${file}（${error.code}）`, `The file ${file} cannot be opened (${error.code})`),
  );
  try {
    reading.size = (await handle.stat()).size;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    const head = buffer.toString('utf8', 0, bytesRead).replace(/^\uFEFF/, '');
    if (!/^\s*\{/.test(head)) refuse('文件不是 GeoJSON', 'The file is not GeoJSON');
    return head;
  } finally {
    await handle.close();
  }
}
