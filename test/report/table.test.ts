import { describe, expect, it } from 'vitest';
import { formatCount, formatNumber } from '../../src/numeric/format.js';
import { formatDuration, formatFixed, formatP, formatQuantity, formatTable, scaleFor } from '../../src/report/table.js';

describe('a text table', () => {
  it('lines its columns up and leaves no blanks at the ends of lines', () => {
    const columns = [{ header: 'task', align: 'left' }, { header: 'kJ' }, { header: 'note', align: 'left' }] as const;
    expect(formatTable(columns, [['a', '1.5', ''], ['longer', '117.390', 'x'], ['c']])).toBe(
      ['task         kJ  note', '------  -------  ----', 'a           1.5', 'longer  117.390  x', 'c', ''].join('\n'),
    );
  });
});

describe('p-values', () => {
  it('never read as 0.00', () => {
    const cases = [1, 0.4567, 0.01, 0.00999, 0.0049, 0.0012, 3.2e-9, 0];
    expect(cases.map(formatP)).toEqual(['1.00', '0.46', '0.01', '1e-2', '5e-3', '1e-3', '3e-9', '<1e-300']);
  });
});

describe('numbers', () => {
  it('keep their significant digits', () => {
    const cases = [0, 1, 58.1033, 58103.36, -0.000123456, 9.99996, 123456789, 1e12, 3e-9, NaN, -Infinity];
    expect(cases.map((x) => formatNumber(x))).toEqual([
      ...['0', '1.000', '58.10', '58100', '-0.0001235', '10.00', '123500000', '1.000e+12', '3.000e-9', '—', '—'],
    ]);
    expect(formatFixed(5.4111, 3)).toBe('5.411');
    expect(formatFixed(Infinity, 3)).toBe('—');
    expect([0, 999, 1000, 1e6, -1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,000,000', '-1,234,567']);
  });

  it('take the prefix that suits them', () => {
    const cases = [0, 5411.118, 999.96, 65591.453, -1.25e6, 3.2e9, 0.5, 2e-6, NaN];
    expect(cases.map((x) => formatQuantity(x, 'J'))).toEqual([
      ...['0 J', '5.411 kJ', '1.000 kJ', '65.59 kJ', '-1.250 MJ', '3.200 GJ', '500.0 mJ', '2.000 µJ', '—'],
    ]);
    expect(scaleFor([400, 10000, 0, Infinity], 'J')).toEqual({ unit: 'kJ', factor: 1000 });
    expect(scaleFor([1000, 1000], 'J')).toEqual({ unit: 'kJ', factor: 1000 });
    expect(scaleFor([], 'J')).toEqual({ unit: 'J', factor: 1 });
  });

  it('of seconds are told in two units at most', () => {
    expect([0.44, 9.96, 59.7, 200, 7500, Infinity].map(formatDuration)).toEqual([
      ...['0.4 s', '10 s', '1 min 0 s', '3 min 20 s', '2 h 5 min', '—'],
    ]);
  });
});
