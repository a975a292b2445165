import {
  type Filter,
  FilterError,
  MAX_FILTER_DEPTH,
  MAX_FILTER_NODES,
  MAX_FILTER_TEXT,
  SPATIAL_OPERATORS,
  TEMPORAL_OPERATORS,
} from './ast.js';
import { parseCql2Json } from './json.js';
import type { Token } from './lexer.js';
import { TokenStream } from './tokens.js';
import { isGeometryKeyword, parseGeometry } from './wkt.js';

/** AST before the check: text and JSON share one validator, so they cannot differ in what they accept. */
type Raw = unknown;

const COMPARISONS = new Set(['=', '<>', '<', '>', '<=', '>=']);
/** Lower-case keyword → the spelling of the JSON form. */
const PREDICATES = new Map([...SPATIAL_OPERATORS, ...TEMPORAL_OPERATORS].map((op) => [op.toLowerCase(), op as string]));
const RESERVED = new Set(['and', 'or', 'not', 'like', 'between', 'in', 'is', 'null', 'true', 'false', 'div']);

/**
 * Parses CQL2 text (OGC 21-065r2, cql2.bnf). Keywords in any case; property names bare or in double quotes.
 * Refused although in the standard: arrays and functions of one's own.
 * @throws FilterError with the position of the fault
 */
export function parseCql2Text(text: string): Filter {
  if (text.length > MAX_FILTER_TEXT)
    throw new FilterError(`a filter may have ${MAX_FILTER_TEXT} characters at most`, `最多 ${MAX_FILTER_TEXT} 个字符`);
  return parseCql2Json(new Parser(text).parse());
}

/**
 * Recursive descent with one ladder for conditions and values, because `(` may open either: OR, AND, NOT, comparison, + −, * / %
 * div, ^, sign, primary. Whether an operand is of the right sort is the validator's business.
 */
class Parser extends TokenStream {
  #depth = 0;
  #nodes = 0;

  parse(): Raw {
    const filter = this.#or();
    if (this.token.kind !== 'end') throw this.unexpected('the end of the filter', '条件的结尾');
    return filter;
  }

  // --- the ladder ---------------------------------------------------------------------------------------------------------

  #or(): Raw {
    return this.#chain('or', () => this.#chain('and', () => this.#not()));
  }

  /** `a AND b AND c` is one operation with three operands, as in the standard's examples. */
  #chain(op: 'and' | 'or', operand: () => Raw): Raw {
    const args = [operand()];
    while (this.takeWord(op)) args.push(this.#node(operand()));
    return args.length === 1 ? args[0] : { op, args };
  }

  #not(): Raw {
    if (!this.takeWord('not')) return this.#predicate();
    return this.#nested(() => ({ op: 'not', args: [this.#not()] }));
  }

  #predicate(): Raw {
    const left = this.#sum();
    if (this.token.kind === 'symbol' && COMPARISONS.has(this.token.text)) {
      return { op: this.advance().text, args: [left, this.#sum()] };
    }
    if (this.takeWord('is')) {
      const negated = this.takeWord('not');
      this.expectWord('null');
      return negate(negated, { op: 'isNull', args: [left] });
    }
    const negated = this.takeWord('not');
    if (this.takeWord('like')) return negate(negated, { op: 'like', args: [left, this.#sum()] });
    if (this.takeWord('between')) {
      const low = this.#sum();
      this.expectWord('and');
      return negate(negated, { op: 'between', args: [left, low, this.#sum()] });
    }
    if (this.takeWord('in')) {
      this.expectSymbol('(');
      const list = this.#list();
      return negate(negated, { op: 'in', args: [left, list] });
    }
    if (negated) throw this.unexpected('LIKE, BETWEEN or IN', ' LIKE、BETWEEN 或 IN');
    return left;
  }

  #list(): Raw[] {
    const list = [this.#sum()];
    while (this.takeSymbol(',')) list.push(this.#node(this.#sum()));
    this.expectSymbol(')');
    return list;
  }

  #sum(): Raw {
    let left = this.#product();
    while (this.isSymbol('+') || this.isSymbol('-')) {
      left = this.#node({ op: this.advance().text, args: [left, this.#product()] });
    }
    return left;
  }

  #product(): Raw {
    let left = this.#power();
    while (this.isSymbol('*') || this.isSymbol('/') || this.isSymbol('%') || this.isWord('div')) {
      left = this.#node({ op: this.advance().text.toLowerCase(), args: [left, this.#power()] });
    }
    return left;
  }

  #power(): Raw {
    const base = this.#signed();
    if (!this.takeSymbol('^')) return base;
    return { op: '^', args: [base, this.#signed()] };
  }

  #signed(): Raw {
    if (this.takeSymbol('+')) return this.#nested(() => this.#signed());
    if (!this.takeSymbol('-')) return this.#primary();
    const operand = this.#nested(() => this.#signed());
    return typeof operand === 'number' ? 0 - operand : { op: '*', args: [-1, operand] };
  }

  #primary(): Raw {
    if (this.takeSymbol('(')) {
      return this.#nested(() => {
        const inner = this.#or();
        this.expectSymbol(')');
        return inner;
      });
    }
    const token = this.token;
    if (token.kind === 'string') return this.advance().text;
    if (token.kind === 'number') return this.number();
    if (token.kind === 'quoted') return { property: this.advance().text };
    if (token.kind !== 'name') throw this.unexpected('a value or a property', '值或字段');
    const word = token.text.toLowerCase();
    if (word === 'true' || word === 'false') {
      this.advance();
      return word === 'true';
    }
    if (RESERVED.has(word)) throw this.unexpected('a value or a property', '值或字段');
    this.advance();
    if (isGeometryKeyword(word) && (this.isSymbol('(') || this.isWord('z'))) return parseGeometry(this, word);
    if (!this.takeSymbol('(')) return { property: token.text };
    return this.#nested(() => this.#call(word, token));
  }

  // --- what looks like a function -----------------------------------------------------------------------------------------

  #call(word: string, token: Token): Raw {
    if (word === 'date' || word === 'timestamp') {
      const literal = this.#text();
      this.expectSymbol(')');
      return { [word]: literal };
    }
    if (word === 'interval') {
      const start = this.#limit();
      this.expectSymbol(',');
      const end = this.#limit();
      this.expectSymbol(')');
      return { interval: [start, end] };
    }
    if (word === 'casei' || word === 'accenti') {
      const operand = this.#sum();
      this.expectSymbol(')');
      return { op: word, args: [operand] };
    }
    const op = PREDICATES.get(word);
    if (op === undefined) {
      const [what, whatZh] = word.startsWith('a_')
        ? ['array operators are not supported', '不支持数组运算']
        : ['unknown function', '没有这个函数'];
      throw new FilterError(`${what}: ${token.text.slice(0, 40)}`, `${whatZh}：${token.text.slice(0, 40)}`, token.position);
    }
    const left = this.#sum();
    this.expectSymbol(',');
    const right = this.#sum();
    this.expectSymbol(')');
    return { op, args: [left, right] };
  }

  #limit(): Raw {
    if (this.token.kind === 'string') return this.advance().text;
    if (this.token.kind === 'name' || this.token.kind === 'quoted') return { property: this.advance().text };
    throw this.unexpected('a date, a timestamp, ".." or a property', '日期、时间、“..”或字段');
  }

  #text(): string {
    if (this.token.kind !== 'string') throw this.unexpected('a text literal', '文本');
    return this.advance().text;
  }

  #nested<T>(inner: () => T): T {
    if (++this.#depth > MAX_FILTER_DEPTH) {
      throw new FilterError(
        `a filter may be nested ${MAX_FILTER_DEPTH} levels deep at most`,
        `最多嵌套 ${MAX_FILTER_DEPTH} 层`,
        this.token.position,
      );
    }
    const result = inner();
    this.#depth--;
    return result;
  }

  /** Chains and lists grow in loops, so they are counted where they grow. */
  #node(node: Raw): Raw {
    if (++this.#nodes > MAX_FILTER_NODES) {
      throw new FilterError(
        `a filter may have ${MAX_FILTER_NODES} parts at most`,
        `最多 ${MAX_FILTER_NODES} 个部分`,
        this.token.position,
      );
    }
    return node;
  }
}

function negate(negated: boolean, predicate: Raw): Raw {
  return negated ? { op: 'not', args: [predicate] } : predicate;
}
