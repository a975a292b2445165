import { describe, expect, it } from 'vitest';
import { filterPrice, MAX_FILTER_PRICE } from './price.js';
import { parseCql2Text } from './text.js';

const price = (text: string) => filterPrice(parseCql2Text(text));
const line = (corners: number) => `LINESTRING(${Array.from({ length: corners }, (_, i) => `${i / 100} ${i % 2}`).join(', ')})`;

describe('a filter’s price', () => {
  it('is nothing for comparisons, however many', () => {
    expect(price("code = 'a' AND (area > 3 OR NOT use IN ('b', 'c', 'd')) AND year IS NOT NULL")).toBe(0);
    expect(filterPrice(true)).toBe(0);
  });

  it('is by corners, tenfold for functions that prepare nothing, and adds up', () => {
    expect(price(`S_INTERSECTS(geom, ${line(50)})`)).toBe(50);
    expect(price(`S_CROSSES(geom, ${line(50)})`)).toBe(500);
    expect(price(`S_CROSSES(${line(50)}, geom)`)).toBe(500);
    expect(price(`NOT (S_TOUCHES(geom, ${line(20)}) OR S_WITHIN(geom, ${line(30)}))`)).toBe(230);
    expect(price('S_INTERSECTS(geom, POLYGON((0 0, 1 0, 1 1, 0 0), (0 0, 1 0, 1 1, 0 0)))')).toBe(10);
    expect(price(`S_INTERSECTS(geom, GEOMETRYCOLLECTION(${line(11)}, POINT(1 1)))`)).toBe(12);
    expect(price('S_EQUALS(geom, geom)')).toBe(1_000);
  });

  it('is something for a predicate without corners, and for patterns', () => {
    expect(price('S_INTERSECTS(geom, POINT(1 1))')).toBe(10);
    expect(price("code LIKE '%a%b%'")).toBe(4);
    expect(price("CASEI(code) LIKE CASEI('a%')")).toBe(4);
  });

  it('is within bounds for what people draw: a district, a box, a few lines', () => {
    expect(price(`S_INTERSECTS(geom, ${line(900)})`)).toBeLessThan(MAX_FILTER_PRICE);
    expect(price(`S_CROSSES(geom, ${line(90)})`)).toBeLessThan(MAX_FILTER_PRICE);
    expect(price(`S_CROSSES(geom, ${line(101)})`)).toBeGreaterThan(MAX_FILTER_PRICE);
  });
});
