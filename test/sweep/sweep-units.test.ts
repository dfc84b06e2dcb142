/** A sweep written with units is the same sweep as one in base units. */
import { describe, expect, it } from 'vitest';
import { planSweep } from '../../src/sweep/points.js';
import { axisValues, parseSweepFile } from '../../src/sweep/sweep-file.js';

const base = {
  schemaVersion: 1,
  slotSeconds: '1 min',
  arrivals: { ratePerSlot: '50/min' },
  tasks: [{ energyJoules: '100 kJ' }],
  harvest: { mean: '90 kW' },
};
const written = {
  schemaVersion: 1,
  base,
  trials: 20_000,
  horizons: ['1 h', 120, '1 d'],
  risks: ['0.1%', 0.01],
  axes: {
    'battery.initialJoules': { from: '1 kWh', to: '0.1 MWh', count: 3 },
    'harvest.mean': ['90 kW', { timesDemand: '105%' }, 6e6],
    'arrivals.ratePerSlot': ['50/min', '3600/h', 70],
  },
  zip: [['harvest.mean', 'arrivals.ratePerSlot']],
};

describe('a sweep with quantities', () => {
  const file = parseSweepFile(written);

  it('has its axes, horizons and risks in base units, and is itself a sweep file', () => {
    expect(file.horizons).toEqual([60, 120, 1440]);
    expect(file.risks).toEqual([0.001, 0.01]);
    expect(axisValues(file.axes['battery.initialJoules'])).toEqual([3.6e6, 181.8e6, 3.6e8]);
    expect(file.axes['harvest.mean']).toEqual([5.4e6, { timesDemand: 1.05 }, 6e6]);
    expect(file.axes['arrivals.ratePerSlot']).toEqual([50, 60, 70]);
    expect(parseSweepFile(file)).toEqual(file);
  });

  it('is the same sweep as one in numbers', () => {
    const numbers = {
      ...file,
      base: {
        ...base,
        ...{ slotSeconds: 60, arrivals: { ratePerSlot: 50 }, tasks: [{ energyJoules: 1e5 }], harvest: { mean: 5.4e6 } },
      },
    };
    expect(planSweep(file).sha256).toBe(planSweep(parseSweepFile(numbers)).sha256);
  });

  it.each<[object, string]>([
    [{ axes: { 'battery.initialJoules': ['5 kW'] } }, 'axes: battery.initialJoules: got "5 kW", expected a unit'],
    [{ axes: { 'battery.initialJoules': { from: 0, to: '5 m', count: 2 } } }, 'got "5 m", expected a unit'],
    [
      { axes: { slotSeconds: [1, 2], 'harvest.mean': ['5 kW'] }, horizons: [60] },
      'axes: harvest.mean: got "5 kW", expected joules a slot: there is no one length of a slot here',
    ],
    [
      { horizons: ['90 s'] },
      'horizons[0]: got "90 s", expected a whole number of slots of 60 s: 1 is 60 s, 2 are 120 s',
    ],
    [{ risks: ['5 kWh'] }, 'risks[0]: got "5 kWh", expected a unit that is understood here: %'],
  ])('%j is refused', (change, message) => {
    expect(() => parseSweepFile({ ...written, zip: [], ...change })).toThrow(message);
  });
});
