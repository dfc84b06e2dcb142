/** Units, resampling to slots, and the plan of a block bootstrap. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { planBlocks, planStarts } from '../../src/scenario/trace/blocks.js';
import { traceSlots } from '../../src/scenario/trace/slots.js';
import { TRACE_UNITS, joulesOf, unitInHeader } from '../../src/scenario/trace/units.js';

describe('units', () => {
  it.each([
    ['power_W', 'W'],
    ['P [kW]', 'kW'],
    ['energy (kWh)', 'kWh'],
    ['pv-MWh', 'MWh'],
    ['kw', 'kW'],
    ['Harvest J', 'J'],
    ['P [mW]', undefined],
    ['ghi [W/m2]', 'W/m²'],
    ['power_W_m2', undefined],
    ['ghi_W/m2', 'W/m²'],
    ['show', undefined],
    ['new', undefined],
    ['', undefined],
  ])('%s is in %s', (header, unit) => {
    expect(unitInHeader(header)).toBe(unit);
  });
  it('are joules over an hour', () => {
    expect(TRACE_UNITS.map((unit) => joulesOf(unit, 3600))).toEqual([
      3600, 3.6e6, 3.6e9, 3.6e12, 1, 1e3, 1e6, 3600, 3.6e6, 3.6e9, 3.6e12,
    ]);
  });
});

describe('slots', () => {
  it.each([
    ['W', 3600, 10, [10, 20, 40], 360],
    ['kW', 60, 60, [6e4, 12e4, 24e4], 1],
    ['J', 100, 10, [0.1, 0.2, 0.4], 10],
    ['kWh', 7200, 3600, [1.8e6, 3.6e6, 7.2e6], 2],
    ['W', 1, 3, [7], 1],
    ['kWh', 1, 3, [7 * 3.6e6], 1],
    ['W', 0.3, 0.1, [0.1, 0.2, 0.4], 3],
  ] as const)('1, 2, 4 %s of %d s in slots of %d s', (unit, secondsPerValue, slotSeconds, joules, slots) => {
    const { joulesPerValue, slotsPerValue } = traceSlots({ values: [1, 2, 4], unit, secondsPerValue }, slotSeconds);
    expect(slotsPerValue).toBe(slots);
    expect(joulesPerValue).toHaveLength(joules.length);
    for (const [i, x] of joules.entries()) expect(joulesPerValue[i]).toBeCloseTo(x, 9);
  });
  it('keep the whole energy', () => {
    const trace = {
      values: Float64Array.from({ length: 96 }, (_, i) => i % 7),
      unit: 'kW',
      secondsPerValue: 900,
    } as const;
    const whole = trace.values.reduce((a, b) => a + b, 0) * 9e5;
    for (const slotSeconds of [10, 300, 900, 1800, 3600, 86_400]) {
      const { joulesPerValue, slotsPerValue } = traceSlots(trace, slotSeconds);
      expect((joulesPerValue.reduce((a, b) => a + b, 0) * slotsPerValue) / whole).toBeCloseTo(1, 12);
    }
  });
  it.each([
    [7, /slotSeconds: got 7 with a trace of one value every 60 s, expected one to be a whole multiple/],
    [90, /expected one to be a whole multiple/],
    [
      120,
      /slotSeconds: got 120 with a trace of 3 values of 60 s, expected whole slots of 2 values: leave out the last 1 or add 1/,
    ],
  ])('of %d s are refused', (slotSeconds, message) => {
    const slots = () => traceSlots({ values: [1, 2, 3], unit: 'W', secondsPerValue: 60 }, slotSeconds);
    expect(slots).toThrow(InputError);
    expect(slots).toThrow(message);
  });
});

describe('blocks', () => {
  const year = { joulesPerValue: Array<number>(8760).fill(1), slotsPerValue: 60 };
  it('of a day from a year of hours, slots of a minute', () => {
    const day = planBlocks(year, 60, { blockSeconds: 86_400, alignSeconds: 86_400 });
    expect(day).toEqual({ blockSlots: 1440, blockValues: 24, alignValues: 24, starts: 365 });
    const week = planBlocks(year, 60, { blockSeconds: 7 * 86_400, alignSeconds: 86_400 });
    expect(week).toEqual({ blockSlots: 10_080, blockValues: 168, alignValues: 24, starts: 359 });
  });
  it.each([
    [5000, 3600, /harvest\.trace\.blockSeconds: got 5000 with values of 3600 s, expected a whole multiple of 3600/],
    [86_400, 1800, /harvest\.trace\.alignSeconds: got 1800 with values of 3600 s/],
    [10_800, 7200, /harvest\.trace\.blockSeconds: got 10800 with alignSeconds 7200, expected a whole multiple/],
    [
      365 * 86_400,
      86_400,
      /got 31536000 with a trace of 31536000 s, expected at most 31449600, .* or give "play": "loop"/,
    ],
  ])('of %d s on %d s are refused', (blockSeconds, alignSeconds, message) => {
    const plan = () => planBlocks(year, 60, { blockSeconds, alignSeconds });
    expect(plan).toThrow(InputError);
    expect(plan).toThrow(message);
  });
  it('a loop begins at an aligned value, and only where there are some to choose from', () => {
    expect(planStarts(year, 60, 7 * 86_400)).toEqual({ alignValues: 168, starts: 52 });
    expect(() => planStarts(year, 60, 365 * 86_400)).toThrow(
      /harvest\.trace\.alignSeconds: got 31536000 .* random start, expected at most 15768000/,
    );
  });
});
