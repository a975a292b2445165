import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Claim, newClaimSecret, Signer } from './signed.js';

const claim: Claim = {
  kind: 'signed',
  id: '2b8c0a54-7a0e-4d3e-8d51-0a4b5c6d7e8f',
  layer: 'parcels',
  viewsKey: 'k',
  issuer: { kind: 'user', id: 'planner' },
  until: Math.floor(Date.now() / 1000) + 60,
};
const signer = new Signer('a secret');
const token = signer.sign(claim);

describe('a signed claim', () => {
  it('is read back as it was', () => {
    expect(signer.read(token)).toEqual(claim);
    expect(token).toMatch(/^hs256\.[\w-]+\.[\w-]{43}$/);
  });

  it('is nothing past its end', () => {
    expect(signer.read(token, claim.until * 1000)).toBeNull();
    expect(signer.read(token, claim.until * 1000 - 1)).not.toBeNull();
  });

  it('of another secret is nothing', () => {
    expect(new Signer(newClaimSecret()).read(token)).toBeNull();
  });

  it('that was changed anywhere is nothing', () => {
    const [algorithm, body, mac] = token.split('.') as [string, string, string];
    const wider = Buffer.from(JSON.stringify(['signed', claim.id, 'pipelines', 'k', 'user', 'admin', claim.until])).toString(
      'base64url',
    );
    for (const forged of [
      `${algorithm}.${wider}.${mac}`,
      `none.${body}.${mac}`,
      `none.${body}.`,
      `${algorithm}.${body}.`,
      `${algorithm}.${body}`,
      `${algorithm}.${body}.${mac}${mac}`,
      `${token} `,
      '',
      '..',
      'hs256..',
    ])
      expect([forged, signer.read(forged)]).toEqual([forged, null]);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'ab9-_.~A'), (at, letter) => {
        const other = token.slice(0, at) + letter + token.slice(at + 1);
        return other === token || signer.read(other) === null;
      }),
    );
  });

  it('of whatever is sent is nothing and no fault', () => {
    fc.assert(fc.property(fc.string(), (text) => signer.read(text) === null && signer.read(`hs256.${text}`) === null));
  });
});
