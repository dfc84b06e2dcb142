/**
 * The deficit law of the sampled walk, for verdicts on the engine: mean, SD and P(D = 0) exactly, by Spitzer's identity
 * on the sampled law itself, and the sampled law's own cells where they show most, in the last step from an empty
 * deficit; the rest is the true law's shape, moved and stretched to those numbers. Not a third solver: the error
 * estimate says how far the two laws were apart.
 */
import { InputError } from '../../errors.js';
import { brownianLaw } from '../brownian.js';
import { brownianConstants } from '../increment.js';
import type { CompoundIncrement, LatticeIncrement } from '../increment.js';
import { solveQuantile } from '../quantile.js';
import { firstStep } from './lattice-spitzer.js';
import { exactLaw } from './law.js';
import type { ExactLaw } from './law.js';
import { exactMoments } from './moments.js';
import type { ExactMoments } from './moments.js';

const PROBES = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99];
const NEAR_ZERO = 1.5;

/**
 * D_T of the sampled walk, from the true walk's exact law at the same T (`truth`, of `source`). Throws InputError where
 * a walk is never in deficit.
 */
export function sampledDeficitLaw(truth: ExactLaw, source: CompoundIncrement, law: LatticeIncrement): ExactLaw {
  const { slots } = truth;
  const [moments] = exactMoments(law, [slots]);
  const step = remembered(sampledSteps, law, oneStep);
  if (slots === 1) return afterOneSlot(step, moments, truth);
  const { mean, standardDeviation, probabilityZero } = moments;
  const positive = 1 - probabilityZero;
  if (!(positive > 0 && truth.probabilityZero < 1)) {
    throw new InputError('sampled law: got a walk that is never in deficit, expected some deficits');
  }
  // P(D_T > d) = P(D_{T−1} = 0) P(Y > d) + (paths that were in deficit before): the first term is known for both laws.
  const before = exactMoments(source, [slots - 1])[0].probabilityZero;
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
  const stretch = Math.sqrt(v / baseV);
  const shift = m - stretch * baseM;
  const share = positive / basePositive;
  const back = (d: number): number => (d - shift) / stretch;
  // What is moved is the shape at large alone: atoms and kinks are where the tasks' energies put them in either law.
  const smooth = brownianLaw(brownianConstants(source), slots);
  const moves = (d: number): number => smooth.survival(Math.max(0, back(d))) - smooth.survival(d);
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
  // Near 0 the shape is the true walk's, and off by about what P(D = 0) differs by: at most 1.2 times that, as seen
  // against walks in blocks.
  let moved = NEAR_ZERO * Math.abs(truth.probabilityZero - probabilityZero);
  let shifted = 0;
  for (const p of PROBES) {
    const d = truth.quantile(p);
    shifted = Math.max(shifted, Math.abs(survival(d) - truth.survival(d)));
  }
  moved += shifted;
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
      const moved = stretch * smooth.meanExcess(Math.max(0, back(charge))) - smooth.meanExcess(charge);
      return Math.max(0, share * (base.meanExcess(charge) + moved));
    },
    error: { ...moments.error, cdf: truth.error.cdf + moved, quantile: truth.error.quantile + moved },
  };
}

/** Rounding of sums over some thousands of runs. */
const ROUNDING = 1e-14;

/** D_1 = Y⁺, exactly; its density is the true law's. */
function afterOneSlot(step: OneStep, moments: ExactMoments, truth: ExactLaw): ExactLaw {
  const { slots, mean, standardDeviation, probabilityZero, error } = moments;
  const survival = (d: number): number => (d < 0 ? 1 : step.survival(d));
  const functions = {
    survival,
    cdf: (d: number): number => 1 - survival(d),
    density: (d: number): number => truth.density(d),
  };
  return {
    rung: 'exact',
    ...{ slots, mean, standardDeviation, probabilityZero },
    ...functions,
    survivalGrid: (from, spacing, count) =>
      Float64Array.from({ length: count }, (_, j) => survival(from + j * spacing)),
    quantile: (p) => (p <= probabilityZero ? 0 : solveQuantile(functions, p, mean)),
    meanExcess: (charge) => (charge <= 0 ? mean - charge : step.meanExcess(charge)),
    cdfErrorAt: () => ROUNDING,
    error: { ...error, cdf: ROUNDING, quantile: truth.error.quantile },
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
  /** P(Y > d), d ≥ 0. */
  survival(d: number): number;
  /** E(Y − d)⁺, d ≥ 0. */
  meanExcess(d: number): number;
  /** E(Y⁺)². */
  readonly square: number;
}

/** Runs that do not overlap, in order, lattice points: those of residual cells may lie within the core's. */
interface Layer {
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly stride: Float64Array;
  readonly count: Float64Array;
  /** Of one point. */
  readonly weight: Float64Array;
  /** Probability of run i and all above it, and the sum of their points. */
  readonly mass: Float64Array;
  readonly moment: Float64Array;
}

function layersOf(law: LatticeIncrement): Layer[] {
  const last = (r: number): number => law.first[r] + (law.count[r] - 1) * law.stride[r];
  const order = Array.from(law.weight.keys())
    .filter((r) => law.weight[r] > 0)
    .sort((a, b) => law.first[a] - law.first[b]);
  const rows: number[][] = [];
  for (const r of order) {
    const row = rows.find((own) => last(own[own.length - 1]) < law.first[r]);
    if (row === undefined) rows.push([r]);
    else row.push(r);
  }
  return rows.map((row) => {
    const mass = new Float64Array(row.length + 1);
    const moment = new Float64Array(row.length + 1);
    for (let i = row.length - 1; i >= 0; i--) {
      const r = row[i];
      mass[i] = mass[i + 1] + law.weight[r];
      moment[i] = moment[i + 1] + 0.5 * law.weight[r] * (law.first[r] + last(r));
    }
    return {
      first: Float64Array.from(row, (r) => law.first[r]),
      last: Float64Array.from(row, last),
      stride: Float64Array.from(row, (r) => law.stride[r]),
      count: Float64Array.from(row, (r) => law.count[r]),
      weight: Float64Array.from(row, (r) => law.weight[r] / law.count[r]),
      mass,
      moment,
    };
  });
}

/** P(Y > n) and E[Y; Y > n] of a layer, for a lattice point n. */
function beyond(layer: Layer, n: number): [mass: number, moment: number] {
  const { first, last, stride, count, weight } = layer;
  let low = 0;
  let high = last.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (last[middle] > n) high = middle;
    else low = middle + 1;
  }
  if (low === last.length) return [0, 0];
  const above = count[low] - Math.min(count[low], Math.max(0, Math.floor((n - first[low]) / stride[low]) + 1));
  const middle = last[low] - 0.5 * (above - 1) * stride[low];
  return [above * weight[low] + layer.mass[low + 1], above * weight[low] * middle + layer.moment[low + 1]];
}

/** Y⁺ of the sampled law, point by point. */
function oneStep(law: LatticeIncrement): OneStep {
  const q = law.latticeSpan;
  const layers = layersOf(law);
  const at = (d: number): [mass: number, moment: number] => {
    const n = Math.floor(d / q + 1e-6);
    let [mass, moment] = [0, 0];
    for (const layer of layers) {
      const [own, part] = beyond(layer, n);
      mass += own;
      moment += part;
    }
    return [mass, moment];
  };
  return {
    survival: (d) => at(d)[0],
    meanExcess(d) {
      const [mass, moment] = at(d);
      return Math.max(0, moment * q - d * mass);
    },
    square: firstStep(law).above[2],
  };
}
