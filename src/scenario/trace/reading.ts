/** A file of measured values, read: bytes or text to a series of equal steps, and all that was found on the way. */
import { candidatesOf, chooseColumn, describeColumns, kindOf, type Described, type FileKind } from './columns.js';
import { readClock, type Clock, type ClockChoice } from './clock.js';
import { textTable } from './formats.js';
import { jsonTable } from './json-table.js';
import { TraceRefusal, type Teller, type TraceWarning } from './refusal.js';
import type { Series, SeriesRows } from './series-rows.js';
import { seriesOf, type SeriesChoice } from './series.js';
import { columnLabel, keepRows, type FileFormat, type Table } from './table.js';
import { findColumn, timeColumns, type ColumnName, type TimeColumns } from './time-columns.js';
import { isSpeed, unitOf, wattsOf, TRACE_UNITS, type FileUnit, type SpeedUnit } from './units.js';
import { readColumn, type ValueChoice } from './values.js';
import { seriesDoubts } from './trace-doubts.js';

/** How a file is to be read: the keys of `trace` that are about its text. */
export interface ReadChoice extends ClockChoice, ValueChoice, SeriesChoice {
  /** What to call the file in messages; default `trace`. */
  readonly name?: string | undefined;
  readonly column?: ColumnName | undefined;
  /** `none`: the file's times are not looked at. */
  readonly timeColumn?: ColumnName | undefined;
  /** Rows to read: texts (or numbers) by column. */
  readonly where?: Readonly<Record<string, string | number>> | undefined;
  /** A speed where power is made of wind. */
  readonly unit?: FileUnit | SpeedUnit | undefined;
  /** What every value is multiplied by. */
  readonly scale?: number | undefined;
}

/** What a file holds. */
export interface Reading extends Series {
  readonly name: string;
  readonly format: FileFormat;
  readonly kind: FileKind;
  readonly columns: readonly (Described & { readonly isCandidate: boolean })[];
  readonly column: Described;
  /** As the file has it, where it is none of ours. */
  readonly unitText: string | undefined;
  readonly clock: Clock | undefined;
  /** How power was made of weather; left out, it was not. */
  readonly power?: string | undefined;
  readonly warnings: readonly TraceWarning[];
}

/** A table with its columns told apart, before any value is read. */
export interface Opened {
  readonly table: Table;
  readonly times: TimeColumns | undefined;
  readonly columns: readonly Described[];
  readonly kind: FileKind;
}

/** Rows for which each named column has the text that is asked for. @throws {TraceRefusal} where there are none */
function filtered(table: Table, where: ReadChoice['where'], name: string): Table {
  let kept = table;
  for (const [header, wanted] of Object.entries(where ?? {})) {
    const column = findColumn(
      'where',
      /^\d+$/.test(header) && table.headers === undefined ? Number(header) : header,
      table,
      name,
    );
    const same = (text: string): boolean => text.toLowerCase() === String(wanted).trim().toLowerCase();
    const next = keepRows(kept, (row) => same(row[column] ?? ''));
    if (next.rows.length === 0) {
      const there = [...new Set(kept.rows.map((row) => row[column]))].slice(0, 12).map((text) => JSON.stringify(text));
      const message =
        `where: got ${JSON.stringify(wanted)} for ${columnLabel(column, table.headers)}, ` +
        `expected one of ${there.join(', ')}`;
      throw new TraceRefusal(name, message, 'where');
    }
    kept = next;
  }
  return kept;
}

/** Columns of few texts, one of which a row filter of a long table would name. */
function whereHint(table: Table, times: ReadonlySet<number>): string {
  const texts = Array.from({ length: table.width }, (_, i) => i).flatMap((i) => {
    if (times.has(i) || table.headers === undefined) return [];
    const found = new Set(table.rows.slice(0, 500).map((row) => row[i]));
    const isText = [...found].some((text) => /\p{L}/u.test(text));
    return isText && found.size > 1 && found.size <= 60 ? [{ header: table.headers[i], found: [...found] }] : [];
  });
  if (texts.length === 0) return '';
  const [{ header, found }] = texts;
  const values = found
    .slice(0, 8)
    .map((text) => JSON.stringify(text))
    .join(', ');
  return `; a long table is read with "where": ${JSON.stringify({ [header]: found[0] })}, of ${values}`;
}

const usedBy = (times: TimeColumns | undefined): ReadonlySet<number> => {
  if (times === undefined) return new Set();
  const { column } = times;
  if (times.kind === 'parts') return new Set([column, ...times.parts.filter((part) => part !== undefined)]);
  return new Set(
    times.kind === 'stamp' ? [column, ...[times.hour, times.end].filter((x) => x !== undefined)] : [column],
  );
};

/** The table of a text, with the columns told apart. @throws {TraceRefusal} */
export function openTable(text: string, choice: ReadChoice): Opened & { readonly teller: Teller } {
  const name = choice.name ?? 'trace';
  const whole = jsonTable(text, name) ?? textTable(text, name);
  const table = filtered(whole, choice.where, name);
  const times = timeColumns(table, choice.timeColumn, name);
  const columns = describeColumns(table, usedBy(times));
  const chosen =
    choice.column === undefined
      ? undefined
      : columns.find(({ index }) => index === findColumn('column', choice.column ?? 1, table, name));
  return { table, times, columns, kind: kindOf(columns, chosen), teller: { name, warnings: [...table.warnings] } };
}

/** The unit of a column: as given, as header, row of units or cells say. @throws {TraceRefusal} where they differ */
function settledUnit(
  column: Described,
  cellUnit: string,
  given: FileUnit | undefined,
  name: string,
): FileUnit | undefined {
  const inCells = cellUnit === '' ? undefined : unitOf(cellUnit);
  const { header } = column;
  if (column.unit !== undefined && inCells !== undefined && column.unit !== inCells) {
    const message =
      `unit: got cells in ${inCells}, expected ${JSON.stringify(column.unit)} as the header ` +
      `${JSON.stringify(header)} says`;
    throw new TraceRefusal(name, message, 'unit');
  }
  const named = column.unit ?? inCells;
  if (given !== undefined && named !== undefined && given !== named) {
    throw new TraceRefusal(
      name,
      `unit: got ${JSON.stringify(given)}, expected ${JSON.stringify(named)} as the header ` +
        `${JSON.stringify(header)} says; mend whichever is wrong`,
      'unit',
    );
  }
  return given ?? named;
}

/** What an unknown unit is told. */
export function unitMissing(header: string, name: string): TraceRefusal {
  const where = header === '' ? '' : `, and the header ${JSON.stringify(header)} names none`;
  return new TraceRefusal(name, `unit: missing${where}, expected one of ${TRACE_UNITS.join(', ')}`, 'unit');
}

/** The rows of a column, in the order of their times. */
function rowsOf(
  { table, times }: Opened,
  clock: Clock | undefined,
  name: string,
  of: { readonly values: Float64Array; readonly unit: FileUnit | undefined; readonly column: Described },
): SeriesRows {
  const isReversed = clock?.isReversed === true;
  const lines = isReversed ? table.lines.toReversed() : table.lines;
  const milliseconds = isReversed ? clock.milliseconds.toReversed() : clock?.milliseconds;
  const fixed = table.about.secondsPerValue;
  return {
    values: isReversed ? of.values.toReversed() : of.values,
    lines,
    times: clock && milliseconds && { name, kind: clock.kind, milliseconds, lines },
    ...{ unit: of.unit, header: of.column.header, stamp: clock?.stamp ?? 'start' },
    interval: clock?.interval ?? (fixed === undefined ? undefined : fixed * 1000),
    whereHint: whereHint(table, new Set([...usedBy(times), of.column.index])),
  };
}

/** The unit that a harvest or an irradiance may be given. @throws {TraceRefusal} */
function givenUnit({ unit }: ReadChoice, name: string): FileUnit | undefined {
  if (unit === undefined || !isSpeed(unit)) return unit;
  const message = `unit: got ${JSON.stringify(unit)}, a speed, expected "from": "wind" and a turbine with it`;
  throw new TraceRefusal(name, message, 'from');
}

/**
 * Reads a table that was opened.
 *
 * @param column of the values; left out, the one that is chosen or is clear
 * @throws {TraceRefusal} that names line, column, what came, what was expected, and the key that mends it
 */
export function readSeries(opened: Opened, choice: ReadChoice, teller: Teller, column?: Described): Reading {
  const { name, warnings } = teller;
  const { table, times, columns, kind } = opened;
  if (table.rows.length === 0)
    throw new TraceRefusal(name, 'got a header and no values, expected one value a row', undefined);
  const given = givenUnit(choice, name);
  const chosen = column ?? chooseColumn(table, columns, { ...choice, unit: given }, kind, teller);
  const isFilled = (choice.gaps ?? 'refuse') !== 'refuse';
  const { values: read, cellUnit } = readColumn(table, chosen.index, choice, isFilled, teller);
  const unit = settledUnit(chosen, cellUnit, given, name);
  if (unit === undefined && kind === 'harvest') throw unitMissing(chosen.header, name);
  const clock = times === undefined ? undefined : readClock(table, times, choice, teller);
  const scale = choice.scale ?? 1;
  const values = scale === 1 ? read : read.map((value) => value * scale);
  const series = seriesOf(rowsOf(opened, clock, name, { values, unit, column: chosen }), choice, teller);
  if (!series.values.some((value) => value > 0) && kind === 'harvest') {
    throw new TraceRefusal(name, `got ${series.values.length} values, all 0, expected at least one above 0`, 'column');
  }
  const doubts = seriesDoubts(series, clock, chosen.header, table.about.longitude);
  for (const doubt of doubts) warnings.push(doubt);
  const candidates = new Set(candidatesOf(columns).map(({ index }) => index));
  return {
    ...series,
    ...{ name, format: table.format, kind, column: chosen, clock, warnings },
    columns: columns.map((c) => ({ ...c, isCandidate: candidates.has(c.index) })),
    unitText: cellUnit === '' ? chosen.unitText : cellUnit,
  };
}

/**
 * Another column of the rows of a reading, in its steps: NaN where there is no value, and below 0 where it is.
 * @throws {TraceRefusal}
 */
export function readBeside(opened: Opened, reading: Reading, column: Described, choice: ReadChoice): Float64Array {
  const { name, clock } = reading;
  const silent: Teller = { name, warnings: [] };
  const { values } = readColumn(opened.table, column.index, { ...choice, isSigned: true }, true, silent);
  const rows = rowsOf(opened, clock, name, { values, unit: column.unit, column });
  const { measured, unit, secondsPerValue } = seriesOf(rows, { ...choice, isKept: true, counter: false }, silent);
  const factor = unit === undefined ? 1 : wattsOf(unit, secondsPerValue);
  return factor === 1 ? measured : measured.map((value) => value * factor);
}
