import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Part, partsFrom, partsOf } from './documents.js';

const shown = (parts: Part[]) =>
  parts.map((part) => (part.kind === 'element' ? part.text : `${part.kind} ${part.document} ${[...part.members].join(' ')}`));
const of = (text: string) => shown([...partsOf(text)]);

async function inPieces(text: string, size: number): Promise<string[]> {
  async function* pieces() {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  }
  const parts: Part[] = [];
  for await (const part of partsFrom(pieces())) parts.push(part);
  return shown(parts);
}

describe('a text', () => {
  it('is taken apart whatever the order of members, and whatever stands between documents', () => {
    expect(of('{"features":[{"a":"]}"},2 , [3]],"type":"FeatureCollection","crs":null}')).toEqual([
      '{"a":"]}"}',
      '2',
      '[3]',
      'collection 0 type,"FeatureCollection" crs,null',
    ]);
    expect(of('\uFEFF\x1e{"type":"Feature","features":[1]}\r\n\n{ }\x1e{"a" : "\\"}"}')).toEqual([
      'object 0 type,"Feature" features,[1]',
      'object 1 ',
      'object 2 a,"\\"}"',
    ]);
    expect(of(' \n')).toEqual([]);
  });

  it.each([
    ['[]', /not a list/],
    ['name,x\n', /not GeoJSON/],
    ['{"a":1', /not whole/],
    ['{"features":[{"a":1}', /not whole/],
    ['{"a":"x', /not whole/],
    ['{"a" 1}', /not valid JSON/],
    ['{a:1}', /not valid JSON/],
    ['{"a":1}}', /not GeoJSON/],
    ['{"features":[1 2]}', /not valid JSON/],
    ['{"a":1,}', /not valid JSON/],
  ])('that is none is said to be: %s', (text, words) => {
    expect(() => of(text)).toThrow(words);
  });

  it('is the same in pieces of any size', async () => {
    const documents = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(documents, fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 9 }), async (some, features, size) => {
        const text = [...some, { features, type: 'FeatureCollection' }].map((d) => JSON.stringify(d)).join('\n');
        expect(await inPieces(text, size)).toEqual(of(text));
        expect(of(text).slice(-1 - features.length, -1)).toEqual(features.map((f) => JSON.stringify(f)));
      }),
      { numRuns: 60 },
    );
  });
});
