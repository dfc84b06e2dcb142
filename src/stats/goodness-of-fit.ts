/**
 * The two tests of the whole distribution on cells: Pearson's χ², which sees a deviation of any shape, and Kolmogorov's
 * sup, which sees a small shift of everything, with the null that it really has when data are grouped.
 */
import { gaussLegendre } from '../numeric/quadrature.js';
import type { Cells } from './cells.js';
import { noncentralChiSquareSurvival } from './tails.js';
import { normalSurvival } from '../numeric/normal.js';

export interface FitTest {
  readonly statistic: number;
  readonly pValue: number;
}

/**
 * Pearson's X² = Σ (O − nπ)²/(nπ) over the cells, with cells − 1 degrees of freedom. Where the law's CDF may be off by
 * `cdfError`, a cell's expected count may be by 2n·cdfError: X² is then noncentral, and the p-value is that of the
 * largest noncentrality which that allows. An error well below the sampling error costs the test nothing.
 */
export function chiSquareTest(cells: Cells, cdfError = 0): FitTest {
  const { trials, probabilities, counts } = cells;
  let statistic = 0;
  let noncentrality = 0;
  for (let i = 0; i < counts.length; i++) {
    const expected = trials * probabilities[i];
    statistic += (counts[i] - expected) ** 2 / expected;
    noncentrality += (2 * trials * cdfError) ** 2 / expected;
  }
  if (counts.length < 2) return { statistic, pValue: 1 };
  return { statistic, pValue: noncentralChiSquareSurvival(statistic, counts.length - 1, noncentrality) };
}

/**
 * √n·sup |F_n − F| over the inner boundaries of the cells, less √n·`cdfError`. The p-value is that of a Brownian bridge
 * seen at those boundaries only (`bridgeExceedance`), which is what √n(F_n − F) tends to there, whatever the law and
 * its atoms: Kolmogorov's own table is for a bridge seen everywhere, and rejects grouped data too seldom (128 cells:
 * 0.112 where 0.087 is right). Counts move in steps of 1/√n, for half of which the level is lowered (the continuity
 * correction of the normal for the binomial).
 */
export function groupedKolmogorovTest(cells: Cells, cdfError = 0): FitTest {
  const root = Math.sqrt(cells.trials);
  let below = 0;
  let distance = 0;
  for (let i = 0; i < cells.boundaries.length; i++) {
    below += cells.counts[i];
    distance = Math.max(distance, Math.abs(below / cells.trials - cells.boundaries[i]));
  }
  const statistic = root * Math.max(0, distance - cdfError);
  return { statistic, pValue: bridgeExceedance(cells.boundaries, statistic - 0.5 / root) };
}

/**
 * From this level on Massart's bound stands for the exact value: the bound is below 4e-22, and with 128 cells 2.7 times
 * the value.
 */
const FAR = 5;

/**
 * P(max_j |B(t_j)| ≥ level) for a Brownian bridge B on [0, 1] seen at the times t_j (ascending, in (0, 1)).
 *
 * The bridge is a Markov chain on the times: given B(s) = x, B(t) is normal with mean x(1 − t)/(1 − s) and variance (t
 * − s)(1 − t)/(1 − s). The density of the paths that were inside up to t_j is carried forward at Gauss–Legendre nodes
 * on (−level, level), and what leaves at each step is summed as a tail: all terms are positive, so the p-value has
 * relative accuracy far out. Above 5 the bound 2 exp(−2·level²) is returned (Massart 1990; it also bounds the bridge).
 */
export function bridgeExceedance(times: Float64Array, level: number): number {
  if (!(level > 0)) return 1;
  if (times.length === 0) return 0;
  if (level > FAR) return 2 * Math.exp(-2 * level * level);
  const steps: { readonly pull: number; readonly deviation: number }[] = [];
  let narrowest = Infinity;
  for (let j = 1; j < times.length; j++) {
    const [s, t] = [times[j - 1], times[j]];
    if (!(t > s)) continue;
    const deviation = Math.sqrt(((t - s) * (1 - t)) / (1 - s));
    steps.push({ pull: (1 - t) / (1 - s), deviation });
    narrowest = Math.min(narrowest, deviation);
  }
  // Nodes lie at most π·level/n apart; closer than the narrowest kernel's deviation they integrate it to some 1e-9.
  const size = Math.min(512, Math.max(48, Math.ceil((1.3 * Math.PI * level) / narrowest)));
  const { nodes, weights } = gaussLegendre(size);
  const x = nodes.map((node) => node * level);
  const first = Math.sqrt(times[0] * (1 - times[0]));
  let gone = 2 * normalSurvival(level / first);
  let inside = x.map((at, i) => level * weights[i] * gaussian(at / first, first)); // mass carried by each node
  for (const { pull, deviation } of steps) {
    const next = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      const mean = pull * x[i];
      gone += inside[i] * (normalSurvival((level - mean) / deviation) + normalSurvival((level + mean) / deviation));
      for (let k = 0; k < size; k++) {
        const z = (x[k] - mean) / deviation;
        if (z > -9 && z < 9) next[k] += inside[i] * gaussian(z, deviation);
      }
    }
    inside = next.map((density, k) => level * weights[k] * density);
  }
  return Math.min(1, gone);
}

function gaussian(z: number, deviation: number): number {
  return Math.exp(-0.5 * z * z) / (deviation * Math.sqrt(2 * Math.PI));
}
