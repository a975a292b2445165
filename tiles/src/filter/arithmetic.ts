import type { ArithmeticOperator } from './ast.js';

/**
 * One arithmetic step on doubles (cql2.bnf, arithmeticExpression). What has no finite result (÷ 0, overflow) is null; so is the remainder of
 * what is 2^53 times as large as its divisor. SQL has the same steps (`yutu.plus` and its like).
 */
export function calculate(op: ArithmeticOperator, a: number, b: number): number | null {
  const result = compute(op, a, b);
  return Number.isFinite(result) ? result : null;
}

function compute(op: ArithmeticOperator, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return Math.abs(a / b) < 2 ** 53 ? a % b : Number.NaN;
    case '^':
      return a ** b;
    case 'div':
      return Math.trunc(a / b);
  }
}
