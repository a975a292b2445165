import { hash, verify } from '@node-rs/argon2';

/** argon2id with the library's OWASP defaults. */
export const hashPassword = (password: string): Promise<string> => hash(password);

// Checked when the account does not exist, so that the time of an answer does not tell which names do.
const decoy = hash('no account has this password');

export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  const right = await verify(stored ?? (await decoy), password).catch(() => false);
  return right && stored !== null;
}
