/**
 * From a file's text to a trace: values ≥ 0 in equal steps of time. Every row is checked; what is wrong is told with
 * its line and column, and with the key that mends it. A million rows take about two seconds.
 */
import { formatInstant } from './clock.js';
import { openTable, unitMissing, type Reading } from './reading.js';
import { TraceRefusal, type TraceWarning } from './refusal.js';
import { TRACE_UNITS, type TraceUnit } from './units.js';
import { readPower, type PowerChoice } from './weather/power.js';

/** How a file of measured values is to be read. */
export type TraceOptions = PowerChoice;

/** A series that was read from a file: values of one length each. */
export interface Trace {
  /** One value a step, ≥ 0, at least one > 0. */
  readonly values: Float64Array;
  readonly unit: TraceUnit;
  readonly secondsPerValue: number;
  /**
   * Start of the first value's interval, as ISO 8601 (with Z or an offset where the file has a zone) or `… s`;
   * undefined without times.
   */
  readonly firstTime: string | undefined;
  /** Values that were missing and filled. */
  readonly filled: number;
  /** What is doubtful, each with the key that settles it. */
  readonly warnings: readonly TraceWarning[];
}

/** A harvest in a unit of power or energy. @throws {TraceRefusal} */
export function readHarvest(text: string, options: PowerChoice): Reading & { readonly unit: TraceUnit } {
  const name = options.name ?? 'trace';
  const { teller, ...opened } = openTable(text, options);
  const reading = readPower(opened, options, teller);
  const unit = TRACE_UNITS.find((known) => known === reading.unit);
  if (unit === undefined) {
    if (reading.unit === undefined) throw unitMissing(reading.column.header, name);
    const header = JSON.stringify(reading.column.header);
    throw new TraceRefusal(
      name,
      `from: missing, and column ${header} is in ${reading.unit}, irradiance and no power; ` +
        'expected "irradiance" with a ' +
        'PV array, such as "pv": {"peakWatts": 5000, "tiltDegrees": 30, "azimuthDegrees": 180}, or a column of power',
      'from',
    );
  }
  if (!reading.values.some((value) => value > 0)) {
    throw new TraceRefusal(name, `got ${reading.values.length} values, all 0, expected at least one above 0`, 'column');
  }
  return { ...reading, unit };
}

/**
 * Parses a trace.
 *
 * @param text CSV or JSON; the whole of it is read, and each of its rows is checked.
 * @throws {InputError} `file: line 7, column "power_W": got …, expected …`; its `field` is the file's name.
 */
export function parseTrace(text: string, options: TraceOptions = {}): Trace {
  const { values, unit, secondsPerValue, filled, clock, first, warnings } = readHarvest(text, options);
  const firstTime = clock === undefined || first === undefined ? undefined : formatInstant(clock, first);
  return { values, unit, secondsPerValue, firstTime, filled, warnings };
}
