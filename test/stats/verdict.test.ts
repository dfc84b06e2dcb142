import { describe, expect, it } from 'vitest';
import { AccuracyError, InputError } from '../../src/errors.js';
import { mergePartials } from '../../src/engine/partials.js';
import { holm } from '../../src/stats/family.js';
import { judge } from '../../src/stats/verdict.js';
import type { ExactReference, Judgement, Verdict } from '../../src/stats/verdict.js';
import type { DeficitLaw } from '../../src/theory/deficit-law.js';
import { countDeficits, exponentialDraw, exponentialLaw, QUANTUM, samplePartials, SLOTS } from './laws.js';

const ATOM = 0.1;
const SCALE = 1000;
const law = exponentialLaw(ATOM, SCALE);

function moments({ mean, standardDeviation, probabilityZero }: DeficitLaw): ExactReference {
  return { slots: SLOTS, mean, standardDeviation, probabilityZero };
}

function verdict(judgement: Judgement, name: Verdict['name']): Verdict {
  const found = judgement.horizons[0].verdicts.find((v) => v.name === name);
  if (found === undefined) throw new Error(`no verdict ${name}`);
  return found;
}

const say = (judgement: Judgement): string => JSON.stringify(judgement.horizons);

describe('Holm', () => {
  it('steps down (Holm 1979: 0.05 over 0.01, 0.02, 0.03, 0.005 rejects all; over 0.01, 0.04, 0.03, 0.005 two)', () => {
    expect(holm([0.01, 0.02, 0.03, 0.005], 0.05).map((d) => d.pass)).toEqual([false, false, false, false]);
    const stopped = holm([0.01, 0.04, 0.03, 0.005], 0.05);
    expect(stopped.map((d) => d.pass)).toEqual([false, true, true, false]);
    expect(stopped.map((d) => d.alpha)).toEqual([0.05 / 3, 0.025, 0.025, 0.0125]);
  });

  it('prints for each the level that decided it: a test passes exactly when its p-value is above its level', () => {
    for (let i = 0; i < 500; i++) {
      const p = Array.from({ length: 7 }, (_, j) => ((i * 7919 + j * 104729) % 1009) / 8000);
      const decisions = holm(p, 0.05);
      decisions.forEach((d, j) => {
        expect(d.pass).toBe(p[j] > d.alpha);
      });
      expect(decisions.every((d) => d.pass)).toBe(Math.min(...p) > 0.05 / 7);
    }
  });
});

describe('verdicts', () => {
  it('have the contract’s shape and share one α over all horizons', () => {
    const partials = samplePartials('shape', 10_000, exponentialDraw(ATOM, SCALE));
    const two = { horizons: [partials.horizons[0], { ...partials.horizons[0], slots: 256 }] };
    const judgement = judge(two, QUANTUM, [moments(law), { ...moments(law), slots: 256 }]);
    expect(judgement).toMatchObject({ pass: true, tests: 6, familyAlpha: 0.001 });
    expect(judgement.horizons.map((h) => h.slots)).toEqual([128, 256]);
    for (const v of judgement.horizons.flatMap((h) => h.verdicts)) {
      expect(Object.keys(v).sort()).toEqual(['alpha', 'name', 'pValue', 'pass', 'statistic']);
      expect(v.alpha).toBeCloseTo(0.001 / 6, 12);
      expect(v.pass).toBe(v.pValue > v.alpha);
    }
  });

  it('count standard deviations (four paths, by hand)', () => {
    // 0, 1, 2, 5 J against mean 1, SD 2: z = (2 − 1)/(2/√4) = 1.
    const partials = countDeficits([0, 1, 2, 5], { offset: 0, shift: 0 });
    const judgement = judge(partials, 1, [{ slots: SLOTS, mean: 1, standardDeviation: 2, probabilityZero: 0.5 }]);
    expect(verdict(judgement, 'mean').statistic).toBeCloseTo(1, 12);
    // One zero where Binomial(4, ½) expects two: z = −1, p = 2·P(X ≤ 1) = 2·5/16.
    expect(verdict(judgement, 'probabilityZero').statistic).toBeCloseTo(-1, 12);
    expect(verdict(judgement, 'probabilityZero').pValue).toBeCloseTo(10 / 16, 12);
  });

  it('allow for the error of theory itself, and no more', () => {
    const partials = samplePartials('error', 1_000_000, exponentialDraw(ATOM, SCALE));
    const off = {
      ...moments(law),
      mean: law.mean * 1.01,
      standardDeviation: law.standardDeviation * 1.01,
      probabilityZero: 0.11,
    };
    const strict = judge(partials, QUANTUM, [off]);
    expect(
      strict.horizons[0].verdicts.map((v) => v.pass),
      say(strict),
    ).toEqual([false, false, false]);
    const error = { mean: law.mean * 0.012, standardDeviation: law.standardDeviation * 0.012, probabilityZero: 0.012 };
    const lenient = judge(partials, QUANTUM, [{ ...off, error }]);
    expect(lenient.pass, say(lenient)).toBe(true);
    const half = judge(partials, QUANTUM, [{ ...off, error: { mean: law.mean * 0.002 } }]);
    expect(verdict(half, 'mean').pass, say(half)).toBe(false);
    expect(Math.abs(verdict(half, 'mean').statistic)).toBeLessThan(Math.abs(verdict(strict, 'mean').statistic));
  });

  it('refuse exact values of other horizons, and values that are no numbers', () => {
    const partials = samplePartials('refuse', 100, exponentialDraw(ATOM, SCALE));
    expect(() => judge(partials, QUANTUM, [])).toThrow(InputError);
    expect(() => judge(partials, QUANTUM, [{ ...moments(law), slots: 64 }])).toThrow(/horizons 128.*for 64/);
    expect(() => judge(partials, QUANTUM, [{ ...moments(law), mean: NaN }])).toThrow(AccuracyError);
  });

  it('judge certain laws: no deficit at all', () => {
    const nothing = { slots: SLOTS, mean: 0, standardDeviation: 0, probabilityZero: 1 };
    expect(judge(countDeficits(new Array<number>(50).fill(0)), QUANTUM, [nothing]).pass).toBe(true);
    const one = judge(countDeficits([...new Array<number>(50).fill(0), 3]), QUANTUM, [nothing]);
    expect(one.horizons[0].verdicts.map((v) => v.pass)).toEqual([false, false, false]);
  });
});

describe('wrong laws are found (n = 10⁶, family α = 0.001, 3 tests; deliberately wrong engines)', () => {
  const partials = [0, 1, 2, 3].map((part) => samplePartials(`power ${part}`, 250_000, exponentialDraw(ATOM, SCALE)));
  const million = partials.reduce((a, b) => mergePartials(a, b));

  it('while the right one passes', () => {
    const judgement = judge(million, QUANTUM, [moments(law)]);
    expect(judgement.pass, say(judgement)).toBe(true);
  });

  it.each([
    // Expected z at n = 10⁶, κ the kurtosis of D (9.12) and mean/SD 0.9045: mean 0.008·0.905·10³ = 7.2; SD
    // 0.012·2·10³/√(κ − 1) = 8.4; P(D = 0) 0.0025·10³/√(0.1·0.9) = 8.3. Needed: 3.6.
    ['mean', { mean: law.mean * 1.008 }],
    ['standardDeviation', { standardDeviation: law.standardDeviation * 1.012 }],
    ['probabilityZero', { probabilityZero: law.probabilityZero + 0.0025 }],
  ] as const)('%s', (name, wrong) => {
    const judgement = judge(million, QUANTUM, [{ ...moments(law), ...wrong }]);
    expect(judgement.pass, say(judgement)).toBe(false);
    expect(judgement.horizons[0].verdicts.filter((v) => !v.pass).map((v) => v.name)).toEqual([name]);
  });
});
