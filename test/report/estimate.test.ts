import { describe, expect, it } from 'vitest';
import { asciiText } from '../../src/report/ascii.js';
import {
  formatEstimate,
  formatKnown,
  formatPlusMinus,
  formatRange,
  formatWithInterval,
  withError,
} from '../../src/report/estimate.js';
import { foldText, formatTable, TEXT_WIDTH } from '../../src/report/table.js';

describe('an estimate and its interval', () => {
  it.each([
    // None of 20,000 paths: Clopper and Pearson's interval is not one of ones.
    [{ value: 1, lower: 0.999816, upper: 1 }, 1, '1.00000', '0.99982 … 1.00000'],
    [{ value: 1728.4, lower: 1726.1, upper: 1730.7 }, 1, '1728.4', '1726.1 … 1730.7'],
    [{ value: 2690.07, lower: 153.1, upper: 5227 }, 1000, '2.7', '0.2 … 5.2'],
    [{ value: 0, lower: 0, upper: 0.00184 }, 1, '0', '0 … 0.0018'],
    [{ value: 5.59e-12, lower: 5.19e-12, upper: 6.02e-12 }, 1, '5.59e-12', '5.19e-12 … 6.02e-12'],
    [{ value: 2.4, lower: 2.3, upper: Infinity }, 1, '2.40', '2.30 … ∞'],
    [{ value: 0.5, lower: 0.5, upper: 0.5 }, 1, '0.5000', '0.5000 … 0.5000'],
  ])('%j over %d end at one place', (shown, factor, value, range) => {
    expect(formatEstimate(shown, factor)).toBe(value);
    expect(formatRange(shown, factor)).toBe(range);
  });

  it('of a mean is a half-width with two digits, rounded first', () => {
    expect(formatPlusMinus(withError(94_123, 2180), 1000)).toBe('94.1 ± 2.2');
    expect(formatPlusMinus(withError(0.238531, 0.000997))).toBe('0.2385 ± 0.0010');
    expect(formatPlusMinus(withError(0, 0))).toBe('0');
    expect(formatWithInterval({ value: 0.9965, lower: 0.99302, upper: 0.9985 })).toBe('0.9965 (0.9930 … 0.9985)');
  });
});

describe('what theory knows', () => {
  it('ends where its own error begins, and is nothing where that is larger', () => {
    expect(formatKnown(6113570, 3)).toBe('6113570');
    expect(formatKnown(0.00149488, 2e-6)).toBe('0.001495');
    expect(formatKnown(-1.3e-17, 3e-16)).toBe('0');
    expect(formatKnown(238497.91234, 4e-7, 1000)).toBe('238.4979');
  });
});

describe('a terminal of eighty columns', () => {
  it('takes wide tables in blocks that begin with the same column, and folds what is said', () => {
    const heads = ['slots', ...Array.from({ length: 9 }, (_, i) => `quantity ${i}`)];
    const text = formatTable(
      heads.map((header) => ({ header })),
      [heads.map((_, i) => String(i))],
      'quantity: of something that takes long to be told, so long that a line of it has no room in the terminal',
    );
    const lines = text.split('\n');
    expect(lines.every((line) => line.length <= TEXT_WIDTH)).toBe(true);
    expect(lines.filter((line) => line.startsWith('slots'))).toHaveLength(2);
    expect(foldText(`walk     ${'word '.repeat(30)}end`).split('\n')[1]).toMatch(/^ {9}word/);
  });
});

describe('plain ASCII', () => {
  it('has what one would type, and keeps tables in line', () => {
    expect(asciiText('χ² ≤ 3·10⁻⁵, σ − µ, Höhe × 2 …')).toBe('chi^2 <= 3*10^-5, sigma - u, Hohe x 2 ..');
    const table = formatTable(
      [{ header: 'E[D]' }, { header: 'name', align: 'left' }, { header: 'θ/r' }],
      [
        ['1.0 ± 0.1', 'Zürich', '1.5'],
        ['10.00 ± 0.05', 'a', '2'],
      ],
    );
    expect(asciiText(table).split('\n')).toEqual([
      '         E[D]  name    theta/r',
      '-------------  ------  -------',
      '   1.0 +- 0.1  Zurich      1.5',
      '10.00 +- 0.05  a             2',
      '',
    ]);
  });
});
