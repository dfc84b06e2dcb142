/**
 * The numbers of a column: which mark is decimal and which parts thousands is found over the whole column, never cell
 * by cell; units in the cells are taken off. Where both readings are possible the file is refused.
 */
import { NUMBER } from './stamps.js';
import { TraceRefusal } from './refusal.js';

export type DecimalMark = '.' | ',';
export type ThousandsMark = '.' | ',' | ' ' | "'" | 'none';

export interface Marks {
  readonly decimal: DecimalMark;
  readonly thousands: ThousandsMark;
  /** Whether a thousands mark was found, not given. */
  readonly found: boolean;
}

const MISSING =
  /^(?:|nan|na|n\/a|n\/e|#n\/a|#na|n\.a\.|k\.a\.|null|nil|none|-{1,3}|–|—|\.|\?|\*|missing|unknown|unavailable|no ?data|nodata|undefined)$/i;
export const isMissing = (text: string): boolean => text.length < 12 && MISSING.test(text);

/** A number with whatever marks, and a unit after it: groups of the number and the unit. */
const WRITTEN = /^([+-]?[\d.,' \u00a0\u202f\u2009]*\d[.,]?(?:e[+-]?\d+)?) ?([A-Za-z%€$°µ][A-Za-z0-9/²³%°·^*-]*)?$/i;

/** The number and the unit of a cell; undefined where it is no number. */
export function cellOf(text: string): { readonly number: string; readonly unit: string } | undefined {
  if (NUMBER.test(text)) return { number: text, unit: '' };
  const found = WRITTEN.exec(text.replace('\u2212', '-'));
  if (found === null) return undefined;
  return { number: found[1].trim(), unit: found.at(2) ?? '' };
}

export const isNumeric = (text: string): boolean => cellOf(text) !== undefined;

const SPACES = /[ \u00a0\u202f\u2009]/g;
const GROUPED = /^[+-]?\d{1,3}([ '\u00a0\u202f\u2009])\d{3}(?:\1\d{3})*(?:[.,]\d*)?$/;

/** What cells say of the marks. */
class Evidence {
  /** A cell that can be read with this mark as decimal only, by mark. */
  readonly decimal = new Map<DecimalMark, string>();
  /** The same as thousands only. */
  readonly thousands = new Map<DecimalMark, string>();
  /** The first cell with one mark before three digits, that could be either. */
  open: { readonly text: string; readonly mark: DecimalMark; readonly row: number } | undefined;
  spaced: ThousandsMark | undefined;

  add(text: string, row: number): void {
    const group = GROUPED.exec(text);
    if (group !== null) this.spaced ??= group[1] === "'" ? "'" : ' ';
    const plain = text.replace(/^[+-]/, '').replaceAll(SPACES, '').replaceAll("'", '');
    const [dots, commas] = [plain.split('.').length - 1, plain.split(',').length - 1];
    if (dots + commas === 0) return;
    if (dots > 0 && commas > 0) {
      const mark = plain.lastIndexOf('.') > plain.lastIndexOf(',') ? '.' : ',';
      this.set(this.decimal, mark, text);
      this.set(this.thousands, mark === '.' ? ',' : '.', text);
      return;
    }
    const mark = dots > 0 ? '.' : ',';
    if (dots + commas > 1) {
      this.set(this.thousands, mark, text);
      return;
    }
    const [whole, part] = plain.split(mark);
    if (part.length !== 3 || whole.length > 3 || whole === '' || whole.startsWith('0') || group !== null) {
      this.set(this.decimal, mark, text);
    } else this.open ??= { text, mark, row };
  }

  private set(map: Map<DecimalMark, string>, mark: DecimalMark, text: string): void {
    if (!map.has(mark)) map.set(mark, text);
  }
}

export interface MarkChoice {
  readonly decimal?: DecimalMark | undefined;
  readonly thousands?: ThousandsMark | undefined;
}

/** A mark before exactly three digits, which alone is decimal or thousands. */
const TRICKY =
  /^[+-]?[1-9]\d{0,2}[.,]\d{3}$|[.,' \u00a0\u202f\u2009].*[.,' \u00a0\u202f\u2009]|,|\d[' \u00a0\u202f\u2009]\d/;

/**
 * The marks of a column.
 *
 * @param cells numbers of the column, without units; '' where there is none
 * @param others cells of the file's other columns of numbers, which are written alike
 * @param place what to call row i, with its line and column
 * @throws {TraceRefusal} where a mark could be decimal or part thousands
 */
export function marksOf(
  cells: readonly string[],
  others: Iterable<string>,
  { decimal, thousands }: MarkChoice,
  at: { readonly name: string; readonly separator: string; readonly place: (row: number) => string },
): Marks {
  const own = new Evidence();
  cells.forEach((text, row) => {
    if (text.includes('.') || TRICKY.test(text)) own.add(text, row);
  });
  if (decimal !== undefined || thousands !== undefined) {
    const mark = decimal ?? (thousands === '.' ? ',' : thousands === ',' ? '.' : own.decimal.has(',') ? ',' : '.');
    return { decimal: mark, thousands: thousands ?? (mark === '.' ? ',' : '.'), found: false };
  }
  const spaced = own.spaced;
  const dot: Marks = { decimal: '.', thousands: own.thousands.has(',') ? ',' : (spaced ?? 'none'), found: true };
  const comma: Marks = { decimal: ',', thousands: own.thousands.has('.') ? '.' : (spaced ?? 'none'), found: true };
  const { open } = own;
  const both = (mark: DecimalMark): boolean => own.decimal.has(mark) && own.thousands.has(mark);
  const split = (['.', ','] as const).find(both) ?? (own.decimal.size > 1 ? '.' : undefined);
  if (split !== undefined) {
    const [a, b] = [own.decimal.get(split) ?? '', own.thousands.get(split) ?? own.decimal.get(',') ?? ''];
    throw new TraceRefusal(
      at.name,
      `${at.place(Math.max(0, cells.indexOf(b)))}: got ${JSON.stringify(b)} beside ${JSON.stringify(a)}, ` +
        'expected one ' +
        'decimal mark in the column: give "decimal": "." or "," and "thousands"',
      'decimal',
    );
  }
  if (own.decimal.has('.') || own.thousands.has(',')) return openAs(dot, open);
  if (own.decimal.has(',') || own.thousands.has('.')) return openAs(comma, open);
  if (open === undefined) return dot;
  // In a file that commas part a point is decimal, and a comma within quotes before three digits parts thousands.
  if (at.separator === ',') return { decimal: '.', thousands: open.mark === ',' ? ',' : 'none', found: true };
  const beside = new Evidence();
  for (const text of others) beside.add(text, 0);
  const other = open.mark === '.' ? ',' : '.';
  if (beside.decimal.has(open.mark) !== beside.decimal.has(other)) {
    return openAs(beside.decimal.has('.') ? dot : comma, open);
  }
  throw new TraceRefusal(
    at.name,
    `${at.place(open.row)}: got ${JSON.stringify(open.text)}, which could be ` +
      `${open.text.replace(open.mark, '')} or ${open.text.replace(open.mark, '.')}; ` +
      `give "thousands": ${JSON.stringify(open.mark)} or "decimal": ${JSON.stringify(open.mark)}`,
    'thousands',
  );
}

/** An open cell has the mark that others show to be decimal, or parts thousands by the other one. */
function openAs(marks: Marks, open: Evidence['open']): Marks {
  if (open === undefined || open.mark === marks.decimal) return marks;
  return { ...marks, thousands: open.mark };
}

/** A reader of numbers written with these marks; NaN where the marks do not stand where they must. */
export function numberReader({ decimal, thousands }: Marks): (text: string) => number {
  const mark =
    thousands === 'none' ? '' : thousands === ' ' ? '[ \\u00a0\\u202f\\u2009]' : thousands === '.' ? '\\.' : thousands;
  const grouped =
    mark === '' ? undefined : new RegExp(`^[+-]?\\d{1,3}(?:${mark}\\d{3})+(?:[${decimal}]\\d*)?(?:e[+-]?\\d+)?$`, 'i');
  const all = mark === '' ? undefined : new RegExp(mark, 'g');
  return (text) => {
    if (grouped !== undefined && all !== undefined && grouped.test(text)) {
      return Number(text.replaceAll(all, '').replace(',', '.'));
    }
    if (decimal === ',') {
      const plain = text.replace(',', '.');
      return text.includes('.') || !NUMBER.test(plain) ? NaN : Number(plain);
    }
    return NUMBER.test(text) ? Number(text) : NaN;
  };
}
