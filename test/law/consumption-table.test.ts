/** What a slot consumes as one table: its moments, its atoms where they are, and which sites have such tables. */
import { describe, expect, test } from 'vitest';
import { columnWeights } from '../../src/law/alias.js';
import { panjer } from '../../src/law/compound.js';
import { consumptionTable } from '../../src/law/consumption-table.js';
import type { ConsumptionKind } from '../../src/law/consumption-table.js';
import { sampleSite } from '../../src/law/site-law.js';
import { needsTasks } from '../../src/law/slot-consumption.js';
import { RESIDUAL_THRESHOLD_BITS } from '../../src/law/tables.js';
import { resolveScenario } from '../../src/fleet/resolve.js';
import { loadPreset } from '../../src/scenario/presets.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { fleetWith, siteWith } from '../engine/site-settings.js';

const WORD = 2 ** 32;

/** Probabilities by energy. */
function lawOf(rate: number, kinds: readonly ConsumptionKind[], reach: number): Map<number, number> {
  const { columns, energies } = consumptionTable(rate, kinds, reach);
  const law = new Map<number, number>();
  columnWeights(columns, RESIDUAL_THRESHOLD_BITS).forEach((weight, i) => {
    if (weight > 0) law.set(energies[i], (law.get(energies[i]) ?? 0) + weight / WORD);
  });
  return law;
}

const IRRATIONAL: readonly ConsumptionKind[] = [1e6, 2.7e6 * Math.SQRT2, 3.3e6 * Math.E].map((energy, i) => {
  return { energy, probability: [0.55, 0.3, 0.15][i] };
});

describe('energies without a measure in common', () => {
  test.each([0.01, 0.5, 6, 40, 300])('%f tasks a slot: mean and variance', (rate) => {
    const mean = rate * IRRATIONAL.reduce((sum, { energy, probability }) => sum + probability * energy, 0);
    const variance = rate * IRRATIONAL.reduce((sum, { energy, probability }) => sum + probability * energy ** 2, 0);
    const law = [...lawOf(rate, IRRATIONAL, mean + 14 * Math.sqrt(variance) + 2e8)];
    const moment = (power: number): number => law.reduce((sum, [x, p]) => sum + p * (x - mean) ** power, 0);
    // Within 10⁻³ of a unit, which is a 256th of a quantum at most.
    expect(Math.abs(moment(1))).toBeLessThan(1e-3);
    expect(Math.abs(moment(2) / variance - 1)).toBeLessThan(5e-7);
  });

  test('no task, one task and two tasks are where they are, as likely as they are', () => {
    const rate = 6;
    const law = lawOf(rate, IRRATIONAL, 3e8);
    const poisson = (k: number, n: number): number => {
      const own = rate * IRRATIONAL[k].probability;
      return (Math.exp(-own) * own ** n) / [1, 1, 2][n];
    };
    for (const counts of [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [2, 1, 0],
      [1, 1, 1],
    ]) {
      const energy = Math.round(counts.reduce((sum, n, k) => sum + n * IRRATIONAL[k].energy, 0));
      const probability = counts.reduce((product, n, k) => product * poisson(k, n), 1);
      expect(Math.abs((law.get(energy) ?? 0) - probability), counts.join()).toBeLessThan(2 / WORD);
    }
  });
});

test('whole energies: every sum as likely as by Panjer’s recursion', () => {
  const kinds = [
    { energy: 1024, probability: 0.5 },
    { energy: 2560, probability: 0.3 },
    { energy: 4608, probability: 0.2 },
  ];
  const exact = panjer(3, [2, 5, 9], [0.5, 0.3, 0.2], 200);
  const law = lawOf(3, kinds, 512 * 199);
  exact.forEach((probability, n) => {
    expect(Math.abs((law.get(512 * n) ?? 0) - probability), String(n)).toBeLessThan(1 / WORD);
  });
  expect([...law.keys()].every((energy) => energy % 512 === 0)).toBe(true);
});

test('many whole energies a slot, no slot without any: mean, and spread', () => {
  const kinds = [
    { energy: 1, probability: 0.8 },
    { energy: 6, probability: 0.2 },
  ];
  const law = [...lawOf(250, kinds, 1500)];
  const mean = law.reduce((sum, [x, p]) => sum + p * x, 0);
  expect(mean).toBeCloseTo(250 * 2, 5);
  expect(law.reduce((sum, [x, p]) => sum + p * (x - mean) ** 2, 0) / (250 * 8)).toBeCloseTo(1, 6);
});

test('more whole sums than columns: every column is one of them, and the mean is theirs', () => {
  const kinds = [
    { energy: 7, probability: 0.5 },
    { energy: 10_007, probability: 0.5 },
  ];
  const law = lawOf(2, kinds, 400_000);
  // Sums a · 7 + b · 10,007 with a few a are near a multiple of 10,007.
  expect([...law.keys()].every((energy) => (energy % 10_007) % 7 === 0 && energy % 10_007 < 7 * 60)).toBe(true);
  const mean = [...law].reduce((sum, [x, p]) => sum + x * p, 0);
  expect(mean).toBeCloseTo(10_014, 2);
});

test('a slot without arrivals consumes nothing', () => {
  expect([...lawOf(0, IRRATIONAL, 0)]).toEqual([[0, 1]]);
});

describe('which sites are walked without their tasks', () => {
  const formOf = (scenario: Scenario): string =>
    sampleSite(resolveScenario(scenario).site, { slots: 50, form: 'fastest' }).form;
  const rates = (count: number): unknown => {
    return { ratePerSlot: 2, profile: { values: Array.from({ length: count }, (_, i) => 1 + i), slotsPerValue: 1 } };
  };

  test('those whose tasks are served as they arrive', () => {
    expect(formOf(loadPreset('solar-site'))).toBe('lumped');
    expect(formOf(siteWith({ arrivals: rates(24), battery: { capacityJoules: 1e5 } }))).toBe('lumped');
  });

  test.each([
    ['whose tasks may wait', fleetWith({ routing: { policy: { kind: 'latest' } } })],
    ['over their service', fleetWith({ accounting: 'distributed', battery: { capacityJoules: 1e6 } })],
    ['65 different rates', siteWith({ arrivals: rates(65), battery: { capacityJoules: 1e5 } })],
    ['of 600 tasks', siteWith({ arrivals: { ratePerSlot: 600 }, battery: { capacityJoules: 1e5 } })],
  ])('not those %s', (words, scenario) => {
    const { site } = resolveScenario(scenario);
    expect(needsTasks(site)).toContain(words);
    expect(formOf(scenario)).toBe('tasks');
    expect(() => sampleSite(site, { slots: 50, form: 'lumped' })).toThrow(
      /kernel: got "lumped" for a site .*expected "tasks"/,
    );
  });

  test('nor those of which a table would be less true than sampled laws promise', () => {
    const kinds = [{ energyJoules: 1000 * Math.SQRT2, weight: 3 }, { energyJoules: 5000 }];
    const busy = siteWith({ arrivals: { ratePerSlot: 300 }, tasks: kinds, battery: { capacityJoules: 1e6 } });
    expect(formOf(busy)).toBe('tasks');
    const { form, samplingError } = sampleSite(resolveScenario(busy).site, { slots: 50, form: 'lumped' });
    expect(form).toBe('lumped');
    expect(samplingError.kolmogorov).toBeGreaterThan(1e-4);
  });
});
