/** Plain-text tables and numbers with units for terminals. No colour, no boxes: columns line up and copy well. */
import { largestOf } from '../extremes.js';

export interface Column {
  readonly header: string;
  readonly align?: 'left' | 'right';
}

const GAP = '  ';

/**
 * Lays rows out under their headers, every column as wide as its widest cell, right-aligned unless said otherwise. Lines end with no
 * blanks; the text ends with a newline.
 *
 * @param rows cells as text; a short row leaves its last columns empty.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ header }, i) =>
    largestOf([header.length, ...rows.map((row) => (row[i] ?? '').length)]),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) =>
        align === 'left' ? (cells[i] ?? '').padEnd(widths[i]) : (cells[i] ?? '').padStart(widths[i]),
      )
      .join(GAP)
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join(GAP);
  return [line(columns.map(({ header }) => header)), rule, ...rows.map(line)].map((text) => `${text}\n`).join('');
}

/** A decimal multiple of a unit: `kJ` is 1000 J. */
export interface Scaled {
  readonly unit: string;
  readonly factor: number;
}

const PREFIXES: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
];

/** The multiple of `unit` that suits a column of values: that of their geometric mean, zeros and infinities aside. */
export function scaleFor(values: readonly number[], unit: string): Scaled {
  const logs = values.filter((v) => v !== 0 && Number.isFinite(v)).map((v) => Math.log(Math.abs(v)));
  const typical = logs.length === 0 ? 1 : Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length);
  // The mean of equal logarithms may round to just below the value itself.
  const [factor, prefix] = PREFIXES.find(([f]) => typical * (1 + 1e-12) >= f) ?? [1e-6, 'µ'];
  return { unit: prefix + unit, factor };
}

/** A number of fixed decimals; `—` where there is none (infinite, not a number). */
export function formatFixed(value: number, decimals: number): string {
  return Number.isFinite(value) ? value.toFixed(decimals) : '—';
}

/** A number of `digits` significant digits, without exponent between 1e-4 and 1e9. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return '—';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) return value.toExponential(digits - 1);
  const rounded = Number(value.toPrecision(digits));
  const decimals = digits - 1 - Math.floor(Math.log10(Math.abs(rounded)));
  return rounded.toFixed(Math.max(0, decimals));
}

/** A quantity of `digits` significant digits in the prefix that suits it: `58.10 kJ`, `-1.250 MJ`, `0 J`. */
export function formatQuantity(value: number, unit: string, digits = 4): string {
  if (!Number.isFinite(value)) return '—';
  if (value === 0) return `0 ${unit}`;
  // Rounding comes first: 999.96 J is 1.000 kJ.
  const scale = scaleFor([Number(value.toPrecision(digits))], unit);
  return `${formatNumber(value / scale.factor, digits)} ${scale.unit}`;
}

/** A p-value for a table: two decimals, and from 0.01 downwards its size, so that none reads as 0.00; `<1e-300` where a double holds none. */
export function formatP(p: number): string {
  if (p >= 0.01) return p.toFixed(2);
  return p === 0 ? '<1e-300' : p.toExponential(0);
}

/** A count with thousands set apart by commas: `1,000,000`. */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',') : '—';
}

/** A span of time in two units at most: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '—';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
