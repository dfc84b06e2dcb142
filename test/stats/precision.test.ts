import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { AccuracyError, InputError } from '../../src/errors.js';
import { emptyPartials } from '../../src/engine/partials.js';
import type { HorizonPartials } from '../../src/engine/partials.js';
import { parsePrecisionTarget, SequentialPrecision } from '../../src/stats/precision.js';
import type { Look, PrecisionTarget } from '../../src/stats/precision.js';
import { sampleMoments } from '../../src/stats/summary.js';
import { addDeficits, BINS, exponentialDraw, exponentialLaw, QUANTUM, SLOTS } from './laws.js';

const ATOM = 0.3;
const SCALE = 1000;
const law = exponentialLaw(ATOM, SCALE);

/** A run that can be extended, seeded. */
function runner(
  seed: string,
  draw = exponentialDraw(ATOM, SCALE),
): { h: HorizonPartials; extend: (trials: number) => void } {
  const random = seedrandom.alea(seed);
  const h = emptyPartials([{ slots: SLOTS, bins: BINS }]).horizons[0];
  function* more(trials: number): Generator<number> {
    for (let i = h.count; i < trials; i++) yield draw(random.double());
  }
  return {
    h,
    extend: (trials) => {
      addDeficits(h, [...more(trials)]);
    },
  };
}

function runUntil(seed: string, target: PrecisionTarget, firstTrials: number): Look & { looks: number } {
  const { h, extend } = runner(seed);
  const rule = new SequentialPrecision(target, { firstTrials });
  let looks = 0;
  for (;;) {
    if (rule.nextTrials === undefined) throw new Error('gave up');
    extend(rule.nextTrials);
    const look = rule.look(h, QUANTUM);
    looks++;
    if (look.met) return { ...look, looks };
  }
}

describe('a precision target', () => {
  it.each<[string, PrecisionTarget]>([
    ['0.1%', { of: 'mean', relativeHalfWidth: 0.001 }],
    ['0.001', { of: 'mean', relativeHalfWidth: 0.001 }],
    [' 1e-3 ', { of: 'mean', relativeHalfWidth: 0.001 }],
    ['mean:2%', { of: 'mean', relativeHalfWidth: 0.02 }],
    ['q0.99:0.5%', { of: 0.99, relativeHalfWidth: 0.005 }],
    ['q.5:.5%', { of: 0.5, relativeHalfWidth: 0.005 }],
  ])('%s', (text, target) => {
    expect(parsePrecisionTarget(text)).toEqual(target);
  });

  it.each([
    '',
    '0',
    '0%',
    '100%',
    '1',
    '-1%',
    '5 percent',
    'q1:1%',
    'q0:1%',
    'q0.0:1%',
    'median:1%',
    'NaN',
    'q0.99',
    '1%%',
  ])('refuses "%s" in one clear line', (text) => {
    expect(() => parsePrecisionTarget(text)).toThrow(InputError);
    expect(() => parsePrecisionTarget(text)).toThrow(/expected a relative half-width.*0\.1%.*q0\.99:0\.5%/);
  });
});

/**
 * Coverage at the moment of stopping, over 600 seeds: Binomial(600, ≥ 0.95), and P(X < 545) = 7.8e-6 at 0.95
 * (scipy.stats.binom.cdf). Three counts share it.
 */
describe('what is reported when the target is met covers the truth (600 seeds)', () => {
  const REPEATS = 600;
  const LEAST = 545;
  const covers = (look: Look, truth: number): boolean => look.interval.lower <= truth && truth <= look.interval.upper;

  it('the mean to 4 %, first look at 500', () => {
    let covered = 0;
    let looks = 0;
    let trials = 0;
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const look = runUntil(`until mean ${repeat}`, { of: 'mean', relativeHalfWidth: 0.04 }, 500);
      expect(look.relativeHalfWidth).toBeLessThanOrEqual(0.04);
      if (covers(look, law.mean)) covered++;
      looks += look.looks;
      trials += look.trials;
    }
    expect(covered, `${covered} of ${REPEATS}`).toBeGreaterThanOrEqual(LEAST);
    expect(covered).toBeLessThan(REPEATS);
    // Trials needed by a plan that knew SD/mean: (1.96/0.04)²·(SD/mean)². The rule may take half as many more, not
    // twice as many.
    const known = (1.959963984540054 / 0.04) ** 2 * (law.standardDeviation / law.mean) ** 2;
    expect(trials / REPEATS / known).toBeLessThan(1.5);
    expect(trials / REPEATS / known).toBeGreaterThan(1);
    expect(looks / REPEATS).toBeLessThan(6);
  });

  it('the 0.9-quantile to 5 %, first look at 500', () => {
    let covered = 0;
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const look = runUntil(`until quantile ${repeat}`, { of: 0.9, relativeHalfWidth: 0.05 }, 500);
      expect(look.relativeHalfWidth).toBeLessThanOrEqual(0.05);
      if (covers(look, law.quantile(0.9))) covered++;
    }
    expect(covered, `${covered} of ${REPEATS}`).toBeGreaterThanOrEqual(LEAST);
  });

  it('while the plain rule, which looks every 5 trials from 10 on at 1.96, is found to undercover (to 30 %, 4000 seeds)', () => {
    let covered = 0;
    for (let repeat = 0; repeat < 4000; repeat++) {
      const { h, extend } = runner(`until naive ${repeat}`);
      for (;;) {
        extend(h.count + (h.count === 0 ? 10 : 5));
        const { mean, variance } = sampleMoments(h, QUANTUM);
        const halfWidth = 1.96 * Math.sqrt(variance / h.count);
        if (!(halfWidth <= 0.3 * mean)) continue;
        if (Math.abs(mean - law.mean) <= halfWidth) covered++;
        break;
      }
    }
    // Binomial(4000, 0.95): P(X < 3739) < 1e-5 (scipy.stats.binom.ppf).
    expect(covered, `plain rule: ${covered} of 4000`).toBeLessThan(3739);
  });
});

describe('the sequential rule', () => {
  it('plans with a pilot that cannot stop, then stops at its first look with 4 % of the 5 %', () => {
    const { h, extend } = runner('plan');
    const rule = new SequentialPrecision({ of: 'mean', relativeHalfWidth: 0.01 }, { firstTrials: 5000 });
    extend(5000);
    const pilot = rule.look(h, QUANTUM);
    expect(pilot).toMatchObject({ met: false, pilot: true, trials: 5000 });
    extend(pilot.nextTrials ?? 0);
    const look = rule.look(h, QUANTUM);
    expect(look).toMatchObject({ met: true, pilot: false, nextTrials: undefined });
    // z(4 %) = 2.0537489 (scipy.stats.norm.isf(0.02)).
    const { variance } = sampleMoments(h, QUANTUM);
    expect(look.halfWidth / Math.sqrt(variance / h.count)).toBeCloseTo(2.0537489106318225, 9);
  });

  it('goes on piloting eightfold while it knows nothing, and ends where it must', () => {
    const { h, extend } = runner('nothing', () => 0);
    const rule = new SequentialPrecision(
      { of: 'mean', relativeHalfWidth: 0.01 },
      { firstTrials: 10, mostTrials: 1000 },
    );
    const seen: number[] = [];
    while (rule.nextTrials !== undefined) {
      seen.push(rule.nextTrials);
      extend(rule.nextTrials);
      expect(rule.look(h, QUANTUM)).toMatchObject({ met: false, pilot: true, relativeHalfWidth: Infinity });
    }
    expect(seen).toEqual([10, 80, 640, 1000]);
  });

  it('says what it would need when the most trials do not do', () => {
    const { h, extend } = runner('most');
    const rule = new SequentialPrecision(
      { of: 'mean', relativeHalfWidth: 0.001 },
      { firstTrials: 5000, mostTrials: 20_000 },
    );
    extend(5000);
    expect(rule.look(h, QUANTUM).nextTrials).toBe(20_000);
    extend(20_000);
    const last = rule.look(h, QUANTUM);
    expect(last).toMatchObject({ met: false, nextTrials: undefined });
    // About (2.58/0.001)²·(SD/mean)²: the second look has 0.8 %, z = 2.652.
    expect(last.trialsNeeded / ((2.652 / 0.001) * (law.standardDeviation / law.mean)) ** 2).toBeGreaterThan(0.9);
    expect(last.trialsNeeded / ((2.652 / 0.001) * (law.standardDeviation / law.mean)) ** 2).toBeLessThan(1.2);
  });

  it('refuses a quantile in the atom and one that the bins cannot resolve', () => {
    const { h, extend } = runner('refuse');
    extend(20_000);
    expect(() => new SequentialPrecision({ of: 0.1, relativeHalfWidth: 0.01 }).look(h, QUANTUM)).toThrow(InputError);
    // Bins of 8 J about the median of 336 J: half a bin is 1.2 % of it.
    expect(() => new SequentialPrecision({ of: 0.5, relativeHalfWidth: 0.01 }).look(h, QUANTUM)).toThrow(AccuracyError);
    expect(() => new SequentialPrecision({ of: 0.5, relativeHalfWidth: 0.01 }).look(h, QUANTUM)).toThrow(
      /ask for more than 1\.\d %/,
    );
  });
});
