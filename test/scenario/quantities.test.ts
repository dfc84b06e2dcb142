/** Quantities with units: exact values, what is refused, and whole scenarios written with them. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { presetDocument } from '../../src/scenario/presets.js';
import { dimensionOf, inBaseUnits, parseQuantity } from '../../src/scenario/quantities.js';
import type { Dimension } from '../../src/scenario/quantities.js';
import { resolveTrace } from '../../src/scenario/trace/resolve.js';
import { decimal, nearest } from '../../src/scenario/units.js';

/** Of a slot of ten seconds. */
const value = (text: string, dimension: Dimension): number => parseQuantity('key', text, dimension, 10);

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error('expected a refusal');
}

describe('a quantity', () => {
  it.each<[Dimension, string, number]>([
    ['energy', '500 kWh', 1.8e9],
    ['energy', '0.1 kWh', 360_000],
    ['energy', '0.7kWh', 2_520_000],
    ['energy', '1.1 Wh', 3960],
    ['energy', '5MJ', 5e6],
    ['energy', '1e3J', 1000],
    ['energy', '2.5e-3 GJ', 2.5e6],
    ['energy', '1 TWh', 3.6e15],
    ['energy', '100 pJ', 1e-10],
    ['energy', '3 µJ', 3e-6],
    ['energy', '12 kilowatt-hours', 43.2e6],
    ['energy', '7 joules', 7],
    ['power', '200 kW', 200_000],
    ['power', '36 kJ/h', 10],
    ['power', '24 kWh per day', 1000],
    ['power', '1 MWh/h', 1e6],
    ['power', '3 J/s', 3],
    ['time', '1500 ms', 1.5],
    ['time', '0.1 s', 0.1],
    ['time', '15 min', 900],
    ['time', '1.5 h', 5400],
    ['time', '2 weeks', 1_209_600],
    ['share', '0.1%', 0.001],
    ['share', '105 %', 1.05],
    ['share', '0.7%', 0.007],
    ['rate', '50/min', 25 / 3],
    ['rate', '50 per minute', 25 / 3],
    ['rate', '50 tasks a minute', 25 / 3],
    ['rate', '2/s', 20],
    ['rate', '1000/h', 25 / 9],
    ['rate', '3/slot', 3],
    ['slots', '7 d', 60_480],
    ['slots', '7d', 60_480],
    ['slots', '90 s', 9],
    ['slots', '4 slots', 4],
    ['slotEnergy', '200 kW', 2e6],
    ['slotEnergy', '24 kWh/d', 10_000],
    ['slotEnergy', '5 kJ/slot', 5000],
    ['slotEnergy', '5 kJ per slot', 5000],
    ['square', '4 kJ²', 4e6],
    ['square', '1 Wh^2', 12_960_000],
    ['speed', '20 TFLOPS', 2e13],
    ['speed', '5e12/s', 5e12],
  ])('%s %j is %d', (dimension, text, expected) => {
    expect(value(text, dimension)).toBe(expected);
  });

  it.each(['kWh', 'KWH', 'kwh', 'Kwh', 'KWh'])(
    'forgives the case of letters where that can mean one thing: %s',
    (unit) => {
      expect(value(`2 ${unit}`, 'energy')).toBe(7.2e6);
    },
  );

  it('is the nearest double of what is written, whatever the unit', () => {
    for (let i = 1; i < 2000; i++) {
      const written = `${i}e-4`;
      expect(value(`${written} kWh`, 'energy')).toBe(Number(`${i * 36}e1`));
      expect(value(`${i}e-2 %`, 'share')).toBe(Number(written));
    }
  });

  it.each<[Dimension, string, RegExp]>([
    [
      'power',
      '200 mW',
      /got "200 mW", expected a unit that can be meant in one way only: write MW for mega, or 0\.001 W/,
    ],
    ['power', '200 mw', /write MW for mega/],
    ['energy', '5 mwh', /write MWh for mega, or 0\.001 Wh for milli/],
    ['energy', '5 mJ', /write MJ for mega, or 0\.001 J for milli/],
    ['energy', '5 PJ', /expected a unit that is understood here: J, kJ, MJ, GJ, TJ, Wh, kWh/],
    ['energy', '200 kW', /expected a unit that is understood here: J, kJ/],
    ['power', '200 kWh', /expected a unit that is understood here: W, kW/],
    ['power', '200 kWhh', /expected a unit that is understood here/],
    ['time', '5 m', /m could be minutes or months: write min/],
    ['time', '5 months', /expected a unit that is understood here: ms, s, min, h, d, week/],
    ['energy', '500', /got "500", expected a number without quotes \(joules\) or a unit with it, such as "500 kWh"/],
    ['energy', '1,000 kWh', /expected a unit/],
    ['energy', '1.2.3 kWh', /expected a unit/],
    ['slots', '15 s', /expected a whole number of slots of 10 s: 1 is 10 s, 2 are 20 s/],
    ['slots', '5 s', /expected a whole number of slots of 10 s: 1 is 10 s/],
    ['slotEnergy', '200 kWh', /expected an energy of some time, such as "kWh\/slot", "kWh\/d" or a power/],
    ['rate', '50', /number without quotes \(tasks a slot\)/],
    ['rate', '50 cars/min', /expected a unit that is understood here/],
    ['energy', '1e999 kWh', /expected a number/],
  ])('%s %j is refused', (dimension, text, message) => {
    expect(messageOf(() => value(text, dimension))).toMatch(message);
    expect(messageOf(() => value(text, dimension))).toMatch(/^key: got "/);
  });

  it('of slots needs the length of one', () => {
    expect(messageOf(() => parseQuantity('--slots', '7d', 'slots'))).toMatch(
      /--slots: got "7d", expected slots: there is/,
    );
    expect(parseQuantity('--slots', '7 slots', 'slots')).toBe(7);
  });
});

describe('fractions', () => {
  it('round as JavaScript reads decimals', () => {
    for (const text of ['0.1', '1e22', '9007199254740993', '2.2250738585072011e-308', '5e-324', '-1.5e-7']) {
      expect(nearest(decimal(text) ?? { n: 0n, d: 1n })).toBe(Number(text));
    }
    expect(nearest({ n: 1n, d: 3n })).toBe(1 / 3);
    expect(nearest({ n: -2n, d: 7n })).toBe(-2 / 7);
  });

  it('are not made of what is absurdly long', () => {
    expect(decimal('1'.repeat(500))).toBeUndefined();
    expect(decimal('1e999999999')).toBeUndefined();
  });
});

const inWords = {
  schemaVersion: 1,
  slotSeconds: '1 min',
  arrivals: { ratePerSlot: '50/min', profile: { values: [1, 2], slotsPerValue: '12 h' } },
  tasks: [{ energyJoules: '1 Wh' }, { name: '5 kWh', energyJoules: '2.4 kJ', patienceSlots: '2 h' }],
  harvest: {
    mean: '200 kW',
    variance: '9 MJ²',
    weather: { slotsPerStep: '1 h', states: [{ name: '1', factor: 1 }], transitions: [[1]] },
  },
  battery: { capacityJoules: '500 kWh', initialJoules: '0.1 kWh', chargeEfficiency: '95%', chargeLimitWatts: '200 kW' },
  routing: { overheadJoules: '1 Wh', policy: { kind: 'threshold', levelJoules: '20 MJ', maximumWaitSlots: '30 min' } },
};
const inNumbers = {
  schemaVersion: 1,
  slotSeconds: 60,
  arrivals: { ratePerSlot: 50, profile: { values: [1, 2], slotsPerValue: 720 } },
  tasks: [{ energyJoules: 3600 }, { name: '5 kWh', energyJoules: 2400, patienceSlots: 120 }],
  harvest: {
    mean: 1.2e7,
    variance: 9e12,
    weather: { slotsPerStep: 60, states: [{ name: '1', factor: 1 }], transitions: [[1]] },
  },
  battery: { capacityJoules: 1.8e9, initialJoules: 360_000, chargeEfficiency: 0.95, chargeLimitWatts: 200_000 },
  routing: { overheadJoules: 3600, policy: { kind: 'threshold', levelJoules: 20e6, maximumWaitSlots: 30 } },
};

describe('a scenario with quantities', () => {
  it('is the one in base units, which is what it is written out as', () => {
    const scenario = parseScenario(inWords);
    expect(scenario).toEqual(parseScenario(inNumbers));
    expect(parseScenario(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
  });

  it('of a fleet is so too', () => {
    const plain = presetDocument('reference') as Record<string, unknown>;
    const { fleet, tasks, ...rest } = structuredClone(plain) as {
      fleet: { hardware: Record<string, unknown> };
      tasks: Record<string, unknown>[];
    };
    Object.assign(fleet.hardware, {
      ...{ joulesPerParameterAccess: '100 pJ', joulesPerFlop: '1 pJ' },
      ...{ parametersPerSecond: '5e12/s', flopsPerSecond: '20 TFLOPS' },
    });
    for (const task of tasks) task['tolerance'] = `${Number(task['tolerance']) * 100} %`;
    tasks[0]['deadlineSeconds'] = `${Number(tasks[0]['deadlineSeconds']) / 60} min`;
    expect(parseScenario({ ...rest, fleet, tasks, slotSeconds: '10 s' })).toEqual(parseScenario(plain));
  });

  it('without any is left as it is', () => {
    expect(inBaseUnits(inNumbers)).toBe(inNumbers);
  });

  it('is refused where a unit is wrong, with the path', () => {
    const wrong = { ...inWords, battery: { capacityJoules: '500 kW' } };
    expect(messageOf(() => parseScenario(wrong))).toMatch(/^battery\.capacityJoules: got "500 kW", expected a unit/);
    expect(messageOf(() => parseScenario({ ...inWords, slotSeconds: '1 m' }))).toMatch(/^slotSeconds: got "1 m"/);
  });

  it('may name a trace’s times', () => {
    const named = { harvest: { trace: { csv: 'sun.csv', unit: 'kW', secondsPerValue: '15 min' } } };
    const read = resolveTrace(named, () => '1\n2\n') as { harvest: { trace: { secondsPerValue: number } } };
    expect(read.harvest.trace.secondsPerValue).toBe(900);
  });
});

describe('every number of the schema that has a unit', () => {
  it('has a dimension by its key', () => {
    const keys: [string, Dimension | undefined][] = [
      ['slotSeconds', 'time'],
      ['arrivals.ratePerSlot', 'rate'],
      ['arrivals.profile[0].slotsPerValue', 'slots'],
      ['harvest.mean', 'slotEnergy'],
      ['harvest.mean.timesDemand', 'share'],
      ['harvest.variance', 'square'],
      ['harvest.scaleJoules', 'energy'],
      ['harvest.shape', undefined],
      ['harvest.trace.blockSeconds', 'time'],
      ['fleet.hardware.flopsPerSecond', 'speed'],
      ['fleet.models[1].hardware.joulesPerFlop', 'energy'],
      ['tasks[3].deadlineSeconds', 'time'],
      ['tasks[3].weight', undefined],
      ['battery.leakPerSlot', 'share'],
      ['routing.policy.joulesPerTask', 'energy'],
      ['routing.overheadSeconds', 'time'],
    ];
    expect(keys.map(([path]) => [path, dimensionOf(path)])).toEqual(keys);
  });
});
