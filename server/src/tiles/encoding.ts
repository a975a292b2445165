import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from 'node:zlib';

export type Encoding = 'br' | 'gzip' | 'identity';

/** What is shorter fits one packet as it is: packing it would cost more than it saves. */
export const NOT_WORTH_PACKING = 1_024;

const known = new Map<string, Encoding>();
const KNOWN_MOST = 200;

/** The encoding to send (RFC 9110 §12.5.3): the one the client values most; of equals brotli, then gzip. */
export function encodingFor(header: string | undefined): Encoding {
  if (header === undefined) return 'identity';
  let encoding = known.get(header);
  if (encoding === undefined) {
    encoding = negotiate(header);
    // Browsers send few different ones; whoever makes them up shall not fill the memory.
    if (known.size >= KNOWN_MOST) known.clear();
    if (header.length <= 200) known.set(header, encoding);
  }
  return encoding;
}

function negotiate(header: string): Encoding {
  const values = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [name, ...parameters] = part.split(';').map((p) => p.trim());
    const q = parameters.find((p) => p.startsWith('q='))?.slice(2);
    if (name) values.set(name, q === undefined ? 1 : Math.min(1, Math.max(0, Number(q) || 0)));
  }
  const any = values.get('*') ?? 0;
  // Nothing need be said of sending it as it is: that is the last resort.
  const worth = (e: Encoding) => values.get(e) ?? (e === 'identity' ? 0.0001 : any);
  let best: Encoding = 'identity';
  for (const e of ['gzip', 'br'] as const) if (worth(e) > 0 && worth(e) >= worth(best)) best = e;
  return best;
}

/** Up to this size a tile is small: what a thorough packing saves is a packet at most. */
const SMALL = 32_768;

/**
 * Packs a tile. At first quickly: brotli 2 for a small one takes half the time of brotli 4 for 4 % more, brotli 4 is the knee for
 * larger ones, smaller than gzip 6 at a third of its time. Thoroughly (`again`), for a tile that is asked for often: brotli 5, gzip 6;
 * what is above costs many times that for nothing.
 */
export function pack(raw: Uint8Array, encoding: Encoding, again = false): Uint8Array {
  // The output never needs a second buffer: allocating zlib's own guess costs more than packing a small tile.
  const chunkSize = Math.max(1_024, Math.min(raw.length + 64, 1 << 16));
  if (encoding === 'gzip') return gzipSync(raw, { level: again ? 6 : 1, chunkSize });
  if (encoding === 'identity') return raw;
  const quality = again ? 5 : raw.length <= SMALL ? 2 : 4;
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length };
  return brotliCompressSync(raw, { params, chunkSize });
}

/** What was packed. */
export const unpack = (packed: Uint8Array, encoding: Encoding): Uint8Array =>
  encoding === 'br' ? brotliDecompressSync(packed) : encoding === 'gzip' ? gunzipSync(packed) : packed;
