/**
 * A table, said once: what a terminal prints and what a report shows are renderings of it. Cells hold what is shown
 * and, where it is a number of the JSON document, the number in full with its place there (a JSON Pointer), which the
 * HTML carries along (html/table.ts). Rows for CSV come from the document itself (csv.ts), which has more than any
 * table.
 */
import type { Interval } from '../stats/binomial.js';
import { formatLike, formatPlusMinus, formatRange } from './estimate.js';
import type { Format, Shown } from './estimate.js';
import { notesText } from './notes.js';
import { formatCount } from '../numeric/format.js';
import { formatTable } from './table.js';
import type { Column as TextColumn } from './table.js';

/** What stands above a column. */
export interface Head extends TextColumn {
  /** The header where there is room for a longer one. */
  readonly title?: string;
  /** The rendering that has this column, if not both. */
  readonly only?: 'text' | 'html';
}

/** A column with what stands in it for each of the things that rows are of. */
export interface Column<R> extends Head {
  readonly cell: (of: R, place: number) => Cell;
}

/** A number of the document. */
export interface Value {
  readonly value: number;
  /** Its place there. */
  readonly at: string;
  readonly shown: string;
}

/** Good news or bad. */
export interface Mark {
  readonly pass: boolean;
  readonly shown: string;
}

/** What a machine reads, such as a hash. */
export interface Code {
  readonly code: string;
}

/** What belongs to the number before it, such as its interval. */
export interface Aside {
  readonly aside: readonly Part[];
}

/** What a terminal shows otherwise. */
export interface Twofold {
  readonly text: string;
  readonly html: readonly Part[];
}

export type Part = string | Value | Mark | Code | Aside | Twofold;
export type Cell = Part | readonly Part[];

export interface Row {
  /** One a column, whichever rendering has it. */
  readonly cells: readonly Cell[];
  /** Of one group with the row above: text says its first cell once. */
  readonly continues?: boolean;
}

export interface Table {
  /** What the numbers are, with their unit where no header has it. */
  readonly caption: string;
  readonly columns: readonly Head[];
  readonly rows: readonly Row[];
  /** Says below the text what its short headers mean. */
  readonly note?: string;
  /** What `—` stands for, said below where there is one. */
  readonly dash?: string;
}

/** A column under a header; of numbers, which stand to the right, unless `left` made it. */
export function column<R>(head: string | Head, cell: Column<R>['cell']): Column<R> {
  return { ...(typeof head === 'string' ? { header: head } : head), cell };
}

/** A column of text. */
export function left<R>(head: string | Head, cell: Column<R>['cell']): Column<R> {
  return { ...column(head, cell), align: 'left' };
}

/** A column that belongs to the one before it. */
export function joined<R>(head: string | Head, cell: Column<R>['cell']): Column<R> {
  return { ...column(head, cell), isJoined: true };
}

/** A table that is said column by column: a row for each of a list. `isFirst` parts groups of rows. */
export function tableOf<R>(
  of: readonly R[],
  {
    columns,
    isFirst,
    ...rest
  }: Omit<Table, 'columns' | 'rows'> & {
    readonly columns: readonly (Column<R> | readonly Column<R>[])[];
    readonly isFirst?: (row: R) => boolean;
  },
): Table {
  const all = columns.flat();
  return {
    ...rest,
    columns: all,
    rows: of.map((row, place) => ({
      ...(isFirst === undefined ? {} : { continues: !isFirst(row) }),
      cells: all.map(({ cell }) => cell(row, place)),
    })),
  };
}

/** For a terminal, no wider than one. */
export function tableText(table: Table): string {
  const { columns, rows, note } = table;
  const kept = columns.map(({ only }) => only !== 'html');
  return formatTable(
    columns.filter((_, i) => kept[i]),
    rows.map(({ cells, continues }) =>
      cells.map((cell, i) => (i === 0 && continues === true ? '' : textOf(cell))).filter((_, i) => kept[i]),
    ),
    notesText(note, dashNote(table)),
  );
}

/** What `—` stands for; undefined where nothing is missing. */
export function dashNote({ rows, dash }: Table): string | undefined {
  const isMissing = rows.some(({ cells }) => cells.some((cell) => cell === NONE));
  return dash === undefined || !isMissing ? undefined : `${NONE}: ${dash}`;
}

/** A cell that has no number. */
export const NONE = '—';

/** A cell as plain text. */
function textOf(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (isList(cell)) return cell.map(textOf).join('');
  if ('aside' in cell) return ` ${textOf(cell.aside)}`;
  if ('code' in cell) return cell.code;
  return 'text' in cell ? cell.text : cell.shown;
}

export const isList = (cell: Cell): cell is readonly Part[] => Array.isArray(cell);

/** A number as one format writes it. */
export function valueOf(value: number, at: string, format: Format): Value {
  return { value, at, shown: format(value) };
}

/** A horizon: a count has its commas where there is room. */
export function slotsCell(slots: number): Twofold {
  return { text: String(slots), html: [formatCount(slots)] };
}

/** The column of horizons. */
export const SLOTS: Column<{ readonly slots: number }> = column('slots', ({ slots }) => slotsCell(slots));

/** The ends of an interval; the lower alone where there is no upper one. @param at of the interval */
export function rangeCell({ lower, upper }: Interval, at: string, format: Format): readonly Part[] {
  const low = valueOf(lower, `${at}/lower`, format);
  return Number.isFinite(upper) ? [low, ' … ', valueOf(upper, `${at}/upper`, format)] : ['at least ', low];
}

/** An estimate to the place of its interval. */
export function estimateCell(shown: Shown, at: string, factor = 1): Value {
  return valueOf(shown.value, at, formatLike(shown, factor));
}

/** An estimate with its half-width; alone where it has none. The interval itself has no place in the document. */
export function plusMinusCell(shown: Shown, at: string, factor = 1): readonly Part[] {
  const format = formatLike(shown, factor);
  const half = shown.upper - shown.value;
  return [valueOf(shown.value, at, format), ...(half === 0 ? [] : [{ aside: [`± ${format(half)}`] }])];
}

/**
 * An estimate with its interval: `238.5 ± 4.3` for a terminal, both ends for a report.
 *
 * @param at of the estimate, and of the interval as the document has it, which may be cut at 0
 */
export function meanCell(shown: Shown, at: string, within: Interval, intervalAt: string, factor = 1): Twofold {
  const format = formatLike(shown, factor);
  return {
    text: formatPlusMinus(shown, factor),
    html: [valueOf(shown.value, at, format), { aside: rangeCell(within, intervalAt, format) }],
  };
}

/** An estimate with both ends of its interval, in two columns of a terminal, of which a report has the first alone. */
export function rangedCells(shown: Shown, at: string, intervalAt: string, factor = 1): readonly [Cell, Cell] {
  const estimate = estimateCell(shown, at, factor);
  const ends = rangeCell(shown, intervalAt, formatLike(shown, factor));
  return [{ text: estimate.shown, html: [estimate, { aside: ends }] }, formatRange(shown, factor)];
}
