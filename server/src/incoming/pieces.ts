import { cutAfter, decodePiece, type Encoding, linesIn } from './encoding.js';

/** Bytes that come in chunks, in pieces that no character straddles. */
export async function* wholePieces(chunks: AsyncIterable<Buffer>, encoding: Encoding | null): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    const cut = isAligned(rest, encoding) ? cutAfter(chunk, encoding) : 0;
    if (cut === 0) {
      rest.push(chunk);
      if (!encoding?.startsWith('utf-16')) continue;
      // Of an odd number of bytes the last one waits.
      const all = Buffer.concat(rest);
      const end = cutAfter(all, encoding);
      if (end > 0) yield all.subarray(0, end);
      rest = end < all.length ? [all.subarray(end)] : [];
      continue;
    }
    yield rest.length === 0 ? chunk.subarray(0, cut) : Buffer.concat([...rest, chunk.subarray(0, cut)]);
    rest = cut < chunk.length ? [chunk.subarray(cut)] : [];
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

const isAligned = (rest: readonly Buffer[], encoding: Encoding | null): boolean =>
  !encoding?.startsWith('utf-16') || rest.reduce((sum, { length }) => sum + length, 0) % 2 === 0;

/** The text of bytes that come in chunks. @throws NoText */
export async function* textPieces(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  let [offset, line] = [0, 1];
  for await (const piece of wholePieces(chunks, encoding)) {
    yield decodePiece(piece, encoding, offset, line);
    offset += piece.length;
    line += linesIn(piece);
  }
}
