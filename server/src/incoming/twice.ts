/** Strings and the signs that open, close and divide; what lies between them is passed over. */
const TOKENS = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)|[{}[\]:,]/g;

/**
 * A name that an object of a JSON text has twice, if any: readers differ in which of the two holds. Texts that are no JSON are for the
 * parser to refuse.
 */
export function nameGivenTwice(text: string): string | null {
  // Of each open object the names so far; of a list null.
  const open: (Set<string> | null)[] = [];
  let names: Set<string> | null = null;
  let last = '';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') {
      names = token === '{' ? new Set() : null;
      open.push(names);
    } else if (token === '}' || token === ']') {
      open.pop();
      names = open.at(-1) ?? null;
    } else if (token === ':' && names !== null && last[0] === '"') {
      const name = plain(last);
      if (names.has(name)) return name;
      names.add(name);
    }
    last = token;
  }
  return null;
}

function plain(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted);
  } catch {
    return quoted; // no JSON
  }
}
