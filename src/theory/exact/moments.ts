/**
 * Exact mean, standard deviation and P(D = 0) of the discrete walk's deficit at any horizons, by Spitzer's identity: no
 * diffusion limit, no discretisation, and a cost that does not grow with T. Each number comes with an estimate of its
 * own error.
 */
import { AccuracyError, InputError } from '../../errors.js';
import type { IncrementLaw } from '../increment.js';
import { contourWindowHalf, horizonNodes, largestAngle, windowHalf } from './horizon-inversion.js';
import type { HorizonNodes } from './horizon-inversion.js';
import { oneMinusS } from './contour.js';
import { latticeFrequencies } from './lattice-frequencies.js';
import { latticeSpitzer } from './lattice-spitzer.js';
import { levelRoots, saddle } from './roots.js';
import { compoundSpitzer, divide } from './spitzer.js';
import type { Complex, SpitzerSource } from './spitzer.js';

/** Estimated absolute errors. */
export interface MomentsError {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly probabilityZero: number;
}

/** Exact moments of D_T, joules. */
export interface ExactMoments {
  readonly slots: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly probabilityZero: number;
  readonly error: MomentsError;
}

interface Values {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly probabilityZero: number;
}

/** Two settings of every free parameter; their difference is the error estimate. */
const FINE = { gamma: 8, stretch: 1.2, place: 0.5, fineness: 1 };
const CHECK = { gamma: 9.5, stretch: 1.5, place: 0.42, fineness: 0.6 };
type Setting = typeof FINE;

/**
 * Moments of D_T for each horizon T (slots, whole numbers from 1 to 1e9). Throws InputError for a horizon outside that,
 * AccuracyError where the method fails to give finite numbers.
 */
export function exactMoments(law: IncrementLaw, horizons: readonly number[]): ExactMoments[] {
  return horizons.map((slots) => {
    if (!(Number.isInteger(slots) && slots >= 1 && slots <= 1e9)) {
      throw new InputError(`horizon: got ${slots}, expected a whole number of slots from 1 to 1e9`, 'horizons');
    }
    const values = momentsAt(solverOf(law, FINE), slots);
    const check = momentsAt(solverOf(law, CHECK), slots);
    if (!Number.isFinite(values.mean + values.standardDeviation + values.probabilityZero)) {
      throw new AccuracyError(`the exact moments at ${slots} slots came out as ${JSON.stringify(values)}`);
    }
    const error = (of: keyof Values): number => Math.abs(values[of] - check[of]) + 1e-14 * Math.abs(values[of]);
    // Where rounding is all that is left of a probability it may come out below 0; its error covers that.
    const probabilityZero = Math.min(1, Math.max(0, values.probabilityZero));
    return {
      slots,
      ...values,
      probabilityZero,
      error: {
        mean: error('mean'),
        standardDeviation: error('standardDeviation'),
        probabilityZero:
          error('probabilityZero') +
          Math.abs(values.probabilityZero - probabilityZero) +
          solverOf(law, FINE).tieError * probabilityZero,
      },
    };
  });
}

/** A law with what its Spitzer sums need, for one setting. */
interface Solver {
  readonly law: IncrementLaw;
  readonly setting: Setting;
  readonly source: (nodes: HorizonNodes, crossing: number, excess?: number) => SpitzerSource;
  /** Relative error of P(D = 0) from ties that are counted in the mean only. */
  readonly tieError: number;
  /** The circle's nodes, the window as wide as this walk needs at T. */
  readonly nodes: (slots: number) => HorizonNodes;
}

/** Frequencies depend on no horizon: made once a law and setting. */
const solvers = new WeakMap<IncrementLaw, Map<Setting, Solver>>();

function solverOf(law: IncrementLaw, setting: Setting): Solver {
  const known = solvers.get(law) ?? new Map<Setting, Solver>();
  solvers.set(law, known);
  const made = known.get(setting) ?? solver(law, setting);
  known.set(setting, made);
  return made;
}

function solver(law: IncrementLaw, setting: Setting): Solver {
  if (law.kind === 'lattice') {
    const frequencies = latticeFrequencies(law, setting.fineness);
    return {
      law,
      setting,
      tieError: frequencies.tieError,
      source: (_, crossing) => latticeSpitzer(frequencies, crossing, setting.stretch),
      nodes: (slots) => horizonNodes(slots, setting.gamma, windowHalf(slots, frequencies.transformMinusOne)),
    };
  }
  return {
    law,
    setting,
    tieError: 0,
    source: (nodes, crossing, excess) => compoundSpitzer(law, nodes, crossing, setting.stretch, excess),
    nodes(slots) {
      const plain = horizonNodes(slots, setting.gamma);
      const { left, right } = levelRoots(law, law.cumulant(saddle(law)) + plain.damping, saddle(law));
      const plan = {
        crossing: 0.5 * (left + right),
        damping: plain.damping,
        angle: largestAngle(plain),
        stretch: setting.stretch,
      };
      return horizonNodes(slots, setting.gamma, contourWindowHalf(law, slots, plan));
    },
  };
}

function momentsAt(of: Solver, slots: number): Values {
  const nodes = of.nodes(slots);
  return of.law.mean <= 0 ? surplusMoments(of, nodes) : shortageMoments(of, nodes);
}

/** μ ≥ 0: sums over S⁺, on a contour right of 0. */
function surplusMoments({ law, setting, source: sourceAt }: Solver, nodes: HorizonNodes): Values {
  const { right } = levelRoots(law, nodes.damping, saddle(law));
  const source = sourceAt(nodes, setting.place * right);
  const [mean, q, pairs, zero] = coefficients(source, nodes, 0, (sums, gap) => [
    divide(sums.first, gap),
    divide(sums.second, gap),
    divide(times(sums.first, sums.first), gap),
    divide(expOf([-sums.probability[0], -sums.probability[1]]), gap),
  ]);
  return { mean, standardDeviation: Math.sqrt(q + pairs - mean * mean), probabilityZero: zero };
}

/**
 * μ < 0: sums over S⁻ = S⁺ − S, which stay of order σ√T where those over S⁺ grow as |μ|T, so that the variance does not
 * cancel. P(D = 0) falls exponentially: its circle is blown up to |s| = 1/M(c*), so that it keeps relative accuracy.
 */
function shortageMoments({ law, setting, source: sourceAt }: Solver, nodes: HorizonNodes): Values {
  const { slots } = nodes;
  const centre = saddle(law);
  const { left } = levelRoots(law, nodes.damping, centre);
  const source = sourceAt(nodes, setting.place * left);
  const [a, q, pairs, slope] = coefficients(source, nodes, 0, (sums, gap) => [
    divide(sums.first, gap),
    divide(sums.second, gap),
    divide(times(sums.first, sums.first), gap),
    divide(sums.slope, gap),
  ]);
  const least = law.cumulant(centre);
  const tilted = levelRoots(law, least + nodes.damping, centre);
  const far = Math.min(tilted.right, 0);
  const crossing = far + 2 * setting.place * 0.5 * (tilted.left - far);
  const [zero] = coefficients(sourceAt(nodes, crossing, least), nodes, least, (sums) => [expOf(sums.probability)]);
  const mean = law.mean * slots + a;
  const variance = law.variance * slots - q + pairs - a * a - 2 * law.mean * slope;
  return { mean, standardDeviation: Math.sqrt(variance), probabilityZero: zero * Math.exp(least * slots) };
}

/** Coefficients at T of several generating functions; `shift` multiplies |s| by exp(−shift). */
function coefficients(
  source: SpitzerSource,
  nodes: HorizonNodes,
  shift: number,
  functions: (sums: ReturnType<SpitzerSource['at']>, gap: Complex) => readonly Complex[],
): number[] {
  let out: number[] = [];
  nodes.angle.forEach((angle, j) => {
    const damping = nodes.damping + shift;
    const values = functions(source.at(damping, angle), oneMinusS(damping, angle));
    if (j === 0) out = values.map(() => 0);
    values.forEach((value, i) => (out[i] += nodes.weightRe[j] * value[0] - nodes.weightIm[j] * value[1]));
  });
  return out;
}

function times(a: Complex, b: Complex): Complex {
  return [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]];
}

function expOf(a: Complex): Complex {
  const size = Math.exp(a[0]);
  return [size * Math.cos(a[1]), size * Math.sin(a[1])];
}
