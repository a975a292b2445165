import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodingFor, pack, unpack } from './encoding.js';

describe('the encoding', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['identity', 'identity'],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.1, gzip;q=1', 'gzip'],
    ['br;q=0.8, gzip;q=0.8', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['br; q=0.0 , gzip;q=0.000', 'identity'],
    ['gzip;q=0.001', 'gzip'],
    ['identity, gzip;q=0.5', 'identity'],
    ['identity;q=0.5, gzip;q=0.5', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['*;q=0', 'identity'],
    ['identity;q=0', 'identity'],
    ['brotli', 'identity'],
    ['gzip;q=x', 'identity'],
  ])('for %j is %s', (header, encoding) => {
    expect(encodingFor(header)).toBe(encoding);
    expect(encodingFor(header)).toBe(encoding);
  });

  it('is found for any header, however many there are', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (header) => {
        expect(['br', 'gzip', 'identity']).toContain(encodingFor(header));
      }),
      { numRuns: 500 },
    );
    expect(encodingFor('gzip')).toBe('gzip');
  });
});

describe('packing', () => {
  const raw = Buffer.from(Array.from({ length: 5_000 }, (_, i) => `parcel ${i * 7919}`).join());
  it.each(['br', 'gzip', 'identity'] as const)('%s gives back what went in, done quickly or thoroughly', (encoding) => {
    const quick = pack(raw, encoding);
    const thorough = pack(raw, encoding, true);
    expect(Buffer.compare(unpack(quick, encoding), raw)).toBe(0);
    expect(Buffer.compare(unpack(thorough, encoding), raw)).toBe(0);
    if (encoding === 'gzip') expect(thorough.length).toBeLessThan(quick.length);
  });
});
