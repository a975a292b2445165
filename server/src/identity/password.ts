import { hash, verify } from '@node-rs/argon2';

export const SHORTEST_PASSWORD = 12;

/** argon2id with the library's OWASP defaults. */
export const hashPassword = (password: string): Promise<string> => hash(password);

// Checked when the account does not exist, so that the time of an answer does not tell which names do.
const decoy = hash('no account has this password');

export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  const right = await verify(stored ?? (await decoy), password).catch(() => false);
  return right && stored !== null;
}

/**
 * Why a password cannot be taken, or null. Length does more than rules about characters; the user name, or a few characters over and
 * over, are no password at all.
 */
export function passwordFault(username: string, password: string): [zh: string, en: string] | null {
  if ([...password].length < SHORTEST_PASSWORD)
    return [`至少 ${SHORTEST_PASSWORD} 个字符`, `it needs at least ${SHORTEST_PASSWORD} characters`];
  const without = password.toLowerCase().replaceAll(username.toLowerCase(), '');
  if (without.length < SHORTEST_PASSWORD / 2) return ['不能就是用户名', 'it may not be the user name'];
  if (new Set(password).size < 5) return ['不同的字符太少', 'it has too few different characters'];
  return null;
}
