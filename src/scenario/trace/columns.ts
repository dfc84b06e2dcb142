/**
 * Which column of a table holds the values, as the user says, else as headers and units show; and what kind of file it
 * is. A column that is named a load, a price, a charge, a temperature is never taken for a harvest by itself.
 */
import { isMissing, isNumeric } from './numbers.js';
import { TraceRefusal, type Teller } from './refusal.js';
import type { Table } from './table.js';
import { findColumn, listed, type ColumnName } from './time-columns.js';
import { isIrradiance, unitInHeader, unitOf, type FileUnit } from './units.js';
import { GENERATED, isLoadHeader, isPriceHeader, meaningOf, type Meaning } from './vocabulary.js';

export type FileKind = 'harvest' | 'requests' | 'load' | 'weather' | 'prices' | 'fleet';

/** A column that is none of the times. */
export interface Described {
  /** From 0. */
  readonly index: number;
  readonly header: string;
  /** As the file writes it; undefined where it does not. */
  readonly unitText: string | undefined;
  readonly unit: FileUnit | undefined;
  readonly meaning: Meaning;
  readonly isNumeric: boolean;
}

const SAMPLES = 200;

/** Every column but those of times. */
export function describeColumns(table: Table, times: ReadonlySet<number>): Described[] {
  const step = Math.max(1, Math.floor(table.rows.length / SAMPLES));
  const sample = table.rows.filter((_, i) => i < 20 || i % step === 0);
  const columns = Array.from({ length: table.width }, (_, i) => i).filter((i) => !times.has(i));
  return columns.map((index) => {
    const header = table.headers?.[index] ?? '';
    const texts = sample.map((row) => row[index] ?? '').filter((text) => !isMissing(text));
    const numbers = texts.filter(isNumeric).length;
    const aside = table.units[index] ?? table.about.unitIn?.(header);
    const marked = /[[(]([^\])]*)[\])]/.exec(header)?.[1];
    const unit = unitInHeader(header) ?? (aside === undefined ? undefined : unitOf(aside));
    return {
      ...{ index, header, unit, unitText: aside ?? marked ?? unit },
      meaning: header === '' ? 'unknown' : meaningOf(header),
      isNumeric: texts.length === 0 ? header !== '' : numbers * 2 >= texts.length,
    };
  });
}

/** Columns that could be a harvest; those of a power before those of irradiance. */
export function candidatesOf(columns: readonly Described[]): readonly Described[] {
  const able = columns.filter(
    ({ isNumeric: isNumber, meaning }) => isNumber && meaning !== 'other' && meaning !== 'time',
  );
  const isSun = ({ unit, meaning }: Described): boolean =>
    unit === undefined ? meaning === 'irradiance' : isIrradiance(unit);
  const powers = able.filter((c) => !isSun(c) && (c.meaning === 'harvest' || c.unit !== undefined));
  if (powers.length > 0) return powers;
  const irradiances = able.filter(isSun);
  return irradiances.length > 0 ? irradiances : able;
}

/** What a file is about. */
export function kindOf(columns: readonly Described[], chosen: Described | undefined): FileKind {
  if (columns.some(({ header }) => GENERATED.test(header))) return 'requests';
  const isFleet =
    columns.some(({ header }) => /^model(?:[ _]name)?$/i.test(header)) &&
    columns.some(({ header }) => /per.?token|tokens.?per|parameters/i.test(header));
  if (isFleet) return 'fleet';
  const numeric = columns.filter((c) => c.isNumeric);
  const [first] =
    chosen === undefined
      ? candidatesOf(columns).filter(({ meaning, unit }) => meaning !== 'unknown' || unit !== undefined)
      : [chosen];
  if ((first as Described | undefined) !== undefined && !(first.meaning === 'other')) {
    const isSun = first.unit === undefined ? first.meaning === 'irradiance' : isIrradiance(first.unit);
    return isSun ? 'weather' : 'harvest';
  }
  if (chosen === undefined && candidatesOf(columns).length > 0) return 'harvest';
  const others = chosen === undefined ? numeric : [chosen];
  if (others.some(({ header }) => isLoadHeader(header))) return 'load';
  if (others.some(({ header }) => isPriceHeader(header))) return 'prices';
  return others.some(({ header }) => /temp|wind|speed|\bws\d*m?\b|humid/i.test(header)) ? 'weather' : 'harvest';
}

function shown({ header, index, unitText, meaning }: Described): string {
  const label = header === '' ? `column ${index + 1}` : JSON.stringify(header);
  return `${label} (${meaning === 'other' ? 'no harvest by its name' : (unitText ?? 'no unit')})`;
}

/**
 * The column of the values.
 *
 * @param kind of the file, for one that is no harvest and is looked at only
 * @throws {TraceRefusal} where a column that is asked for is not there, or where it is not clear which one is meant
 */
export function chooseColumn(
  table: Table,
  columns: readonly Described[],
  choice: { readonly column?: ColumnName | undefined; readonly unit?: FileUnit | undefined },
  kind: FileKind,
  { name, warnings }: Teller,
): Described {
  const { headers, width } = table;
  if (choice.column !== undefined) {
    const index = findColumn('column', choice.column, table, name);
    const found = columns.find((column) => column.index === index);
    if (found === undefined) {
      throw new TraceRefusal(
        name,
        `column: got ${JSON.stringify(choice.column)}, which holds the times, expected ${listed(headers, width)}`,
        'column',
      );
    }
    const isOther =
      found.meaning === 'other' && (kind === 'harvest' || isLoadHeader(found.header) || isPriceHeader(found.header));
    if (isOther) {
      const message =
        `column ${JSON.stringify(found.header)} is no harvest by its name (a load, a price, a state?), ` +
        'and is read as you say';
      warnings.push({ code: 'loadName', message, key: 'column' });
    }
    return found;
  }
  const numeric = columns.filter((column) => column.isNumeric);
  if (kind === 'load' || kind === 'prices') {
    const named = numeric.filter(({ header }) => (kind === 'load' ? isLoadHeader(header) : isPriceHeader(header)));
    const best = named.filter(({ unit }) => unit !== undefined);
    if (named.length > 0) return best[0] ?? named[0];
  }
  const candidates = candidatesOf(columns);
  const [only] = candidates;
  const withUnit = numeric.filter(
    ({ unit, index }) => unit !== undefined && index !== (only as Described | undefined)?.index,
  );
  if (candidates.length === 1) {
    const isClear = only.unit !== undefined || choice.unit !== undefined || withUnit.length === 0;
    if (isClear) {
      const rest = columns.filter(
        (c) => c !== only && c.isNumeric && c.meaning !== 'other' && c.meaning !== 'irradiance' && c.meaning !== 'time',
      );
      if (rest.length > 0) {
        const message = `${JSON.stringify(only.header)} is read, of columns ${[only, ...rest].map(shown).join(', ')}`;
        warnings.push({ code: 'columnChosen', message, key: 'column' });
      }
      return only;
    }
    throw new TraceRefusal(
      name,
      `got ${withUnit.length + 1} columns of numbers, ${[only, ...withUnit].map(shown).join(' and ')}, ` +
        `expected column and unit to be given: ${listed(headers, width)}`,
      'column',
    );
  }
  if (candidates.length === 0 && numeric.length > 0) {
    throw new TraceRefusal(
      name,
      `got no column that is a harvest by its name: ${numeric.map(shown).join(', ')}; ` +
        `expected column to be given: ${listed(headers, width)}`,
      'column',
    );
  }
  const came =
    candidates.length === 0 ? 'no column of values' : `${candidates.length} columns that could hold the values`;
  const which =
    candidates.length > 0 && candidates.length < numeric.length ? `, ${candidates.map(shown).join(', ')}` : '';
  throw new TraceRefusal(name, `got ${came}${which}, expected column to be given: ${listed(headers, width)}`, 'column');
}
