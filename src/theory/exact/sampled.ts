/**
 * The deficit law of a sampled walk that is not one of whole blocks (block-law.ts), for verdicts on the engine: mean,
 * SD and P(D = 0) exactly, by Spitzer's identity on the sampled law itself; the last step from an empty deficit
 * exactly, from the sampled law's own cells; and for the rest the true walk's law with the difference of the two on one
 * grid.
 */
import { InputError } from '../../errors.js';
import { firstAbove } from '../../numeric/roots.js';
import type { CompoundIncrement, LatticeIncrement } from '../increment.js';
import { solveQuantile } from '../quantile.js';
import { gridDifference } from './grid-difference.js';
import type { GridDifference } from './grid-difference.js';
import { exactLaw } from './law.js';
import type { ExactLaw } from './law.js';
import { exactMoments } from './moments.js';
import type { ExactMoments } from './moments.js';

/** D_T of the sampled walk, from the true one's law (`truth`, of `source`). InputError where there is no deficit. */
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
  const trueStep = firstStepLaw(source);
  const difference = gridDifference(
    source,
    law,
    {
      sampled: (d) => step.survival(d),
      truth: (from, spacing, count) => trueStep.survivalGrid(from, spacing, count),
    },
    slots,
    before,
  );
  const atZero = probabilityZero - truth.probabilityZero - before * (trueStep.survival(0) - step.survival(0));
  const rest = new Rest(difference, atZero);
  const clip = (x: number): number => Math.min(positive, Math.max(0, x));
  const survival = (d: number): number => {
    if (d < 0) return 1;
    if (d === 0) return positive;
    return clip(truth.survival(d) + before * (step.survival(d) - trueStep.survival(d)) - rest.at(d));
  };
  const survivalGrid = (from: number, spacing: number, count: number): Float64Array => {
    const one = trueStep.survivalGrid(from, spacing, count);
    return truth.survivalGrid(from, spacing, count).map((value, j) => {
      const d = from + j * spacing;
      if (d <= 0) return d < 0 ? 1 : positive;
      return clip(value + before * (step.survival(d) - one[j]) - rest.at(d));
    });
  };
  const functions = {
    survival,
    survivalGrid,
    cdf: (d: number): number => (d < 0 ? 0 : 1 - survival(d)),
    density: (d: number): number => truth.density(d),
  };
  const excess = (d: number): number =>
    truth.meanExcess(d) + before * (step.meanExcess(d) - trueStep.meanExcess(d)) - rest.beyond(d);
  // The mean is known besides: what it misses is the difference's own error, on the scale of the law.
  const missed = Math.abs(excess(0) - mean) / standardDeviation;
  const cdf = truth.error.cdf + difference.error + missed;
  return {
    rung: 'exact',
    slots,
    mean,
    standardDeviation,
    probabilityZero,
    ...functions,
    quantile: (p) => (p <= probabilityZero ? 0 : solveQuantile(functions, p, mean)),
    meanExcess: (charge) => (charge <= 0 ? mean - charge : Math.max(0, excess(charge))),
    error: { ...moments.error, cdf, quantile: Math.max(truth.error.quantile, cdf) },
  };
}

/** A difference of two laws between its points: straight lines from 0 on, nothing beyond the last. */
class Rest {
  /** ∫ from (m + ½)·step on. */
  private readonly integral: Float64Array;

  constructor(
    private readonly difference: GridDifference,
    private readonly atZero: number,
  ) {
    const { value, step } = difference;
    this.integral = new Float64Array(value.length);
    for (let m = value.length - 2; m >= 0; m--) {
      this.integral[m] = this.integral[m + 1] + 0.5 * step * (value[m] + value[m + 1]);
    }
  }

  /** At d ≥ 0, joules. */
  at(d: number): number {
    const { value, step } = this.difference;
    const place = d / step - 0.5;
    const m = Math.floor(place);
    if (m < 0) return this.atZero + 2 * (place + 0.5) * (value[0] - this.atZero);
    return m + 1 < value.length ? value[m] + (place - m) * (value[m + 1] - value[m]) : 0;
  }

  /** ∫ from d ≥ 0 on. */
  beyond(d: number): number {
    const { value, step } = this.difference;
    const m = Math.ceil(d / step - 0.5);
    if (m >= value.length) return 0;
    return this.integral[m] + 0.5 * ((m + 0.5) * step - d) * (this.at(d) + value[m]);
  }
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
  const low = firstAbove(last, n);
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
  };
}
