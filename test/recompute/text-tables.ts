/** Tables of a text by what their columns show: each column must be one that is expected, in its order. */
import { compare } from './explained.js';
import type { Expected, TextTable } from './explained.js';
import { factorOf, hasUnit } from './validated.js';

/** What a cell's numbers are. */
export interface TextCell {
  readonly row: number;
  /** Rows of the table. */
  readonly rows: number;
  /** The cell of the first column. */
  readonly first: string;
  /** The cell of the second column. */
  readonly second: string;
  /** Of the unit that this column's head names, or else the last one that did. */
  readonly factor: number;
  readonly text: string;
}

/** A column: what its head is, and what stands in a row of it. */
export type TextColumn = readonly [head: RegExp, numbers: (cell: TextCell) => Expected];

/**
 * Complaints about tables.
 *
 * @param keys columns that each block begins with
 * @param columns all others, in the order in which they come
 */
export function tableComplaints(
  tables: readonly TextTable[],
  keys: readonly TextColumn[],
  columns: readonly TextColumn[],
): string[] {
  let next = 0;
  let factor = 1;
  const complaints = tables.flatMap(({ heads, rows }) =>
    heads.flatMap((head, c) => {
      const key = c < keys.length ? keys.find(([pattern]) => pattern.test(head)) : undefined;
      const column = key ?? columns.at(next++);
      if (column === undefined || !column[0].test(head)) return [`the column ${JSON.stringify(head)} is not expected`];
      if (hasUnit(head)) factor = factorOf(head);
      // Numbers of a head are names of what stands there: `q0.99`, `95 %`.
      return rows.flatMap((cells, row) =>
        compare(
          cells[c],
          column[1]({ row, rows: rows.length, first: cells[0], second: cells[1], factor, text: cells[c] }),
          head,
        ),
      );
    }),
  );
  return next === columns.length ? complaints : [...complaints, `${columns.length - next} columns are missing`];
}
