/**
 * The deficit law of the sampled walk, for verdicts on the engine: mean, SD and P(D = 0) exactly, by Spitzer's identity on the sampled law itself, and the
 * sampled law's own cells where they show most, in the last step from an empty deficit; the rest is the true law's shape, moved and
 * stretched to those numbers. Not a third solver: the error estimate says how far the two laws were apart.
 */
import { InputError } from '../../errors.js';
import { brownianLaw } from '../brownian.js';
import { brownianConstants } from '../increment.js';
import type { CompoundIncrement, LatticeIncrement } from '../increment.js';
import { solveQuantile } from '../quantile.js';
import { firstStep, probabilityOfZero } from './lattice-spitzer.js';
import { exactLaw } from './law.js';
import type { ExactLaw } from './law.js';
import { exactMoments } from './moments.js';

const PROBES = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99];

/**
 * D_T of the sampled walk, from the true walk's exact law at the same T (`truth`, of `source`). Throws InputError where a walk is never
 * in deficit.
 */
export function sampledDeficitLaw(truth: ExactLaw, source: CompoundIncrement, law: LatticeIncrement): ExactLaw {
  const { slots } = truth;
  const [moments] = exactMoments(law, [slots]);
  const { mean, standardDeviation, probabilityZero } = moments;
  const positive = 1 - probabilityZero;
  if (!(positive > 0 && truth.probabilityZero < 1)) {
    throw new InputError('sampled law: got a walk that is never in deficit, expected some deficits');
  }
  // P(D_T > d) = P(D_{T−1} = 0) P(Y > d) + (paths that were in deficit before): the first term is known for both laws.
  const before = slots === 1 ? 1 : exactMoments(source, [slots - 1])[0].probabilityZero;
  const step = remembered(sampledSteps, law, oneStep);
  const trueStep = before > 1e-9 ? firstStepLaw(source) : undefined;
  const base = {
    survival: (d: number): number =>
      truth.survival(d) + (trueStep === undefined ? 0 : before * (step.survival(d) - trueStep.survival(d))),
    meanExcess: (d: number): number =>
      truth.meanExcess(d) + (trueStep === undefined ? 0 : before * (step.meanExcess(d) - trueStep.meanExcess(d))),
  };
  const basePositive = base.survival(0);
  const baseMean = base.meanExcess(0);
  const baseSquare =
    truth.standardDeviation ** 2 +
    truth.mean ** 2 +
    (trueStep === undefined ? 0 : before * (step.square - trueStep.standardDeviation ** 2 - trueStep.mean ** 2));

  // Affine map of the law given D > 0.
  const given = (first: number, square: number, share: number): [number, number] => [
    first / share,
    square / share - (first / share) ** 2,
  ];
  const [m, v] = given(mean, standardDeviation ** 2 + mean ** 2, positive);
  const [baseM, baseV] = given(baseMean, baseSquare, basePositive);
  const stretch = slots === 1 ? 1 : Math.sqrt(v / baseV);
  const shift = slots === 1 ? 0 : m - stretch * baseM;
  const share = positive / basePositive;
  const back = (d: number): number => (d - shift) / stretch;
  // What is moved is the shape at large alone: atoms and kinks are where the tasks' energies put them in either law.
  const smooth = brownianLaw(brownianConstants(source), slots);
  const moves = (d: number): number => (slots === 1 ? 0 : smooth.survival(Math.max(0, back(d))) - smooth.survival(d));
  const survival = (d: number): number => {
    if (d < 0) return 1;
    return d === 0 ? positive : Math.min(positive, Math.max(0, share * (base.survival(d) + moves(d))));
  };
  const survivalGrid = (from: number, spacing: number, count: number): Float64Array => {
    const out = new Float64Array(count);
    const base0 = truth.survivalGrid(from, spacing, count);
    const one = trueStep?.survivalGrid(from, spacing, count);
    for (let j = 0; j < count; j++) {
      const d = from + j * spacing;
      const value = base0[j] + (one === undefined ? 0 : before * (step.survival(d) - one[j]));
      out[j] = d < 0 ? 1 : d === 0 ? positive : Math.min(positive, Math.max(0, share * (value + moves(d))));
    }
    return out;
  };
  const functions = {
    survival,
    survivalGrid,
    cdf: (d: number): number => (d < 0 ? 0 : 1 - survival(d)),
    density: (d: number): number => share * truth.density(d),
  };
  let moved = 0;
  for (const p of PROBES) {
    const d = truth.quantile(p);
    moved = Math.max(moved, Math.abs(survival(d) - truth.survival(d)));
  }
  return {
    rung: 'exact',
    slots,
    mean,
    standardDeviation,
    probabilityZero,
    ...functions,
    quantile: (p) => (p <= probabilityZero ? 0 : solveQuantile(functions, p, mean)),
    meanExcess(charge) {
      if (charge <= 0) return mean - charge;
      const moved =
        slots === 1 ? 0 : stretch * smooth.meanExcess(Math.max(0, back(charge))) - smooth.meanExcess(charge);
      return Math.max(0, share * (base.meanExcess(charge) + moved));
    },
    error: { ...moments.error, cdf: truth.error.cdf + moved, quantile: truth.error.quantile + moved },
  };
}

/** One slot's laws are the same for every horizon: made once a walk. */
const trueSteps = new WeakMap<CompoundIncrement, ExactLaw>();
const sampledSteps = new WeakMap<LatticeIncrement, OneStep>();

function remembered<K extends object, V>(known: WeakMap<K, V>, key: K, make: (key: K) => V): V {
  const value = known.get(key) ?? make(key);
  known.set(key, value);
  return value;
}

function firstStepLaw(source: CompoundIncrement): ExactLaw {
  return remembered(trueSteps, source, (law) => exactLaw(law, 1));
}

interface OneStep {
  survival(d: number): number;
  meanExcess(d: number): number;
  /** E(Y⁺)². */
  readonly square: number;
}

/** Y⁺ of the sampled law: P(Y > d), E(Y − d)⁺, each run smeared over its points' intervals but at 0, where ties count. */
function oneStep(law: LatticeIncrement): OneStep {
  const q = law.latticeSpan;
  const order = Array.from(law.weight.keys())
    .filter((r) => law.weight[r] > 0)
    .sort((a, b) => law.first[a] - law.first[b]);
  const low = Float64Array.from(order, (r) => (law.first[r] - 0.5 * law.stride[r]) * q);
  const width = Float64Array.from(order, (r) => law.count[r] * law.stride[r] * q);
  const weight = Float64Array.from(order, (r) => law.weight[r]);
  const n = order.length;
  const mass = new Float64Array(n + 1);
  const first = new Float64Array(n + 1);
  let square = 0;
  for (let i = n - 1; i >= 0; i--) {
    mass[i] = mass[i + 1] + weight[i];
    first[i] = first[i + 1] + weight[i] * (low[i] + 0.5 * width[i]);
    const a = Math.max(0, low[i]);
    const b = Math.max(0, low[i] + width[i]);
    square += (weight[i] * (b ** 3 - a ** 3)) / (3 * width[i]);
  }
  const aboveZero = firstStep(law).above[0] - 0.5 * probabilityOfZero(law);
  /** The first run that ends above d. */
  const find = (d: number): number => {
    let a = 0;
    let b = n;
    while (a < b) {
      const middle = (a + b) >>> 1;
      if (low[middle] + width[middle] > d) b = middle;
      else a = middle + 1;
    }
    return a;
  };
  const split = (d: number): [number, number, number] => {
    const i = find(d);
    if (i === n) return [i, 0, 0];
    const part = Math.min(width[i], low[i] + width[i] - d);
    return [i, (weight[i] * part) / width[i], low[i] + width[i] - 0.5 * part];
  };
  return {
    survival(d) {
      if (d <= 0) return aboveZero;
      const i = find(d);
      if (i === n) return 0;
      // Points above d, not a share of their smear: where d is itself a point that holds mass, a tie is no more than d.
      const r = order[i];
      const reached = Math.floor((d / q - law.first[r]) / law.stride[r] + 1e-6) + 1;
      const above = law.count[r] - Math.min(law.count[r], Math.max(0, reached));
      return (weight[i] * above) / law.count[r] + mass[i + 1];
    },
    meanExcess(d) {
      const [i, part, centre] = split(d);
      return part * (centre - d) + (i < n ? first[i + 1] - d * mass[i + 1] : 0);
    },
    square,
  };
}
