import { isAscii, isUtf8 } from 'node:buffer';
import type { Note } from './note.js';

export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'gb18030', 'big5'] as const;
export type Encoding = (typeof encodings)[number];

/** A byte that is no text, counted from 1, and its line where lines can be counted. */
export class NoText extends Error {
  constructor(
    readonly byte: number,
    readonly line: number | null,
  ) {
    super(`byte ${byte} is no text`);
  }
}

export const noTextWords = ({ byte, line }: NoText): Note => ({
  zh: `第 ${byte} 字节${line === null ? '' : `（第 ${line} 行）`}不是 UTF-8、UTF-16、GB18030 或 Big5 文字`,
  en: `byte ${byte}${line === null ? '' : ` (line ${line})`} is no text in UTF-8, UTF-16, GB18030 or Big5`,
});

/** What to say of a text that was converted; nothing of UTF-8. */
export const encodingNote = (encoding: Encoding): Note[] =>
  encoding === 'utf-8'
    ? []
    : [
        {
          zh: `文件编码为 ${encoding.toUpperCase()}，已转为 UTF-8；若文字不对，请注明编码`,
          en: `the file is in ${encoding.toUpperCase()} and was converted to UTF-8; name its encoding if the texts look wrong`,
        },
      ];

/** By a byte order mark, or by the zero byte beside the first character, which is ASCII in every JSON text. */
export function wideEncoding(head: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [a, b, c, d] = head;
  // UTF-32 has two zeros side by side; nobody reads it.
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0)) throw new NoText(1, null);
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a !== undefined && a !== 0 && b === 0) return 'utf-16le';
  if (a === 0 && b !== undefined) return 'utf-16be';
  return null;
}

/**
 * The end of the last character below "0" in a piece: such a byte is no part of another character in any of the encodings, so nothing
 * straddles it. 0 when there is none.
 */
export function cutAfter(bytes: Uint8Array, encoding: Encoding | null): number {
  if (encoding === 'utf-16le' || encoding === 'utf-16be') {
    const [low, high] = encoding === 'utf-16le' ? [0, 1] : [1, 0];
    for (let i = bytes.length - (bytes.length % 2) - 2; i >= 0; i -= 2)
      if (bytes[i + high] === 0 && bytes[i + low]! < 0x30) return i + 2;
    return 0;
  }
  for (let i = bytes.length - 1; i >= 0; i--) if (bytes[i]! < 0x30) return i + 1;
  return 0;
}

const strict = (encoding: Encoding) => new TextDecoder(encoding, { fatal: true, ignoreBOM: true });

/** What ICU makes of bytes that stand for nothing in Big5. */
const NOTHING = /[\u0080-\u009f\uf8f8]/;

/** @throws for what is no text */
function read(decoder: ReturnType<typeof strict>, bytes: Uint8Array, stream = false): string {
  const text = decoder.decode(bytes, { stream });
  if (decoder.encoding === 'big5' && NOTHING.test(text)) throw new TypeError('no text in Big5');
  return text;
}

/** One piece as text, whole characters only. @throws NoText, counting from `offset` and `line` */
export function decodePiece(bytes: Uint8Array, encoding: Encoding, offset = 0, line = 1): string {
  try {
    return read(strict(encoding), bytes);
  } catch {
    throw faultOf(bytes, encoding, offset, line);
  }
}

/** Byte by byte from the last place where nothing straddles: the first that cannot go on. */
function faultOf(bytes: Uint8Array, encoding: Encoding, offset: number, line: number): NoText {
  const wide = encoding.startsWith('utf-16');
  let from = 0;
  while (from < bytes.length) {
    const next = wide ? bytes.length : nextCut(bytes, from);
    if (!wide && isDecodable(bytes.subarray(from, next), encoding)) {
      from = next;
      continue;
    }
    const decoder = strict(encoding);
    for (let i = from; i < next; i++)
      try {
        read(decoder, bytes.subarray(i, i + 1), true);
      } catch {
        return new NoText(offset + i + 1, wide ? null : line + linesIn(bytes.subarray(0, i)));
      }
    return new NoText(offset + next, wide ? null : line + linesIn(bytes.subarray(0, next)));
  }
  return new NoText(offset + bytes.length, null);
}

function nextCut(bytes: Uint8Array, from: number): number {
  for (let i = from; i < bytes.length; i++) if (bytes[i]! < 0x30) return i + 1;
  return bytes.length;
}

function isDecodable(bytes: Uint8Array, encoding: Encoding): boolean {
  try {
    read(strict(encoding), bytes);
    return true;
  } catch {
    return false;
  }
}

export function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (const byte of bytes) if (byte === 0x0a) lines++;
  return lines;
}

/**
 * Tells UTF-8, GB18030 and Big5 apart from all bytes of a text that is not UTF-16, given in pieces that no character straddles. What is
 * not UTF-8 is what it can be read as; of two the one whose common characters it is made of.
 */
export class EncodingTally {
  private high = 0;
  /** Bytes of UTF-8 characters beyond two bytes: they come about by chance only rarely. */
  private utf8 = 0;
  private notUtf8: { bytes: Uint8Array; offset: number; line: number } | null = null;
  private readonly could = new Map<'gb18030' | 'big5', NoText | null>([
    ['gb18030', null],
    ['big5', null],
  ]);
  private readonly common = { gb18030: 0, big5: 0 };
  private offset = 0;
  private line = 1;

  push(bytes: Uint8Array): void {
    if (!isAscii(bytes)) this.look(bytes);
    this.offset += bytes.length;
    this.line += linesIn(bytes);
  }

  private look(bytes: Uint8Array): void {
    const { offset, line } = this;
    this.countUtf8(bytes);
    if (isUtf8(bytes)) return;
    this.notUtf8 ??= { bytes: bytes.slice(), offset, line };
    for (const [encoding, fault] of this.could)
      if (fault === null && !isDecodable(bytes, encoding)) this.could.set(encoding, faultOf(bytes, encoding, offset, line));
    this.countPairs(bytes);
  }

  private countUtf8(bytes: Uint8Array): void {
    const isTrail = (at: number) => (bytes[at]! & 0xc0) === 0x80;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (byte < 0x80) continue;
      this.high++;
      const more = byte >= 0xe0 && byte < 0xf0 ? 2 : byte >= 0xf0 && byte < 0xf5 ? 3 : 0;
      if (more === 0 || !isTrail(i + 1) || !isTrail(i + 2) || (more === 3 && !isTrail(i + 3))) continue;
      this.high += more;
      this.utf8 += more + 1;
      i += more;
    }
  }

  /** How common the characters would be: the first levels of GB 2312 and Big5 hold what people write. */
  private countPairs(bytes: Uint8Array): void {
    for (let i = 0; i + 1 < bytes.length; i++) {
      const [lead, trail] = [bytes[i]!, bytes[i + 1]!];
      if (lead < 0x81) continue;
      i++;
      const four = trail >= 0x30 && trail <= 0x39;
      if (four) i += 2;
      this.common.gb18030 += four
        ? 2
        : trail < 0xa1
          ? 0.1
          : lead >= 0xb0 && lead <= 0xd7
            ? 1
            : lead <= 0xa9 || lead >= 0xd8
              ? 0.6
              : 0.1;
      this.common.big5 += four ? 0 : lead >= 0xa1 && lead <= 0xc6 ? 1 : 0.2;
    }
  }

  /** @throws NoText for a text that is none in any encoding, or UTF-8 that was damaged */
  encoding(): Encoding {
    if (this.notUtf8 === null) return 'utf-8';
    const { bytes, offset, line } = this.notUtf8;
    if (this.utf8 > this.high / 5 + 8) throw faultOf(bytes, 'utf-8', offset, line);
    const possible = [...this.could].flatMap(([encoding, fault]) => (fault === null ? [encoding] : []));
    if (possible.length === 0) throw this.could.get('gb18030')!;
    return possible.sort((a, b) => this.common[b] - this.common[a])[0]!;
  }
}

/** A whole text in memory. @throws NoText */
export function decodeText(bytes: Uint8Array): { text: string; encoding: Encoding } {
  let encoding: Encoding | null = wideEncoding(bytes);
  if (encoding === null) {
    const tally = new EncodingTally();
    tally.push(bytes);
    encoding = tally.encoding();
  }
  return { text: decodePiece(bytes, encoding), encoding };
}
