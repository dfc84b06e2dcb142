/** The sample traces: the same bytes as their generator makes, and what sun and wind are like. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SAMPLE_NAMES, sampleTrace } from '../../src/scenario/trace/samples.js';
import { sunCsv, windCsv } from '../../src/scenario/trace/samples/generate.mjs';

const shipped = (name: string): string =>
  readFileSync(new URL(`../../src/scenario/trace/samples/${name}.csv`, import.meta.url), 'utf8');
const mean = (values: Iterable<number>): number => {
  const list = [...values];
  return list.reduce((a, b) => a + b, 0) / list.length;
};
function autocorrelation(values: readonly number[], lag: number): number {
  const centre = mean(values);
  const product = (a: number, b: number): number => (a - centre) * (b - centre);
  const variance = mean(values.map((x) => product(x, x)));
  return mean(values.slice(lag).map((x, i) => product(x, values[i]))) / variance;
}
const hours = (values: readonly number[], ...wanted: number[]): readonly number[] =>
  values.filter((_, i) => wanted.includes(i % 24));

it('the generator makes the shipped bytes', () => {
  expect(sunCsv()).toBe(shipped('sun'));
  expect(windCsv()).toBe(shipped('wind'));
});

describe.each(SAMPLE_NAMES)('%s', (name) => {
  const { values, unit, secondsPerValue } = sampleTrace(name);
  it('is a year of hours in watts, up to 1000', () => {
    expect({ hours: values.length, unit, secondsPerValue, bad: values.filter(Number.isNaN).length }).toEqual({
      hours: 8760,
      unit: 'W',
      secondsPerValue: 3600,
      bad: 0,
    });
    expect(Math.max(...values)).toBeLessThanOrEqual(1000);
    expect(shipped(name).length).toBeLessThan(40_000);
  });
});

describe('the sun', () => {
  const { values } = sampleTrace('sun');
  it('does not shine at night', () => {
    expect(Math.max(...hours(values, 0, 1, 2, 3, 20, 21, 22, 23).slice(-60 * 8))).toBe(0);
    expect(mean(hours(values, 22, 23, 0, 1, 2))).toBe(0);
  });
  it('has a capacity factor, a day and a season as panels at 45° have', () => {
    expect(mean(values) / 1000).toBeGreaterThan(0.11);
    expect(mean(values) / 1000).toBeLessThan(0.18);
    expect(mean(hours(values, 11, 12))).toBeGreaterThan(3 * mean(hours(values, 7, 16)));
    expect(mean(values.slice(151 * 24, 243 * 24))).toBeGreaterThan(2 * mean(values.slice(0, 59 * 24)));
    expect(autocorrelation(values, 24)).toBeGreaterThan(0.7);
    expect(autocorrelation(values, 12)).toBeLessThan(-0.2);
  });
  it('has days under cloud', () => {
    const june = Array.from({ length: 30 }, (_, day) => mean(values.slice((151 + day) * 24, (152 + day) * 24)));
    expect(Math.max(...june)).toBeGreaterThan(1.5 * Math.min(...june));
  });
});

describe('the wind', () => {
  const { values } = sampleTrace('wind');
  it('has a capacity factor as turbines have, calm hours and full ones', () => {
    expect(mean(values) / 1000).toBeGreaterThan(0.2);
    expect(mean(values) / 1000).toBeLessThan(0.35);
    for (const share of [values.filter((x) => x === 0), values.filter((x) => x === 1000)]) {
      expect(share.length / values.length).toBeGreaterThan(0.03);
      expect(share.length / values.length).toBeLessThan(0.25);
    }
  });
  it('lasts for hours, not for days', () => {
    expect(autocorrelation(values, 1)).toBeGreaterThan(0.9);
    expect(autocorrelation(values, 24)).toBeLessThan(0.5);
    expect(autocorrelation(values, 120)).toBeLessThan(0.25);
  });
  it('is stronger in winter and in the afternoon', () => {
    expect(mean([...values.slice(0, 90 * 24), ...values.slice(-60 * 24)])).toBeGreaterThan(
      mean(values.slice(150 * 24, 240 * 24)),
    );
    expect(mean(hours(values, 13, 14, 15, 16, 17))).toBeGreaterThan(1.2 * mean(hours(values, 1, 2, 3, 4, 5)));
  });
});
