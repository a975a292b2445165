import { appendFile, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { canonicalJson } from './chain.js';
import { fingerprintOf, type Signer, signatureHolds } from './signer.js';

/** A signed statement about the chain: row `seq` has this hash (with its algorithm's name) at this time. */
export interface Anchor {
  yutu: 'audit-head' | 'audit-checkpoint';
  seq: number;
  hash: string;
  at: string;
  /** Fingerprint of the key, and the key itself: a file of anchors needs nothing else to be checked. */
  key: string;
  publicKey: string;
  signature: string;
}

const anchor = z.strictObject({
  yutu: z.enum(['audit-head', 'audit-checkpoint']),
  seq: z.number().int().min(0),
  hash: z.string(),
  at: z.string(),
  key: z.string(),
  publicKey: z.string(),
  signature: z.string(),
});

const textOf = ({ yutu, seq, hash, at, key }: Omit<Anchor, 'signature' | 'publicKey'>): string =>
  canonicalJson([yutu, seq, hash, at, key]);

/** Signs that row `seq` has the hash. */
export function makeAnchor(signer: Signer, yutu: Anchor['yutu'], seq: number, hash: string): Anchor {
  const unsigned = { yutu, seq, hash, at: new Date().toISOString(), key: signer.fingerprint };
  return { ...unsigned, publicKey: signer.publicKey, signature: signer.sign(textOf(unsigned)) };
}

/** Whether the key it names signed it. Whose key that is must be known from elsewhere. */
export const anchorHolds = (a: Anchor): boolean =>
  fingerprintOf(a.publicKey) === a.key && signatureHolds(textOf(a), a.signature, a);

/** Appends a line to a file of anchors, apart from one that a killed process cut short. */
export const appendAnchor = (file: string, a: Anchor): Promise<void> =>
  appendFile(file, `\n${canonicalJson(a)}\n`, { mode: 0o600 });

/**
 * The anchors of a file, one JSON document a line. Lines that were cut short are passed over: they prove nothing.
 * @throws Error for a file that holds lines but no anchor
 */
export async function readAnchors(file: string): Promise<Anchor[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  const anchors = lines.flatMap((line) => {
    try {
      return [anchor.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
  if (lines.length > 0 && anchors.length === 0) throw new Error(`${file} holds no anchors`);
  return anchors;
}

/**
 * Sends an anchor to the address the operator set, and nowhere else: redirections are refused and the answer is not read.
 * @throws Error when it was not taken
 */
export async function postAnchor(url: string, a: Anchor): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
    headers: { 'Content-Type': 'application/json' },
    body: canonicalJson(a),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the address for anchors answered ${response.status}`);
}
