import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Ed25519, or SM2 with SM3 where OpenSSL has them. */
export const signatureAlgorithms = ['ed25519', 'sm2'] as const;
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/** The digest that goes with a signature; Ed25519 has its own within. */
const digests: Record<SignatureAlgorithm, string | null> = { ed25519: null, sm2: 'sm3' };

/** A public key as it is shown and kept: DER (SPKI) in base64. */
export interface PublicKey {
  fingerprint: string;
  algorithm: SignatureAlgorithm;
  publicKey: string;
}

export interface Signer extends PublicKey {
  /** `algorithm:base64` over the text. */
  sign(text: string): string;
}

/** `sha256:` and the hex digest of the key's DER. */
export const fingerprintOf = (publicKey: string): string =>
  `sha256:${createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex')}`;

const fileIn = (folder: string, algorithm: SignatureAlgorithm): string => join(folder, `audit-${algorithm}.pem`);

/**
 * The key pair of this data folder, made when it is first asked for. The private key is readable by this user only and never
 * leaves the folder: who holds the database alone can sign nothing.
 * @throws Error when it can be neither read nor made
 */
export async function openSigner(folder: string, algorithm: SignatureAlgorithm): Promise<Signer> {
  const known = await signerIn(folder, algorithm);
  if (known) return known;
  const file = fileIn(folder, algorithm);
  await mkdir(folder, { recursive: true });
  await writeFile(file, makeKey(algorithm), { mode: 0o600, flag: 'wx' }).catch((raced: NodeJS.ErrnoException) => {
    if (raced.code !== 'EEXIST') throw raced;
  });
  return signerOf(await readFile(file, 'utf8'), algorithm);
}

/** The key pair of this data folder; null when it holds none. @throws Error when it cannot be read */
export async function signerIn(folder: string, algorithm: SignatureAlgorithm): Promise<Signer | null> {
  const pem = await readFile(fileIn(folder, algorithm), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return pem === null ? null : signerOf(pem, algorithm);
}

/** Read from its text in every case: only then OpenSSL takes an SM2 key for one. */
function signerOf(pem: string, algorithm: SignatureAlgorithm): Signer {
  const key = createPrivateKey(pem);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
  return {
    fingerprint: fingerprintOf(publicKey),
    algorithm,
    publicKey,
    sign: (text) => `${algorithm}:${sign(digests[algorithm], Buffer.from(text), key).toString('base64')}`,
  };
}

function makeKey(algorithm: SignatureAlgorithm): string {
  const pair = algorithm === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'SM2' });
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Whether `signature` is the key's over the text. False also for what cannot be read at all. */
export function signatureHolds(text: string, signature: string, { publicKey }: Pick<PublicKey, 'publicKey'>): boolean {
  const [algorithm = '', value = ''] = signature.split(':');
  if (!signatureAlgorithms.includes(algorithm as SignatureAlgorithm)) return false;
  try {
    const key: KeyObject = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return verify(digests[algorithm as SignatureAlgorithm], Buffer.from(text), key, Buffer.from(value, 'base64'));
  } catch {
    return false;
  }
}
