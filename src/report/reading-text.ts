/** What was read of a file of measured values, in a few lines for people. */
import { formatNumber } from '../numeric/format.js';
import { largestOf } from '../numeric/extremes.js';
import { printable } from '../printable.js';
import type { FileRead, Inspection } from '../scenario/trace/inspect.js';
import type { Reading } from '../scenario/trace/reading.js';

const BLOCKS = '▁▂▃▄▅▆▇█';

/** A line of blocks, one a value; a space where one is missing. */
function sparkline(values: readonly (number | null)[]): string {
  const most = largestOf(values.map((value) => value ?? 0));
  return values
    .map((value) => (value === null ? ' ' : BLOCKS[most > 0 ? Math.min(7, Math.floor((value / most) * 8)) : 0]))
    .join('');
}

const span = (seconds: number): string =>
  seconds % 86_400 === 0
    ? `${seconds / 86_400} d`
    : seconds % 3600 === 0
      ? `${seconds / 3600} h`
      : seconds % 60 === 0
        ? `${seconds / 60} min`
        : `${seconds} s`;

/** An inspection in two or three lines: file, column and clock; steps, span and mean; how power was made. */
export function inspectionLines(name: string, found: Inspection): readonly string[] {
  const { format, kind, column, unit, timeZone, stamp, secondsPerValue, firstInterval, count, filled, meanWatts } =
    found;
  const zone = timeZone ?? 'no zone';
  const clock = stamp === null ? '' : `, times at the ${stamp} of intervals, ${zone}`;
  const steps =
    secondsPerValue === null
      ? `${count} rows`
      : `${count} values of ${span(secondsPerValue)}, ${span(count * secondsPerValue)} in all`;
  const from = firstInterval === null ? '' : ` from ${firstInterval}`;
  const mean = meanWatts === null ? '' : `; mean ${formatNumber(meanWatts)} W`;
  return [
    `${name}: ${kind} (${format}), column ${JSON.stringify(column ?? '')} in ${unit ?? 'no unit'}${clock}`,
    `  ${steps}${from}${filled === 0 ? '' : `, ${filled} filled`}${mean}`,
    ...(found.power === undefined ? [] : [`  power: ${found.power}`]),
  ];
}

/** The lines of an inspection, with its course drawn. */
export function inspectionText(name: string, found: Inspection, course = found.values): string {
  return [...inspectionLines(name, found), `  ${sparkline(course)}`, ''].join('\n');
}

/** The same of files that results came of, without their courses; nothing where there were none. */
export const filesReadText = (read: readonly FileRead[]): string =>
  read.map((found) => `${inspectionLines(printable(found.file), found).join('\n')}\n`).join('') +
  (read.length === 0 ? '' : '\n');

const HOUR = 3600;
/** Hours of two days. */
const SHOWN = 48;

/** The first values, or means of hours where steps are shorter. */
export function courseOf({ measured, secondsPerValue }: Reading): readonly (number | null)[] {
  const each = Math.max(1, Math.round(HOUR / secondsPerValue));
  return Array.from({ length: Math.min(SHOWN, Math.ceil(measured.length / each)) }, (_, hour) => {
    const part = measured.subarray(hour * each, (hour + 1) * each).filter((value) => !Number.isNaN(value));
    return part.length === 0 ? null : part.reduce((a, b) => a + b, 0) / part.length;
  });
}
