/** Plain-text tables and numbers with units for terminals. No colour, no boxes: columns line up and copy well. */
import { append, largestOf } from '../numeric/extremes.js';
import { formatNumber } from '../numeric/format.js';
import { asciiLength, RULE } from './ascii.js';

export interface Column {
  readonly header: string;
  readonly align?: 'left' | 'right';
  /** Says what a row is of: each block of a table begins with these. The first column always does. */
  readonly isKey?: boolean;
  /** Never the first of a block: it belongs to the column before it. */
  readonly isJoined?: boolean;
}

/** Columns of a terminal that texts keep to. */
export const TEXT_WIDTH = 80;
const GAP = '  ';
/** The last column is broken into lines where it is text and too wide, but not narrower than this. */
const NARROWEST = 24;

/**
 * Lays rows out under their headers, every column as wide as its widest cell, right-aligned unless said otherwise.
 * A table wider than a terminal becomes several blocks below one another. Lines end with no blanks; the text ends with
 * a newline.
 *
 * @param rows cells as text; a short row leaves its last columns empty.
 * @param note what the columns are; it stands below, its lines no wider than the text.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], note = ''): string {
  const widths = columns.map(({ header }, i) => largestOf([header, ...rows.map((row) => row[i] ?? '')].map(room)));
  const blocks = blocksOf(columns, widths).map((block) =>
    formatBlock(
      block.map((i) => columns[i]),
      rows.map((row) => block.map((i) => row[i] ?? '')),
    ),
  );
  return `${blocks.join('\n')}${note === '' ? '' : `${foldText(note)}\n`}`;
}

/** Width of a cell in whatever the terminal can show. */
const room = (cell: string): number => Math.max(cell.length, asciiLength(cell));

/** Which columns stand beside one another. */
function blocksOf(columns: readonly Column[], widths: readonly number[]): number[][] {
  const isKey = (i: number): boolean => i === 0 || columns[i].isKey === true;
  const all = columns.map((_, i) => i);
  const widthOf = (block: readonly number[]): number =>
    block.reduce((sum, i) => sum + widths[i], GAP.length * (block.length - 1));
  if (widthOf(all) <= TEXT_WIDTH) return [all];
  const keys = all.filter(isKey);
  // Columns that belong together.
  const groups: number[][] = [];
  for (const i of all.filter((column) => !isKey(column))) {
    if (columns[i].isJoined === true && groups.length > 0) groups[groups.length - 1].push(i);
    else groups.push([i]);
  }
  const blocks: number[][] = [];
  for (const group of groups) {
    const last = blocks.at(-1);
    if (last !== undefined && widthOf([...last, ...group]) <= TEXT_WIDTH) append(last, group);
    else blocks.push([...keys, ...group]);
  }
  return blocks.length === 0 ? [all] : blocks;
}

function formatBlock(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const last = columns.length - 1;
  const widths = columns.map(({ header }, i) => largestOf([header.length, ...rows.map((row) => row[i].length)]));
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0);
  const left = Math.max(TEXT_WIDTH - before, NARROWEST);
  if (columns[last].align === 'left' && widths[last] > left) {
    const broken = rows.flatMap((row) =>
      foldText(row[last], left)
        .split('\n')
        .map((part, i) => [...row.slice(0, last).map((cell) => (i === 0 ? cell : '')), part]),
    );
    return formatLines(columns, broken);
  }
  return formatLines(columns, rows);
}

function formatLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ header }, i) => largestOf([header.length, ...rows.map((row) => row[i].length)]));
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) => (align === 'left' ? cells[i].padEnd(widths[i]) : cells[i].padStart(widths[i])))
      .join(GAP)
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join(GAP);
  return [line(columns.map(({ header }) => header)), rule, ...rows.map(line)].map((text) => `${text}\n`).join('');
}

/**
 * Breaks lines that are too wide between words. What follows a name and two blanks or more stays to the right of them;
 * a table, which has its width already, is left as it is. A word that is too long keeps its line.
 */
export function foldText(text: string, width = TEXT_WIDTH): string {
  const lines = text.split('\n');
  let isTable = false;
  return lines
    .flatMap((line, i) => {
      isTable = RULE.test(lines[i + 1] ?? '') || (isTable && line.includes(GAP));
      return isTable || RULE.test(line) || line.length <= width ? [line] : foldLine(line, width);
    })
    .join('\n');
}
function foldLine(line: string, width: number): string[] {
  const name = /^\S+ {2,}(?=\S)/.exec(line)?.[0] ?? '';
  const hanging = name.length < width / 2 ? ' '.repeat(name.length) : '';
  const lines: string[] = [];
  let current = name;
  let isEmpty = true;
  for (const word of line.slice(name.length).split(' ')) {
    if (!isEmpty && current.length + 1 + word.length > width) {
      lines.push(current);
      current = hanging + word;
    } else current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current];
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

/** A quantity of `digits` significant digits in the prefix that suits it: `58.10 kJ`, `-1.250 MJ`, `0 J`. */
export function formatQuantity(value: number, unit: string, digits = 4): string {
  if (!Number.isFinite(value)) return '—';
  if (value === 0) return `0 ${unit}`;
  // Rounding comes first: 999.96 J is 1.000 kJ.
  const scale = scaleFor([Number(value.toPrecision(digits))], unit);
  return `${formatNumber(value / scale.factor, digits)} ${scale.unit}`;
}

/**
 * A p-value for a table: two decimals, and from 0.01 downwards its size, so that none reads as 0.00; `<1e-300` where a
 * double holds none.
 */
export function formatP(p: number): string {
  if (p >= 0.01) return p.toFixed(2);
  return p === 0 ? '<1e-300' : p.toExponential(0);
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
