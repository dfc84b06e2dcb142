/**
 * The exact law of the deficit D_T = max(0, max_k S_k) of an unlimited battery whose slots follow a period or the
 * weather, S_k the sums of C − H. Looking back from the horizon (Lindley): with W the deficit of slots t + 1 … T, that
 * of slots t … T is max(0, W + C_t − H_t).
 */
import { PlanError } from '../../errors.js';
import { largestOf } from '../../numeric/extremes.js';
import { Band, convolveBand } from '../../numeric/band.js';
import { quantileSpread } from '../quantile.js';
import type { ExactLaw } from '../exact/law.js';
import { limitsOf, tablesOf } from './extrapolate.js';
import type { Three } from './extrapolate.js';
import { checkHorizons, checkProcess, stepsBefore, typicalVolatility } from './model.js';
import type { SlotLaw, SlotProcess } from './model.js';
import { taskStep } from './levels.js';
import { oneSided } from './one-sided.js';
import { slotLattice } from './slot-lattice.js';
import { cubicAt } from '../../numeric/cubic.js';
import { tabulatedLaw } from './tabulated.js';

/** Steps of the coarsest lattice in a typical slot's standard deviation. */
const STEPS_PER_SIGMA = 16;
/** Weight that is dropped far out, a slot. */
const DROPPED = 1e-16;
const MOST_POINTS = 2 ** 20;
/** Where the error of quantiles is looked at. */
const PROBES = [0.1, 0.5, 0.9, 0.99];

/** D_T at each horizon, ascending, a pass each. Throws InputError, or PlanError where lattices would be too long. */
export function deficitChain(process: SlotProcess, horizons: readonly number[]): ExactLaw[] {
  checkProcess(process);
  const step = taskStep(process.laws, typicalVolatility(process.laws) / STEPS_PER_SIGMA);
  const lattices = [step, step / 2, step / 4].map((h) => new Backward(process, h));
  return checkHorizons(horizons).map((slots) => {
    const [coarse, middle, fine] = lattices.map((lattice) => lattice.run(slots));
    return deficitLaw(slots, step / 2, [coarse, middle, fine]);
  });
}

function deficitLaw(slots: number, step: number, results: Three<BackwardResult>): ExactLaw {
  const of = limitsOf(results);
  const tables = tablesOf(results);
  const mean = of((r) => r.excess[0], Infinity);
  const deviation = of((r) => Math.sqrt(Math.max(0, r.square - r.excess[0] ** 2)));
  const zero = of((r) => r.cdf[0], 1);
  const { values, errors } = tables((r) => r.cdf);
  const atoms = tables((r) => r.atoms).values;
  const excess = tables((r) => r.excess).values;
  const law = tabulatedLaw({ step, values }, atoms, { step: 2 * step, values: errors });
  const density = (d: number): number =>
    d < 0 ? 0 : (law.cdf(d + step) - law.cdf(Math.max(0, d - step))) / (step + Math.min(d, step));
  const survival = (d: number): number => (d < 0 ? 1 : 1 - law.cdf(d));
  let quantileError = 0;
  for (const p of PROBES) {
    const d = law.quantile(p);
    if (d > 0)
      quantileError = Math.max(
        quantileError,
        quantileSpread((q) => law.quantile(q), p, d, law.cdfErrorAt(d)),
      );
  }
  return {
    rung: 'exact',
    slots,
    mean: mean.value,
    standardDeviation: deviation.value,
    probabilityZero: zero.value,
    cdf: (d) => law.cdf(d),
    quantile: (p) => law.quantile(p),
    survival,
    survivalGrid: (from, by, count) => Float64Array.from({ length: count }, (_, j) => survival(from + j * by)),
    density,
    meanExcess(charge) {
      const position = charge / step;
      const k = Math.floor(position);
      if (charge <= 0) return mean.value - charge;
      return k >= excess.length - 1 ? 0 : Math.max(0, cubicAt(excess, k, position - k));
    },
    error: {
      mean: mean.error,
      standardDeviation: deviation.error,
      probabilityZero: zero.error,
      cdf: law.cdfError,
      quantile: quantileError,
    },
  };
}

interface BackwardResult {
  /** E D², joules². */
  readonly square: number;
  /** P(D ≤ k·h), and P(D = k·h). */
  readonly cdf: Float64Array;
  readonly atoms: Float64Array;
  /** E(D − k·h)⁺, joules. */
  readonly excess: Float64Array;
}

/** C − H on a lattice, from −low to high. */
interface Step {
  readonly low: number;
  readonly high: number;
  /** Weight of (k − low)·h. */
  readonly mass: Float64Array;
  /** P(C − H ≤ (k − low)·h). */
  readonly cdf: Float64Array;
  /** The part of the weights from right of the points; undefined where C − H is taken to lie on them. */
  readonly right: Band | undefined;
  /** The weights as a kernel. */
  readonly moves: Band;
}

class Backward {
  private readonly steps: (Step | undefined)[];
  /** Whether some slots have no density: else parts of laws need not be told apart. */
  private readonly tellsApart: boolean;

  constructor(
    private readonly process: SlotProcess,
    private readonly h: number,
  ) {
    this.steps = process.laws.map(() => undefined);
    this.tellsApart = process.laws.some((law) => typeof law.harvest === 'number');
  }

  private stepOf(slot: number, state: number): Step {
    const index = this.process.lawOf(slot, state);
    return (this.steps[index] ??= stepLaw(this.process.laws[index], this.h));
  }

  run(slots: number): BackwardResult {
    const { process, h } = this;
    const one = Float64Array.of(1);
    const start: Law = { total: one, atoms: one, right: Float64Array.of(0) };
    let laws: Law[] = Array.from({ length: process.states }, () => start);
    for (let t = slots - 1; t > 0; t--) {
      const after = laws.map((law, i) => lindley(law, this.stepOf(t, i), this.tellsApart));
      // A state in slot t − 1 knows the weather of slot t by its transitions only.
      laws = stepsBefore(process, t) ? after.map((_, i) => mixedLaw(after, process.transitions[i])) : after;
    }
    const steps = laws.map((_, i) => this.stepOf(0, i));
    const last = laws.map((law, i) => lindley(law, steps[i], this.tellsApart));
    const { total: law, atoms } = mixedLaw(last, process.initial);
    let square = 0;
    const excess = new Float64Array(law.length);
    let beyond = 0;
    for (let k = law.length - 1; k > 0; k--) {
      square += law[k] * (k * h) ** 2;
      beyond += law[k];
      excess[k - 1] = excess[k] + beyond * h;
    }
    const cdfs = laws.map((before, i) => lindleyCdf(before, steps[i], law.length));
    return { square, excess, atoms, cdf: mixed(cdfs, process.initial) };
  }
}

/** The law of C − H on a lattice of step h. */
function stepLaw(law: SlotLaw, h: number): Step {
  const lattice = slotLattice(law, h);
  const { mass, origin } = lattice;
  const high = origin;
  const low = mass.length - 1 - origin;
  const shortage = oneSided(lattice, -1, high + 1);
  const surplus = oneSided(lattice, 1, low + 1);
  const cdf = Float64Array.from({ length: mass.length }, (_, i) =>
    i >= low ? 1 - shortage.beyond[i - low] : surplus.atLeast[low - i],
  );
  return {
    low,
    high,
    mass: mass.slice().reverse(),
    moves: new Band(mass.slice().reverse(), 0),
    cdf,
    // x turned over: what came from its right now comes from the left.
    right: lattice.atomic ? undefined : new Band(mass.map((p, i) => p - lattice.right[i]).reverse(), 0),
  };
}

function mixed(laws: readonly Float64Array[], weights: ArrayLike<number>): Float64Array {
  const out = new Float64Array(largestOf(laws.map((law) => law.length)));
  laws.forEach((law, i) => {
    if (weights[i] === 0) return;
    for (let k = 0; k < law.length; k++) out[k] += weights[i] * law[k];
  });
  return out;
}

/** A law convolved with a step's weights. */
function convolved(law: Float64Array, moves: Band): Float64Array {
  const length = law.length + moves.after;
  if (length > MOST_POINTS) {
    throw new PlanError(
      `horizons: a lattice of ${length} points would be needed, expected at most ${MOST_POINTS}`,
      'horizons',
    );
  }
  return convolveBand(moves, [law], length)[0];
}

/** Weights on (k − low)·h reflected at 0, without what is negligible far out. */
function reflected(sum: Float64Array, low: number): Float64Array {
  let end = sum.length;
  while (end > low + 1 && Math.abs(sum[end - 1]) < DROPPED) end--;
  const out = sum.slice(low, end);
  for (let k = 0; k < low; k++) out[0] += sum[k];
  return out;
}

/** A law of W: all, the part with probabilities of single values, and what of the rest is right of points. */
interface Law {
  readonly total: Float64Array;
  readonly atoms: Float64Array;
  readonly right: Float64Array;
}

function mixedLaw(laws: readonly Law[], weights: ArrayLike<number>): Law {
  const part = (of: (law: Law) => Float64Array): Float64Array => mixed(laws.map(of), weights);
  return { total: part((law) => law.total), atoms: part((law) => law.atoms), right: part((law) => law.right) };
}

const NONE = new Float64Array(1);

/** One slot back: the law of max(0, W + C − H). A slot with a density leaves no atom but that at 0. */
function lindley(law: Law, step: Step, tellsApart: boolean): Law {
  const { low, moves } = step;
  const total = reflected(convolved(law.total, moves), low);
  if (!tellsApart) return { total, atoms: NONE, right: NONE };
  const atoms = step.right === undefined ? reflected(convolved(law.atoms, moves), low) : new Float64Array(1);
  const right = reflected(
    step.right === undefined ? convolved(law.right, moves) : convolved(law.total, step.right),
    low,
  );
  atoms[0] = lindleyCdf(law, step, 1)[0];
  right[0] = total[0] - atoms[0];
  return { total, atoms, right };
}

/** P(max(0, W + C − H) ≤ k·h) for k < length, exact at the lattice points, given W. */
function lindleyCdf(law: Law, step: Step, length: number): Float64Array {
  const { cdf, low, mass } = step;
  const { total } = law;
  const out = new Float64Array(length);
  for (let w = 0; w < total.length; w++) {
    // A move to k·h from right of w·h ends above it.
    const right = step.right === undefined && w < law.right.length ? law.right[w] : 0;
    for (let k = Math.max(0, w - low); k < length; k++) {
      const i = low + k - w;
      out[k] += i < cdf.length ? total[w] * cdf[i] - (right === 0 ? 0 : right * mass[i]) : total[w];
    }
  }
  return out;
}
