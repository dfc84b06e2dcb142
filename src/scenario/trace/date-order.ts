/** Whether 01/02/2026 is the first of February or the second of January: told apart over a whole column, or refused. */
import { quoted, TraceRefusal } from './refusal.js';
import { orderOf, readStamp, type DateOrder } from './stamps.js';
import { columnLabel, type Table } from './table.js';

const DAY = 86_400_000;

/** Which number of 01/02/2026 is the day: as given, as the header or the numbers say, as the steps show. */
export function dateOrder(table: Table, column: number, given: DateOrder | undefined, name: string): DateOrder {
  if (given !== undefined) return given;
  const header = table.headers?.[column] ?? '';
  if (/dd[-/.]mm/i.test(header)) return 'dayFirst';
  if (/mm[-/]dd/i.test(header)) return 'monthFirst';
  const texts = table.rows.map((row) => row[column] ?? '');
  const { order, open } = orderOf(texts);
  if (order !== undefined || !open) return order ?? 'dayFirst';
  if (table.about.dateOrder !== undefined) return table.about.dateOrder;
  const [byDay, byMonth] = (['dayFirst', 'monthFirst'] as const).map((o) => evenness(texts, o));
  if (byDay !== byMonth) return byDay > byMonth ? 'dayFirst' : 'monthFirst';
  if (texts.some((text) => /\d ?[ap]m\b/i.test(text))) return 'monthFirst';
  const row = texts.findIndex((text) => text !== '');
  throw new TraceRefusal(
    name,
    `line ${table.lines[row]}, ${columnLabel(column, table.headers)}: got ${quoted(texts[row])}, ` +
      'where day and month cannot ' +
      'be told apart in any row; give "dateOrder": "dayFirst" or "monthFirst"',
    'dateOrder',
  );
}

/** How many of the steps between dates are of the commonest length, none of them long. */
function evenness(texts: readonly string[], order: DateOrder): number {
  const counts = new Map<number, number>();
  let last: number | undefined;
  for (const text of texts.slice(0, 5000)) {
    const stamp = readStamp(text.split(/ [-–] /)[0], order);
    if (typeof stamp === 'string') continue;
    const day = Math.floor(stamp.wall / DAY);
    if (last !== undefined && day !== last) counts.set(day - last, (counts.get(day - last) ?? 0) + 1);
    last = day;
  }
  // Days follow each other; months do only where each row is one.
  return (counts.get(1) ?? 0) + (counts.get(-1) ?? 0);
}
