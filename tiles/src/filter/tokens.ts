import { FilterError, isLongWhole, longNumber } from './ast.js';
import { Lexer, type Token } from './lexer.js';

/** Tokens with one of look-ahead, and the questions a parser asks about it. */
export class TokenStream {
  readonly #lexer: Lexer;
  token: Token;

  constructor(text: string) {
    this.#lexer = new Lexer(text);
    this.token = this.#lexer.next();
  }

  advance(): Token {
    const token = this.token;
    this.token = this.#lexer.next();
    return token;
  }

  isSymbol(text: string): boolean {
    return this.token.kind === 'symbol' && this.token.text === text;
  }

  isWord(word: string): boolean {
    return this.token.kind === 'name' && this.token.text.toLowerCase() === word;
  }

  takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.advance();
    return true;
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.advance();
    return true;
  }

  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.unexpected(`"${text}"`, `“${text}”`);
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw this.unexpected(word.toUpperCase(), ` ${word.toUpperCase()}`);
  }

  unexpected(wanted: string, wantedZh: string): FilterError {
    const text = this.token.text.slice(0, 40);
    const [found, foundZh] = this.token.kind === 'end' ? ['the end', '结尾'] : [JSON.stringify(text), `“${text}”`];
    return new FilterError(`expected ${wanted}, found ${found}`, `应为${wantedZh}，而写的是${foundZh}`, this.token.position);
  }

  /** A number token with no sign. */
  number(): number {
    const { kind, position } = this.token;
    if (kind !== 'number') throw this.unexpected('a number', '数值');
    const text = this.advance().text;
    if (isLongWhole(text)) throw longNumber(text, position);
    const value = Number(text);
    if (!Number.isFinite(value)) throw new FilterError('the number is too large', '数值过大', position);
    return value;
  }
}
