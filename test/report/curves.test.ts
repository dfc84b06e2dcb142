/** Curves of a report, on laws that are known in closed form. */
import { describe, expect, it } from 'vitest';
import { horizonCurves } from '../../src/report/curves.js';
import { expectedSupDistance, supDistance, trialsToTellApart } from '../../src/stats/distance.js';
import { QUANTUM, countDeficits, exponentialDraw, exponentialLaw, samplePartials } from '../stats/laws.js';

const exact = exponentialLaw(0.2, 1000);
const brownian = exponentialLaw(0, 1100);
const corrected = exponentialLaw(0.19, 1000);
const theory = { exact, brownian, corrected };
const SIGMA = 50;
const [sample] = samplePartials('curves', 20_000, exponentialDraw(0.2, 1000)).horizons;
const curves = horizonCurves(sample, QUANTUM, theory, SIGMA);

describe('horizonCurves', () => {
  it('gives a few hundred points in order, from the atom at 0 on', () => {
    expect(curves.deficits[0]).toBe(0);
    expect(curves.deficits.length).toBeGreaterThan(150);
    expect(curves.deficits.length).toBeLessThan(230);
    for (let i = 1; i < curves.deficits.length; i++) expect(curves.deficits[i]).toBeGreaterThan(curves.deficits[i - 1]);
  });

  it('gives the laws and the simulated counts at these points', () => {
    curves.deficits.forEach((d, i) => {
      for (const name of ['exact', 'brownian', 'corrected'] as const) {
        expect(Math.abs(curves.cdf[name][i] - theory[name].cdf(d))).toBeLessThan(5e-6);
        expect(curves.cdf[name][i] + curves.survival[name][i]).toBeCloseTo(1, 12);
      }
    });
    expect(curves.cdf.simulated[0]).toBe(sample.zeros / 20_000);
    expect(curves.cdf.simulated.at(-1)).toBe(1);
    // The law in laws.ts counts what rounds to 0 as 0.
    expect(curves.cdf.exact[0]).toBeCloseTo(exact.cdf(0), 5);
  });

  it('shows the whole bulk: all but a thousandth on either side', () => {
    const [start, end] = curves.bulk;
    expect(start).toBe(0);
    expect(exact.survival(end)).toBeLessThan(1e-3);
    expect(exact.survival(end)).toBeGreaterThan(2e-4);
  });

  it('knows the distances that stats/ knows, and shows the points where they are reached', () => {
    const brownianSup = expectedSupDistance(exact, brownian, sample, QUANTUM).distance;
    expect(curves.supError.brownian.everywhere).toBeCloseTo(brownianSup, 10);
    expect(curves.supError.brownian.trialsToReject).toBe(trialsToTellApart(curves.supError.brownian.everywhere));
    expect(curves.residualSup).toBeCloseTo(supDistance(sample, QUANTUM, exact).distance, 10);
    expect(Math.max(...curves.residual.map(Math.abs))).toBe(curves.residualSup);
    const gaps = curves.cdf.brownian.map((p, i) => Math.abs(p - curves.cdf.exact[i]));
    expect(Math.max(...gaps)).toBe(curves.supError.brownian.everywhere);
  });

  it('leaves the layer near 0 out of the second sup error', () => {
    // |F_corrected − F| = 0.01·exp(−d/1000): all of it at 0, e^−½ of it beyond 500 J.
    expect(curves.supError.corrected.everywhere).toBeCloseTo(0.01, 4);
    expect(curves.supError.corrected.beyondLayer).toBeCloseTo(0.01 * Math.exp(-0.5), 4);
    expect(horizonCurves(sample, QUANTUM, theory, 1e9).supError.corrected.beyondLayer).toBeNaN();
  });

  it('takes residuals from the law that was sampled where it is given', () => {
    const sampled = exponentialLaw(0.21, 1000);
    const shifted = horizonCurves(sample, QUANTUM, theory, SIGMA, sampled);
    expect(shifted.residual[0]).toBeCloseTo(sample.zeros / 20_000 - sampled.cdf(0), 5);
    expect(shifted.cdf.exact[0]).toBeCloseTo(exact.cdf(0), 5);
  });

  it('bounds: the band is Massart’s, pointwise intervals hold the simulated value', () => {
    // √(ln(2/0.05)/(2·20000)) computed independently with mpmath: 0.0096032279131992…
    expect(curves.band).toBeCloseTo(0.009603227913199208, 12);
    curves.survival.simulated.forEach((p, i) => {
      expect(curves.survivalInterval.lower[i]).toBeLessThanOrEqual(p);
      expect(curves.survivalInterval.upper[i]).toBeGreaterThanOrEqual(p);
    });
  });

  it('serves runs without any deficit and runs of one path', () => {
    for (const deficits of [[0, 0, 0], [1234]]) {
      const [horizon] = countDeficits(deficits).horizons;
      const few = horizonCurves(horizon, QUANTUM, theory, SIGMA);
      expect(few.bulk[1]).toBeGreaterThan(few.bulk[0]);
      for (const values of [few.deficits, few.residual, ...Object.values(few.cdf)]) {
        expect(values.every(Number.isFinite)).toBe(true);
      }
    }
    const nothing = { ...exponentialLaw(1, 1000) };
    const [horizon] = countDeficits([0, 0]).horizons;
    const none = horizonCurves(horizon, QUANTUM, { exact: nothing, brownian: nothing, corrected: nothing }, SIGMA);
    expect(none.bulk[1]).toBeGreaterThan(none.bulk[0]);
    expect(none.supError.brownian.trialsToReject).toBe(Infinity);
  });
});
