import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { binDeficits } from '../../src/stats/binned.js';
import { reserveFromLaw } from '../../src/stats/reserve-law.js';
import { excessOver, reserveCurve, reserveFromPartials, trialsForRisk } from '../../src/stats/reserve.js';
import { countDeficits, exponentialDraw, exponentialLaw, halfNormalLaw, QUANTUM, samplePartials } from './laws.js';

const ATOM = 0.3;
const SCALE = 1000;
const law = exponentialLaw(ATOM, SCALE);
const RISKS = [0.3, 0.1, 0.03, 0.01, 1e-3];
const relative = (seen: number, expected: number): number => Math.abs(seen / expected - 1);

describe('reserves of a law', () => {
  it('are the quantile, the excess and the tail mean (exponential: b = θ ln((1 − p₀)/risk), E(D − b)⁺ = risk·θ, CVaR = b + θ)', () => {
    for (const reserve of reserveFromLaw(law, [...RISKS, 1e-9, 1e-15])) {
      const charge = SCALE * Math.log((1 - ATOM) / reserve.risk);
      expect(Math.abs(reserve.charge - charge)).toBeLessThan(QUANTUM); // the law is on a lattice
      expect(law.survival(reserve.charge)).toBeLessThanOrEqual(reserve.risk);
      expect(relative(reserve.meanExcess, reserve.risk * SCALE)).toBeLessThan(1e-3);
      expect(relative(reserve.conditionalValueAtRisk, charge + SCALE)).toBeLessThan(1e-3);
    }
  });

  it('need no charge where the atom covers the risk; the tail mean is then E(D)/risk', () => {
    const [reserve] = reserveFromLaw(law, [0.8]);
    expect(reserve.charge).toBe(0);
    expect(reserve.conditionalValueAtRisk).toBeCloseTo(law.mean / 0.8, 9);
  });

  it('keep a continuous law’s digits at a risk of 1e-12 (half-normal: z = 7.130506848171324, mpmath)', () => {
    const withExcess = { ...halfNormalLaw(1000), meanExcess: () => 0 };
    expect(relative(reserveFromLaw(withExcess, [1e-12])[0].charge, 7130.506848171324)).toBeLessThan(1e-11);
  });
});

describe('reserves of a run', () => {
  it('are read as documented (ten paths, by hand)', () => {
    // 0 and 1 … 9 quanta of 1 J, bins of one quantum. Risk 0.25: rank 7.5, half way through the bin of 7: 7.0 J.
    const partials = countDeficits([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { offset: 0, shift: 0 });
    const excess = excessOver(binDeficits(partials.horizons[0], 1), 7);
    // Half of the path at 7, uniform on [7, 7.5); 8 and 9 wholly: 0.5·0.25 + 1 + 2 = 3.125 over ten paths.
    expect(excess.mean).toBeCloseTo(0.3125, 12);
    // At most half a bin for each of three paths.
    expect(excess.binError).toBeCloseTo(0.15, 12);
    const curve = reserveCurve(partials.horizons[0], 1, 1000);
    expect(curve.points[0]).toMatchObject({ charge: 0, risk: 0.9 });
    expect(curve.points[0].meanExcess).toBeCloseTo(4.5, 12);
    expect(curve.points.find((p) => p.charge === 6.5)).toMatchObject({ risk: 0.3 });
    expect(curve.points.at(-1)).toMatchObject({ risk: 0, meanExcess: 0 });
  });

  it('agree with the law’s within their intervals at five risks (n = 10⁶, 4 standard errors, 15 comparisons)', () => {
    const run = samplePartials('reserve', 1_000_000, exponentialDraw(ATOM, SCALE));
    const seen = reserveFromPartials(run.horizons[0], QUANTUM, RISKS, 0.9999);
    reserveFromLaw(law, RISKS).forEach((exact, i) => {
      const own = seen[i];
      const says = JSON.stringify({ exact, own });
      expect(own.interval.lower, says).toBeLessThanOrEqual(exact.charge);
      expect(own.interval.upper, says).toBeGreaterThanOrEqual(exact.charge);
      expect(own.safeCharge, says).toBeGreaterThanOrEqual(exact.charge);
      // The excess over the run's own charge is compared with the law's over the same.
      const excess = law.meanExcess(own.charge);
      expect(Math.abs(own.meanExcess - excess), says).toBeLessThan(4 * own.meanExcessError + 0.01 * own.binError);
      expect(Math.abs(own.conditionalValueAtRisk - exact.conditionalValueAtRisk), says).toBeLessThan(
        4 * own.conditionalValueAtRiskError,
      );
    });
  });

  it('and a law 2 % too long falls out of them (the deliberately wrong one)', () => {
    const run = samplePartials('reserve', 1_000_000, exponentialDraw(ATOM, SCALE));
    const seen = reserveFromPartials(run.horizons[0], QUANTUM, RISKS, 0.9999);
    const missed = reserveFromLaw(exponentialLaw(ATOM, SCALE * 1.02), RISKS).filter(
      (wrong, i) => wrong.charge > seen[i].interval.upper,
    );
    // 2 % of the charge against 4 SE: at 0.3 17 J of 4·1.5 J and half a bin, and so on down to 1e-3 131 J of 4·32 J.
    expect(missed.length).toBeGreaterThanOrEqual(4);
  });

  it('cover: two-sided and one-sided, 300 seeds, n = 5000, 95 %', () => {
    const hits = { interval: 0, safe: 0, excess: 0, halved: 0 };
    const truth = SCALE * Math.log((1 - ATOM) / 0.02);
    for (let repeat = 0; repeat < 300; repeat++) {
      const run = samplePartials(`reserve ${repeat}`, 5000, exponentialDraw(ATOM, SCALE));
      const [own] = reserveFromPartials(run.horizons[0], QUANTUM, [0.02]);
      if (own.interval.lower <= truth && truth <= own.interval.upper) hits.interval++;
      if (truth <= own.safeCharge) hits.safe++;
      if (truth <= own.charge) hits.halved++;
      const excess = excessOver(binDeficits(run.horizons[0], QUANTUM), truth);
      if (Math.abs(excess.mean - 0.02 * SCALE) <= 1.96 * excess.standardError) hits.excess++;
    }
    const says = JSON.stringify(hits);
    // Binomial(300, 0.95): P(X < 267) < 1e-5 (scipy.stats.binom.ppf); three counts share it.
    expect(hits.interval, says).toBeGreaterThanOrEqual(267);
    expect(hits.safe, says).toBeGreaterThanOrEqual(267);
    expect(hits.excess, says).toBeGreaterThanOrEqual(267);
    expect(hits.interval, says).toBeLessThan(300);
    expect(hits.safe, says).toBeLessThan(300);
    // The point estimate taken for a safe charge is found out.
    expect(hits.halved, says).toBeLessThan(267);
  });

  it('refuse what the trials cannot resolve, saying how many would', () => {
    const run = samplePartials('few', 5000, exponentialDraw(ATOM, SCALE)).horizons[0];
    expect(() => reserveFromPartials(run, QUANTUM, [0.1, 1e-3])).toThrow(InputError);
    expect(() => reserveFromPartials(run, QUANTUM, [0.1, 1e-3])).toThrow(
      /risk of 0\.001.*5000 trials.*at least 10000 trials.*0\.0020/,
    );
    expect(reserveFromPartials(run, QUANTUM, [0.002])).toHaveLength(1);
    expect(trialsForRisk(1e-3)).toBe(10_000);
  });

  it.each([0, 1, -0.1, 2, NaN])('refuse a risk of %f', (risk) => {
    expect(() => reserveFromLaw(law, [risk])).toThrow(/probability between 0 and 1/);
    expect(() => reserveFromPartials(countDeficits([1]).horizons[0], 1, [risk])).toThrow(InputError);
  });

  it('do not pretend to know what lies in the open last bin', () => {
    const run = countDeficits([...new Array<number>(80).fill(5), ...new Array<number>(20).fill(1e6)], {
      offset: 0,
      shift: 0,
    });
    const [own] = reserveFromPartials(run.horizons[0], 1, [0.11]);
    expect(own.interval.upper).toBe(Infinity);
    expect(own.safeCharge).toBe(Infinity);
    expect(own.binError).toBe(Infinity);
  });
});

describe('the curve', () => {
  it('falls, is bounded in points, and holds the law inside its simultaneous band (n = 10⁵, 99.99 %)', () => {
    const run = samplePartials('curve', 100_000, exponentialDraw(ATOM, SCALE));
    const curve = reserveCurve(run.horizons[0], QUANTUM, 50, 0.9999);
    expect(curve.points.length).toBeLessThanOrEqual(52);
    expect(curve.points.at(-1)?.risk).toBe(0);
    curve.points.forEach((point, i) => {
      expect(Math.abs(point.risk - law.survival(point.charge))).toBeLessThan(curve.simultaneousHalfWidth);
      expect(point.riskInterval.lower).toBeLessThanOrEqual(point.risk);
      expect(point.riskInterval.upper).toBeGreaterThanOrEqual(point.risk);
      if (i > 0) {
        expect(point.risk).toBeLessThanOrEqual(curve.points[i - 1].risk);
        expect(point.meanExcess).toBeLessThanOrEqual(curve.points[i - 1].meanExcess);
      }
    });
    const off = exponentialLaw(ATOM, SCALE * 1.1);
    expect(curve.points.some((p) => Math.abs(p.risk - off.survival(p.charge)) > curve.simultaneousHalfWidth)).toBe(
      true,
    );
  });
});
