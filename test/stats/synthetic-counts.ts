/**
 * Partials that a run of any length would have brought: counts of a horizon's bins drawn from their probabilities, as
 * binomial numbers one after the other, with the sums of deficits that go with them. For power at numbers of trials
 * that no test can walk.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import seedrandom from 'seedrandom';
import { layoutBins } from '../../src/engine/job-request.js';
import { BIN_COUNT, emptyPartials } from '../../src/engine/partials.js';
import type { HorizonLayout, Partials } from '../../src/engine/partials.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { binEdges } from '../../src/stats/binned.js';
import { lawOnBins } from '../../src/stats/law-on-bins.js';
import type { ExactReference } from '../../src/stats/verdict.js';
import { blockDeficitLaw } from '../../src/theory/exact/block-law.js';
import type { ExactLaw } from '../../src/theory/exact/law.js';
import { latticeIncrement } from '../../src/theory/lattice-increment.js';

type Random = () => number;

/** One standard normal number, by Box and Muller's method. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Below this variance a binomial number is found by inversion, above it is a rounded normal one: its skewness is below
 * 0.01 there.
 */
const NORMAL_FROM = 1e4;

function binomial(random: Random, trials: number, probability: number): number {
  if (probability <= 0 || trials === 0) return 0;
  if (probability >= 1) return trials;
  if (probability > 0.5) return trials - binomial(random, trials, 1 - probability);
  const mean = trials * probability;
  const variance = mean * (1 - probability);
  if (variance > NORMAL_FROM) {
    return Math.min(trials, Math.max(0, Math.round(mean + Math.sqrt(variance) * normal(random))));
  }
  // Inversion from the mode outwards would be quicker; waiting times are simplest and right.
  let count = -1;
  let place = 0;
  const log = Math.log1p(-probability);
  while (place <= trials) {
    place += Math.floor(Math.log(1 - random()) / log) + 1;
    count++;
  }
  return count;
}

/** Counts of all bins with their probabilities, which sum to 1: zeros first. */
function drawCounts(random: Random, trials: number, probabilities: Float64Array): Float64Array {
  let left = trials;
  let share = 1;
  return probabilities.map((p, i) => {
    const own = i === probabilities.length - 1 ? left : binomial(random, left, Math.min(1, Math.max(0, p) / share));
    left -= own;
    share = Math.max(share - p, Number.MIN_VALUE);
    return own;
  });
}

/** What the sums of deficits have in common with the counts: means of D and D² in each bin, quanta. */
interface BinMeans {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Partials of one horizon from the counts of its zeros and bins. */
function partialsOf(layout: HorizonLayout, counts: Float64Array, means: BinMeans): Partials {
  const partials = emptyPartials([layout]);
  const [horizon] = partials.horizons;
  let sum = 0;
  let squares = 0;
  horizon.zeros = counts[0];
  horizon.count = counts[0];
  for (let i = 0; i < BIN_COUNT; i++) {
    const paths = counts[i + 1];
    horizon.histogram[i] = paths;
    horizon.count += paths;
    sum += paths * means.first[i];
    squares += paths * means.second[i];
  }
  horizon.sum = BigInt(Math.round(sum));
  horizon.sumOfSquares = BigInt(Math.round(squares));
  return partials;
}

function seeded(seed: string): Random {
  const random = seedrandom.alea(seed);
  return () => random.double();
}

/** A sampled walk's horizon with all that counts of it are drawn from and judged by. */
export interface SyntheticHorizon {
  readonly quantum: number;
  readonly reference: ExactReference;
  /** P(D < edge) at every edge. */
  readonly cdf: Float64Array;
  draw(seed: string, trials: number, cdf: Float64Array): Partials;
}

/** `reference` after so many slots. */
export function syntheticHorizon(slots: number): SyntheticHorizon {
  const walk = resolveScenario(loadPreset('reference')).walk;
  const sampled = sampleLaw(walk, { slots });
  const quantum = sampled.quantumJoules;
  const law = blockDeficitLaw(latticeIncrement(sampled.mixture), slots);
  if (law === undefined) throw new Error('the reference walk is one of whole blocks');
  const layout = { slots, bins: layoutBins(walk, slots, quantum, 0) };
  const edges = binEdges(layout.bins, quantum);
  const { mean, standardDeviation, probabilityZero, error } = law;
  const { cdf } = lawOnBins(law, { edges, trials: 1e12 });
  const means = meansOf(law, edges, quantum);
  return {
    quantum,
    reference: { slots, mean, standardDeviation, probabilityZero, error, law },
    cdf,
    draw(seed, trials, planted) {
      const probabilities = Float64Array.from({ length: BIN_COUNT + 1 }, (_, i) => {
        return (i < BIN_COUNT ? planted[i] : 1) - (i > 0 ? planted[i - 1] : 0);
      });
      return partialsOf(layout, drawCounts(seeded(seed), trials, probabilities), means);
    },
  };
}

/** E[D | bin] from the law, and E[D² | bin] as if even within the bin. Quanta. */
function meansOf(law: ExactLaw, edges: Float64Array, quantum: number): BinMeans {
  const first = new Float64Array(BIN_COUNT);
  const second = new Float64Array(BIN_COUNT);
  for (let i = 0; i < BIN_COUNT; i++) {
    const [from, to] = [edges[i], i + 1 < BIN_COUNT ? edges[i + 1] : Infinity];
    const above = to === Infinity ? 0 : law.survival(to);
    const mass = law.survival(from) - above;
    const beyond = to === Infinity ? 0 : law.meanExcess(to) + to * above;
    // Where next to nothing lies in a bin no path of any run does.
    const width = Math.min(to, from + edges[2] - edges[1]) - from;
    const mean = mass > 1e-13 ? (law.meanExcess(from) + from * law.survival(from) - beyond) / mass : from + width / 2;
    first[i] = mean / quantum;
    second[i] = first[i] ** 2 + (width / quantum) ** 2 / 12;
  }
  return { first, second };
}

/** The CDF with an error that is largest, `size`, at the median, and leaves the atom at 0 as it is. */
export function misplaced(cdf: Float64Array, size: number): Float64Array {
  const atom = cdf[0];
  return cdf.map((p) => {
    const given = (p - atom) / (1 - atom);
    return p + size * 4 * given * (1 - given);
  });
}
