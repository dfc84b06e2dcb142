import { describe, expect, it } from 'vitest';
import { BIN_COUNT } from '../../src/engine/partials.js';
import type { BinLayout } from '../../src/engine/partials.js';
import { binDeficits } from '../../src/stats/binned.js';
import type { BinnedDeficits } from '../../src/stats/binned.js';
import { lawOnBins } from '../../src/stats/law-on-bins.js';
import type { DeficitLaw } from '../../src/theory/deficit-law.js';
import { BINS, countDeficits, exponentialLaw, halfNormalLaw, QUANTUM } from './laws.js';

function bins(layout: BinLayout, trials = 1e6): Pick<BinnedDeficits, 'edges' | 'trials'> {
  return { edges: binDeficits(countDeficits([1], layout).horizons[0], QUANTUM).edges, trials };
}

/** A law from its survival function alone, which is all that is read. */
function fromSurvival(survival: (d: number) => number): DeficitLaw {
  return { ...halfNormalLaw(1), survival };
}

/** Largest |interpolated − direct| over all edges, and the largest relative one while the survival is above 1e-12. */
function errors(
  law: DeficitLaw,
  layout: BinLayout,
  trials?: number,
): { absolute: number; relative: number; evaluations: number } {
  const binned = bins(layout, trials);
  const { survival, cdf, probabilities, evaluations } = lawOnBins(law, binned);
  let absolute = 0;
  let relative = 0;
  for (let i = 0; i < BIN_COUNT; i++) {
    const direct = law.survival(binned.edges[i]);
    absolute = Math.max(absolute, Math.abs(survival[i] - direct), Math.abs(cdf[i] - (1 - direct)));
    if (direct > 1e-12) relative = Math.max(relative, Math.abs(survival[i] / direct - 1));
    expect(probabilities[i]).toBeGreaterThanOrEqual(0);
  }
  expect(cdf[0] + probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  return { absolute, relative, evaluations };
}

describe('a law read at 4096 edges', () => {
  it.each<[string, DeficitLaw, BinLayout]>([
    ['exponential', exponentialLaw(0.1, 1000), BINS],
    ['half-normal', halfNormalLaw(4000), BINS],
    ['half-normal in a sixtieth of the bins', halfNormalLaw(100), BINS],
    ['half-normal, bins from 500 J on', halfNormalLaw(4000), { offset: 1000, shift: 3 }],
    [
      'a boundary layer of ten bins at 0',
      fromSurvival((d) => 0.5 * Math.exp(-d / 80) + 0.4 * Math.exp(-d / 4000)),
      BINS,
    ],
    ['far below its scale', halfNormalLaw(1e6), BINS],
    ['an end at which the law falls to 0', fromSurvival((d) => Math.max(0, 0.9 * Math.exp(-d / 4000) - 1e-3)), BINS],
  ])('%s: to 1e-6 with a tenth of the evaluations', (_, law, layout) => {
    const { absolute, relative, evaluations } = errors(law, layout);
    expect(absolute).toBeLessThan(1e-6);
    expect(relative).toBeLessThan(1e-3);
    expect(evaluations).toBeLessThan(450);
  });

  it('to 3e-8 where 10¹⁰ trials would see more', () => {
    const { absolute, evaluations } = errors(halfNormalLaw(4000), BINS, 1e10);
    expect(absolute).toBeLessThan(3e-8);
    expect(evaluations).toBeLessThan(900);
  });

  it.each([2, 3, 7, 50])('with steps of %i bins: every edge where the steps are', (period) => {
    // A walk on a lattice of its own: the survival function falls in steps of 8·period J.
    const law = fromSurvival((d) => 0.9 * Math.exp((-8 * period * Math.floor(d / (8 * period))) / 1000));
    expect(errors(law, BINS).absolute).toBeLessThan(1e-6);
  });

  it('clips and makes monotone what is no distribution function', () => {
    const { survival, cdf } = lawOnBins(
      fromSurvival((d) => 1.2 - d / 5000 + 0.05 * Math.sin(d / 100)),
      bins(BINS),
    );
    for (let i = 1; i < BIN_COUNT; i++) {
      expect(survival[i]).toBeLessThanOrEqual(survival[i - 1]);
      expect(cdf[i]).toBeGreaterThanOrEqual(cdf[i - 1]);
    }
    expect(survival[0]).toBe(1);
    expect(survival[BIN_COUNT - 1]).toBe(0);
  });
});
