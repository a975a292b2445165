import type { ReactNode } from 'react';
import { ScrollX } from './ScrollX';

interface Props {
  /** What the table holds: it names its box. */
  label: string;
  /** Heads of the columns. */
  columns: string[];
  /** Heads of columns of numbers, after the others. */
  numbers?: string[];
  /** What the last column, of buttons, is for: said to screen readers only. */
  action?: string;
  className?: string;
  /** The rows. */
  children: ReactNode;
}

/** A table in a box that scrolls sideways where it must. */
export function Table({ label, columns, numbers = [], action, className, children }: Props) {
  return (
    <ScrollX label={label} className={className}>
      <table className="tb">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
            {numbers.map((column) => (
              <th key={column} scope="col" className="num">
                {column}
              </th>
            ))}
            {action && (
              <th scope="col">
                <span className="sr-only">{action}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </ScrollX>
  );
}
