import { FilterError } from './ast.js';

export type TokenKind = 'name' | 'quoted' | 'string' | 'number' | 'symbol' | 'end';

export interface Token {
  kind: TokenKind;
  /** The name, the string without quotes, the number's digits, or the symbol itself. */
  text: string;
  position: number;
}

const SPACE = /[\s\u0085\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u00a0]*/uy;
// Rules identifierStart and identifierPart of cql2.bnf.
const START =
  ':_A-Za-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1ffe\\u200c\\u200d\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}';
const NAME = new RegExp(`[${START}][${START}.0-9\\u00b7\\u0300-\\u036f\\u203f\\u2040]*`, 'uy');
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const SYMBOL = /<>|<=|>=|[=<>(),+\-*/%^]/y;

/** Splits CQL2 text into tokens, one at a time, so that a long hostile text fails at its first fault. */
export class Lexer {
  #at = 0;
  constructor(private readonly text: string) {}

  /** @throws FilterError at a character that begins no token, or an unclosed quote */
  next(): Token {
    this.#match(SPACE);
    const position = this.#at;
    if (position >= this.text.length) return { kind: 'end', text: '', position };
    const char = this.text[position];
    if (char === "'") return { kind: 'string', text: this.#string(position), position };
    if (char === '"') return { kind: 'quoted', text: this.#quoted(position), position };
    const number = this.#match(NUMBER);
    if (number !== null) return { kind: 'number', text: number, position };
    const symbol = this.#match(SYMBOL);
    if (symbol !== null) return { kind: 'symbol', text: symbol, position };
    const name = this.#match(NAME);
    if (name !== null) return { kind: 'name', text: name, position };
    throw new FilterError(
      `unexpected character ${JSON.stringify(String.fromCodePoint(this.text.codePointAt(position)!))}`,
      `不该出现“${String.fromCodePoint(this.text.codePointAt(position)!)}”`,
      position,
    );
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.text);
    if (!match) return null;
    this.#at = pattern.lastIndex;
    return match[0];
  }

  /** Character literal; `''` and `\'` are a quote, other backslashes stay: they escape wildcards in LIKE. */
  #string(start: number): string {
    let value = '';
    let from = start + 1;
    for (let i = from; i < this.text.length; i++) {
      const char = this.text[i];
      if (char === '\\' && this.text[i + 1] === "'") {
        value += `${this.text.slice(from, i)}'`;
        from = i + 2;
        i++;
      } else if (char === "'") {
        value += this.text.slice(from, i);
        if (this.text[i + 1] !== "'") {
          this.#at = i + 1;
          return value;
        }
        value += "'";
        from = i + 2;
        i++;
      }
    }
    throw new FilterError('the text literal is not closed', '文本缺少后面的引号', start);
  }

  /** Quoted property name. Beyond the grammar it may hold any character; `""` is a quote. */
  #quoted(start: number): string {
    for (let i = start + 1; i < this.text.length; i++) {
      if (this.text[i] !== '"') continue;
      if (this.text[i + 1] === '"') i++;
      else {
        this.#at = i + 1;
        return this.text.slice(start + 1, i).replaceAll('""', '"');
      }
    }
    throw new FilterError('the quoted name is not closed', '字段名缺少后面的引号', start);
  }
}
