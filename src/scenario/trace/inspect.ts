/** What a file is and what is read of it, as one document (docs/contract.md): `batterywalk inspect`. */
import { isObject } from '../schema-parts.js';
import { aligned } from './align.js';
import { formatInstant, readClock } from './clock.js';
import { openTable, unitMissing, type Opened, type ReadChoice, type Reading } from './reading.js';
import type { Teller, TraceWarning } from './refusal.js';
import { checkedReference } from './resolve.js';
import { isIrradiance, wattsOf, type FileUnit } from './units.js';
import { readPower, type PowerChoice } from './weather/power.js';
import { GENERATED } from './vocabulary.js';
import type { FileKind } from './columns.js';

/** Values that are shown. */
const SHOWN = 48;

export interface Inspection {
  readonly format: string;
  readonly kind: FileKind;
  readonly columns: readonly { readonly name: string; readonly unit: string | null; readonly candidate: boolean }[];
  readonly column: string | null;
  /** `W` or `W/m²` where values are powers or irradiance, else as the file has it. */
  readonly unit: string | null;
  readonly timeZone: string | null;
  readonly stamp: string | null;
  readonly secondsPerValue: number | null;
  readonly firstInterval: string | null;
  readonly count: number;
  readonly filled: number;
  /** The first values, null where missing. */
  readonly values: readonly (number | null)[];
  readonly meanWatts: number | null;
  /** How power was made of weather; left out, values are as the file has them. */
  readonly power?: string;
  readonly warnings: readonly TraceWarning[];
}

/** What was read of a file, beside the results that came of it. */
export interface FileRead extends Inspection {
  readonly file: string;
}

export const fileRead = (reading: Reading): FileRead => ({ file: reading.name, ...inspection(reading) });

/** A number without the noise of its conversion. */
const plain = (x: number): number => Number(x.toPrecision(12));

/** The factor of one value to W or W/m², where it has one. */
const factorOf = (unit: FileUnit | undefined, seconds: number): number =>
  unit === undefined ? 1 : wattsOf(unit, seconds);

/** The document of what was read. */
function inspection(reading: Reading): Inspection {
  const { clock, column, first, secondsPerValue, unit, measured, values } = reading;
  const factor = factorOf(unit, secondsPerValue);
  const isPower = unit !== undefined && !isIrradiance(unit);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    format: reading.format,
    kind: reading.kind,
    columns: reading.columns.map((c) => described(c)),
    column: nameOf(column),
    unit: isPower ? 'W' : unit !== undefined ? 'W/m²' : (reading.unitText ?? null),
    timeZone: clock?.kind === 'zoned' ? (clock.zone?.name ?? 'UTC') : null,
    stamp: clock?.stamp ?? null,
    secondsPerValue,
    firstInterval: clock === undefined || first === undefined ? null : formatInstant(clock, first),
    count: values.length,
    filled: reading.filled,
    values: Array.from(measured.subarray(0, SHOWN), (value) => (Number.isNaN(value) ? null : plain(value * factor))),
    meanWatts: isPower ? plain(mean * factor) : null,
    ...(reading.power === undefined ? {} : { power: reading.power }),
    warnings: reading.warnings,
  };
}

const nameOf = ({ header, index }: { readonly header: string; readonly index: number }): string =>
  header === '' ? String(index + 1) : header;

function described({
  header,
  index,
  unitText,
  isCandidate,
}: Reading['columns'][number]): Inspection['columns'][number] {
  return { name: nameOf({ header, index }), unit: unitText ?? null, candidate: isCandidate };
}

/** Requests, one a row: when they came, and the tokens that each generated. */
function requests({ table, times, columns }: Opened, choice: ReadChoice, teller: Teller): Inspection {
  const tokens = columns.find(({ header }) => GENERATED.test(header));
  const clock = times === undefined ? undefined : readClock(table, times, choice, teller);
  const values = tokens === undefined ? [] : table.rows.map((row) => Number(row[tokens.index]));
  const first = clock?.milliseconds[0];
  return {
    ...{ format: table.format, kind: 'requests' as const },
    columns: columns.map((c) => described({ ...c, isCandidate: c === tokens })),
    column: tokens?.header ?? null,
    unit: 'tokens',
    timeZone: clock?.kind === 'zoned' ? (clock.zone?.name ?? 'UTC') : null,
    stamp: null,
    secondsPerValue: null,
    firstInterval: clock === undefined || first === undefined ? null : formatInstant(clock, first),
    count: table.rows.length,
    filled: 0,
    values: values.slice(0, SHOWN).map((value) => (Number.isFinite(value) ? value : null)),
    meanWatts: null,
    warnings: teller.warnings,
  };
}

/**
 * Looks at a file as a scenario with these keys would.
 *
 * @param keys of `trace`, unchecked
 * @param startTime of the scenario
 * @param found what its bytes already told
 * @throws {InputError} where a scenario would refuse it
 */
export function inspectText(
  text: string,
  name: string,
  keys: unknown,
  startTime?: string,
  found: readonly TraceWarning[] = [],
): { readonly inspection: Inspection; readonly reading: Reading | undefined } {
  const { csv, ...how } = checkedReference({ ...(isObject(keys) ? keys : {}), csv: name });
  const choice: PowerChoice = { ...how, name: csv };
  const { teller, ...opened } = openTable(text, choice);
  for (const warning of found) teller.warnings.push(warning);
  if (opened.kind === 'requests') return { inspection: requests(opened, choice, teller), reading: undefined };
  const reading = aligned(readPower(opened, choice, teller), startTime);
  if (reading.unit === undefined && opened.kind === 'harvest') throw unitMissing(reading.column.header, name);
  return { inspection: inspection(reading), reading };
}
