import { describe, expect, it } from 'vitest';
import { cutAfter, decodeText, NoText } from './encoding.js';
import { textPieces } from './pieces.js';

// Written by iconv: there is no encoder in Node.
const GB = Buffer.from('d6d8c7ecd3e5d6d0c7f82ccce5cafdb3c7cad0', 'hex'); // 重庆渝中区,体数城市
const BIG5 = Buffer.from('adabbc79b4fca4a4b0cf2ca5aba677', 'hex');

describe('bytes', () => {
  it.each([
    ['UTF-8', Buffer.from('{"a":"重庆"}'), 'utf-8', '{"a":"重庆"}'],
    ['GB 18030', GB, 'gb18030', '重庆渝中区,体数城市'],
    ['Big5', BIG5, 'big5', new TextDecoder('big5').decode(BIG5)],
    [
      'four bytes',
      Buffer.from('2281318130228139ee3922', 'hex'),
      'gb18030',
      new TextDecoder('gb18030').decode(Buffer.from('2281318130228139ee3922', 'hex')),
    ],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), 'utf-16le', '{"a":1}'],
    ['nothing', Buffer.alloc(0), 'utf-8', ''],
  ])('of %s are told', (_what, bytes, encoding, text) => {
    expect(decodeText(bytes)).toEqual({ text, encoding });
  });

  it.each([
    ['ff in UTF-8', Buffer.concat([Buffer.from('{"a":"重庆渝中区",\n"'), Buffer.from([0xff]), Buffer.from('"}')]), 26, 2],
    ['half of a character at the end', GB.subarray(0, 3), 3, 1],
    ['UTF-32', Buffer.from('fffe00007b000000', 'hex'), 1, null],
    ['half of a pair in UTF-16', Buffer.from('7b0000d87d00', 'hex'), 6, null],
  ])('that fit nothing are placed: %s', (_what, bytes, byte, line) => {
    let fault: unknown;
    try {
      decodeText(bytes);
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(NoText);
    expect(fault).toMatchObject({ byte, line });
  });

  it('are cut where no character is', () => {
    expect(cutAfter(Buffer.from('a,重庆'), null)).toBe(2);
    expect(cutAfter(Buffer.from('重庆'), null)).toBe(0);
    expect(cutAfter(Buffer.from('a,b重', 'utf16le'), 'utf-16le')).toBe(4);
  });

  it.each([1, 2, 3, 5, 64])('are the same text in chunks of %i', async (size) => {
    for (const [bytes, encoding] of [
      [GB, 'gb18030'],
      [Buffer.from('{"名称":"渝中区 𠮷, 㐂"}'), 'utf-8'],
      [Buffer.from('{"名称":"渝中区 𠮷, 㐂"}', 'utf16le'), 'utf-16le'],
    ] as const) {
      async function* chunks() {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      }
      let text = '';
      for await (const piece of textPieces(chunks(), encoding)) text += piece;
      expect(text).toBe(new TextDecoder(encoding).decode(bytes));
    }
  });
});
