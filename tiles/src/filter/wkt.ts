import { FilterError, MAX_FILTER_DEPTH, MAX_FILTER_POSITIONS } from './ast.js';
import type { TokenStream } from './tokens.js';

/** Lower-case WKT keyword → GeoJSON type and how deep its coordinates nest. */
const GEOMETRIES = new Map<string, readonly [type: string, nesting: number]>([
  ['point', ['Point', 0]],
  ['linestring', ['LineString', 1]],
  ['multipoint', ['MultiPoint', 1]],
  ['polygon', ['Polygon', 2]],
  ['multilinestring', ['MultiLineString', 2]],
  ['multipolygon', ['MultiPolygon', 3]],
  ['geometrycollection', ['GeometryCollection', 0]],
]);

/** Whether a lower-case word opens a geometry literal when `(` or `Z` follows. */
export function isGeometryKeyword(word: string): boolean {
  return word === 'bbox' || GEOMETRIES.has(word);
}

/** Reads what follows a geometry keyword: WKT (rule geometryLiteral of cql2.bnf) or BBOX(…), as GeoJSON or `{bbox}`. */
export function parseGeometry(parser: TokenStream, word: string, depth = 0): object {
  if (depth > MAX_FILTER_DEPTH)
    throw new FilterError('geometry collections are nested too deeply', '图形集合的层次过深', parser.token.position);
  if (word === 'bbox') {
    parser.expectSymbol('(');
    const bbox = [signed(parser)];
    while (parser.takeSymbol(',')) bbox.push(bounded(parser, bbox.length, signed(parser)));
    parser.expectSymbol(')');
    return { bbox };
  }
  parser.takeWord('z');
  const [type, nesting] = GEOMETRIES.get(word)!;
  if (type === 'GeometryCollection') {
    parser.expectSymbol('(');
    const geometries: object[] = [];
    do {
      const part = parser.token.text.toLowerCase();
      if (parser.token.kind !== 'name' || !GEOMETRIES.has(part)) throw parser.unexpected('a geometry', '图形');
      parser.advance();
      geometries.push(parseGeometry(parser, part, depth + 1));
      bounded(parser, geometries.length, null);
    } while (parser.takeSymbol(','));
    parser.expectSymbol(')');
    return { type, geometries };
  }
  if (nesting === 0) {
    parser.expectSymbol('(');
    const coordinates = position(parser);
    parser.expectSymbol(')');
    return { type, coordinates };
  }
  return { type, coordinates: list(parser, nesting, type === 'MultiPoint') };
}

function list(parser: TokenStream, nesting: number, multipoint: boolean): unknown[] {
  parser.expectSymbol('(');
  const members: unknown[] = [];
  do {
    members.push(nesting > 1 ? list(parser, nesting - 1, false) : member(parser, multipoint));
    bounded(parser, members.length, null);
  } while (parser.takeSymbol(','));
  parser.expectSymbol(')');
  return members;
}

/** MULTIPOINT writes each point in parentheses; the older form without is read too. */
function member(parser: TokenStream, multipoint: boolean): number[] {
  if (!multipoint || !parser.takeSymbol('(')) return position(parser);
  const point = position(parser);
  parser.expectSymbol(')');
  return point;
}

function position(parser: TokenStream): number[] {
  const numbers = [signed(parser), signed(parser)];
  while (numbers.length < 4 && !parser.isSymbol(',') && !parser.isSymbol(')')) numbers.push(signed(parser));
  return numbers;
}

function signed(parser: TokenStream): number {
  const negative = parser.takeSymbol('-');
  if (!negative) parser.takeSymbol('+');
  const value = parser.number();
  return negative && value !== 0 ? -value : value;
}

function bounded<T>(parser: TokenStream, n: number, value: T): T {
  if (n > MAX_FILTER_POSITIONS)
    throw new FilterError(
      `a filter may have ${MAX_FILTER_POSITIONS} positions at most`,
      `图形的点数合计最多 ${MAX_FILTER_POSITIONS}`,
      parser.token.position,
    );
  return value;
}
