import type { Note } from './note.js';

/** A text that is no GeoJSON: why, in words. `broken`: it is not even JSON, or ends early. */
export class NoDocument extends Error {
  constructor(
    readonly words: Note,
    readonly broken = false,
  ) {
    super(words.en);
  }
}

/** What a GeoJSON text is made of, as it is found. */
export type Part =
  /** The text of one member of the list `features` of the document of this number. */
  | { kind: 'element'; document: number; text: string }
  /** A document that had such a list, with its other members: some may stand behind it. */
  | { kind: 'collection'; document: number; members: ReadonlyMap<string, string> }
  /** A document without one. */
  | { kind: 'object'; document: number; members: ReadonlyMap<string, string> };

/** Asks for more text with null; gets undefined when there is none. */
type Steps<T> = Generator<Part | null, T, string | undefined>;

/** Record separator of RFC 8142. Byte order marks, of files put one behind the other, are blanks to JavaScript. */
const RS = String.fromCharCode(0x1e);
const SPACE = new RegExp(`[^\\s${RS}]`, 'g');
const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [...'"\\{}[]'].map((c) => c.charCodeAt(0));
/** What may follow a number or a word, or cannot be part of one. */
const ENDS = new Set([...`,:{}[]" \t\r\n\uFEFF${RS}`].map((c) => c.charCodeAt(0)));

/**
 * Takes a text apart that comes in pieces: JSON objects one after the other, whatever stands between them (nothing, blanks, lines, record
 * separators) and however they are laid out. What they are does not depend on the order of their members. Texts of values are handed
 * out as they stand, whoever parses them finds what is wrong inside.
 */
class Splitter {
  private text = '';
  private at = 0;
  private document = 0;

  /** False at the end of the text. */
  private *more(): Steps<boolean> {
    const piece = yield null;
    if (piece === undefined) return false;
    this.at -= this.text.length; // what was passed over may end in this piece
    this.text = piece;
    return true;
  }

  /** The next character that is no blank; undefined at the end. It is not taken. */
  private *next(): Steps<string | undefined> {
    for (;;) {
      SPACE.lastIndex = this.at;
      const found = this.at < this.text.length ? SPACE.exec(this.text) : null;
      this.at = found?.index ?? Math.max(this.at, this.text.length);
      if (found) return found[0];
      if (!(yield* this.more())) return undefined;
    }
  }

  private *expect(...wanted: string[]): Steps<string> {
    const found = yield* this.next();
    if (found === undefined) throw cutShort();
    if (!wanted.includes(found)) throw stray(found);
    this.at++;
    return found;
  }

  /** The text of the value that begins here. Looked through by codes: most of a file passes here. */
  private *value(): Steps<string> {
    const parts: string[] = [];
    let [from, depth, quoted, begun] = [this.at, 0, false, false];
    for (;;) {
      const { text } = this;
      let { at } = this;
      let done = false;
      while (at < text.length && !done) {
        const code = text.charCodeAt(at);
        if (quoted) {
          if (code === BACKSLASH) at++;
          else if (code === QUOTE) {
            quoted = false;
            done = depth === 0;
          }
        } else if (code === QUOTE && (depth > 0 || !begun)) quoted = true;
        else if ((code === OPEN_BRACE || code === OPEN_BRACKET) && (depth > 0 || !begun)) depth++;
        else if (depth > 0) {
          if (code === CLOSE_BRACE || code === CLOSE_BRACKET) done = --depth === 0;
        } else if (ENDS.has(code)) break; // a scalar ends before what follows it; so does what is no value
        begun = true;
        at++;
      }
      const ended = done || at < text.length;
      this.at = at;
      if (ended) break;
      parts.push(text.slice(from));
      if (!(yield* this.more())) {
        if (depth > 0 || quoted || !begun) throw cutShort();
        return parts.join('');
      }
      from = 0;
    }
    parts.push(this.text.slice(from, this.at));
    return parts.join('');
  }

  *documents(): Steps<void> {
    for (let first = yield* this.next(); first !== undefined; first = yield* this.next()) {
      if (first !== '{') throw notGeojson(first);
      this.at++;
      yield* this.object();
      this.document++;
    }
  }

  private *object(): Steps<void> {
    const { document } = this;
    const members = new Map<string, string>();
    let collection = false;
    if ((yield* this.next()) === '}') this.at++;
    else
      do {
        const quote = yield* this.next();
        if (quote !== '"') throw quote === undefined ? cutShort() : stray(quote);
        const name = nameOf(yield* this.value());
        yield* this.expect(':');
        const start = yield* this.next();
        if (start === undefined) throw cutShort();
        if (name === 'features' && start === '[' && isCollection(members.get('type'))) {
          collection = true;
          yield* this.elements();
        } else members.set(name, yield* this.value());
      } while ((yield* this.expect(',', '}')) === ',');
    yield { kind: collection ? 'collection' : 'object', document, members };
  }

  private *elements(): Steps<void> {
    const { document } = this;
    this.at++;
    if ((yield* this.next()) === ']') {
      this.at++;
      return;
    }
    do {
      if ((yield* this.next()) === undefined) throw cutShort();
      yield { kind: 'element', document, text: yield* this.value() };
    } while ((yield* this.expect(',', ']')) === ',');
  }
}

/** Whether what names its type so, or has not yet, may hold features. */
const isCollection = (type: string | undefined): boolean => type === undefined || type === '"FeatureCollection"';

function nameOf(text: string): string {
  try {
    return JSON.parse(text);
  } catch {
    throw stray(text);
  }
}

const cutShort = () => new NoDocument({ zh: '文件不完整：内容中途结束', en: 'it is not whole: it ends in the middle' }, true);
const stray = (text: string) =>
  new NoDocument(
    {
      zh: `不是有效的 JSON：不该出现“${text.slice(0, 20)}”`,
      en: `it is not valid JSON: "${text.slice(0, 20)}" is not expected where it stands`,
    },
    true,
  );
const notGeojson = (first: string) =>
  first === '['
    ? new NoDocument({ zh: '应为 GeoJSON 对象，而不是列表', en: 'it must be a GeoJSON object, not a list' })
    : new NoDocument({ zh: '不是 GeoJSON', en: 'it is not GeoJSON' });

/** The parts of a whole text. @throws NoDocument */
export function* partsOf(text: string): Generator<Part> {
  const steps = new Splitter().documents();
  let given: string | undefined = text;
  for (let step = steps.next(); !step.done; ) {
    if (step.value !== null) {
      yield step.value;
      step = steps.next();
    } else {
      step = steps.next(given);
      given = undefined;
    }
  }
}

/** The same of a text that comes in pieces. @throws NoDocument */
export async function* partsFrom(pieces: AsyncIterable<string>): AsyncGenerator<Part> {
  const steps = new Splitter().documents();
  let step = steps.next();
  for await (const piece of pieces) {
    if (piece === '') continue;
    step = steps.next(piece);
    for (; !step.done && step.value !== null; step = steps.next()) yield step.value;
    if (step.done) return;
  }
  for (step = steps.next(undefined); !step.done && step.value !== null; step = steps.next()) yield step.value;
}
