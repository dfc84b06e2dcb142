/**
 * Third rung: the exact law of D_T for the discrete walk, at a cost that does not grow with T. Its transform comes from
 * planned-spectrum.ts, its moments and its atom at 0 from moments.ts; here it becomes a DeficitLaw with error
 * estimates.
 */
import { AccuracyError, InputError } from '../../errors.js';
import { brownianLaw } from '../brownian.js';
import type { DeficitLaw, MissingPart } from '../deficit-law.js';
import type { CompoundIncrement } from '../increment.js';
import { quantileSpread, solveQuantile } from '../quantile.js';
import { exactMoments } from './moments.js';
import type { ExactMoments } from './moments.js';
import { plannedSpectrum } from './planned-spectrum.js';
import { SpectrumIntegral } from './spectrum.js';
import type { Spectrum } from './spectrum.js';
import { CUT } from './window.js';

/** Estimated absolute errors; quantile errors are relative, at the probabilities named. */
export interface ExactError {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly probabilityZero: number;
  /** Largest seen at the probe quantiles and at likely sums of task energies. */
  readonly cdf: number;
  readonly quantile: number;
}

export interface ExactLaw extends DeficitLaw {
  readonly rung: 'exact';
  readonly error: ExactError;
  survivalGrid(from: number, step: number, count: number): Float64Array;
  /** Set where the CDF is not good enough to stand: quantiles are NaN then, and the CDF is there for pictures only. */
  readonly missing?: MissingPart;
}

/** Beyond this estimated error the distribution is said to be missing; below it verdicts allow for it. */
const MOST_CDF_ERROR = 0.02;
/** Newton's last step of a quantile, relative. */
const SETTLE = 1e-8;
/** The error claimed, in differences between two settings of the window. */
const SAFETY = 2;
/** What may be beyond all windows, in changes between windows each CUT of the next. */
const ROUGH = 10;
/** A bound below this need not be improved. */
const GOOD = 1e-8;
/** Rounding of phases, relative, where a law stands far from 0. */
const ROUNDING = 5e-15;
/** Relative error of a quantile below which the density is taken as the same from there to here. */
const STEEP = 1e-2;
const PROBES = [0.1, 0.5, 0.9, 0.99];

/**
 * The exact law of D_T for the scenario's true law, T ≥ 1 slots (for the sampled law see sampled.ts). Throws InputError
 * for a horizon that is no whole number of slots from 1 to 1e9, AccuracyError where not even the moments could be had.
 * A CDF whose estimated error exceeds 0.02 is marked as `missing`.
 */
export function exactLaw(law: CompoundIncrement, slots: number): ExactLaw {
  checkSlots(slots);
  const [moments] = exactMoments(law, [slots]);
  const { mean, standardDeviation, probabilityZero } = moments;
  let spectrum: Spectrum;
  try {
    spectrum = plannedSpectrum(law, slots, moments);
  } catch (error) {
    if (!(error instanceof AccuracyError)) throw error;
    return momentsAlone(law, moments, error.message);
  }
  const lazy = (order: 0 | 1 | 2): (() => SpectrumIntegral) => {
    let integral: SpectrumIntegral | undefined;
    return () => (integral ??= new SpectrumIntegral(spectrum, order));
  };
  const [densityAt, survivalAt, excessAt] = [lazy(0), lazy(1), lazy(2)];
  // Where the law stands far from 0, inversion below its bulk would only amplify rounding.
  const low = spectrum.phase === Infinity ? mean - 10 * standardDeviation : 0;
  const clip = (value: number): number => Math.min(1 - probabilityZero, Math.max(0, value));
  const survival = (d: number): number => {
    if (d < 0) return 1;
    return d <= low ? 1 - probabilityZero : clip(survivalAt().at(d));
  };
  const survivalGrid = (from: number, step: number, count: number): Float64Array => {
    const out = Float64Array.from({ length: count }, (_, j) => (from + j * step < 0 ? 1 : 1 - probabilityZero));
    const start = Math.max(0, Math.floor((low - from) / step) + 1);
    if (start < count) {
      const values = survivalAt().grid(from + start * step, step, count - start);
      for (let j = start; j < count; j++) if (from + j * step > low) out[j] = clip(values[j - start]);
    }
    return out;
  };
  const functions = {
    survival,
    survivalGrid,
    cdf: (d: number): number => (d < 0 ? 0 : 1 - survival(d)),
    density: (d: number): number => (d <= low ? 0 : Math.max(0, densityAt().at(d))),
  };
  const brownian = brownianLaw({ drift: -law.mean, volatility: Math.sqrt(law.variance) }, slots);
  const known = new Map<number, number>();
  // Newton's slope need not be sharp.
  const slope = (d: number): number => (d <= low ? 0 : Math.max(0, densityAt().blurred(d)));
  const search = { ...functions, density: slope };
  const quantile = (p: number): number => {
    if (p <= probabilityZero) return 0;
    const found = known.get(p) ?? solveQuantile(search, p, mean, { start: brownian.quantile(p), settle: SETTLE });
    known.set(p, found);
    return found;
  };

  /** What the transform is off by, whatever the point: the whole law beyond 0 is known otherwise. */
  const common = low > 0 ? ROUNDING * (mean / standardDeviation) : transformError(survivalAt(), law, probabilityZero);
  const floor = 1e-13 + common + moments.error.probabilityZero;
  const cdfErrorAt = cdfErrorOf(survivalAt, low, floor);
  /** Relative: by the density, or, where it is all but 0, by where P(D ≤ d) may cross p. */
  const quantileGap = (p: number, d: number, gap: number): number => {
    const linear = gap / Math.max(1e-300, slope(d)) / d;
    return linear < STEEP ? linear : quantileSpread(quantile, p, d, gap);
  };
  let cdfError = floor;
  let quantileError = 0;
  for (const p of PROBES) {
    const d = p <= probabilityZero ? 0 : quantile(p);
    if (d === 0) continue;
    const gap = cdfErrorAt(d);
    cdfError = Math.max(cdfError, gap);
    quantileError = Math.max(quantileError, quantileGap(p, d, gap));
  }
  if (spectrum.kinks !== undefined) for (const d of likelySums(law)) cdfError = Math.max(cdfError, cdfErrorAt(d));
  const missing = cdfError < MOST_CDF_ERROR ? undefined : tooInaccurate(slots, cdfError);
  return {
    rung: 'exact',
    slots,
    mean,
    standardDeviation,
    probabilityZero,
    ...functions,
    quantile: missing === undefined ? quantile : () => NaN,
    meanExcess: (charge) => (charge <= low ? mean - charge : Math.max(0, excessAt().at(charge))),
    cdfErrorAt,
    error: { ...moments.error, cdf: cdfError, quantile: quantileError },
    ...(missing === undefined ? {} : { missing }),
  };
}

function checkSlots(slots: number): void {
  if (!(Number.isInteger(slots) && slots >= 1 && slots <= 1e9)) {
    throw new InputError(`slots: got ${slots}, expected a whole number from 1 to 1e9`, 'slots');
  }
}

/** The estimated error of P(D ≤ d), from what narrower windows change; `floor` is what it is off by anywhere. */
function cdfErrorOf(survivalAt: () => SpectrumIntegral, low: number, floor: number): (d: number) => number {
  return (d) => {
    if (d < 0) return 0;
    if (d <= low || d === 0) return floor;
    const at = (x: number, cut?: number): number => survivalAt().at(x, cut);
    const gap = SAFETY * Math.abs(at(d) - at(d, CUT)) + floor;
    const unseen = survivalAt().unseen(d);
    if (unseen === undefined) return gap;
    // A survival function falls: what a blur moves is less than its fall across the blur; no more than the sums near d
    // weigh; and where narrower and narrower windows change nothing there is nothing to blur.
    const fall = Math.max(0, at(Math.max(0.5 * d, d - unseen.blur)) - at(d + unseen.blur));
    const bound = Math.min(fall, unseen.most);
    if (bound < GOOD) return gap + bound;
    const narrower = [1, CUT, CUT ** 2, CUT ** 3].map((cut) => at(d, cut));
    const changes = narrower.slice(1).reduce((sum, value, i) => sum + Math.abs(value - narrower[i]), 0);
    return gap + Math.min(bound, ROUGH * changes);
  };
}

/** The moments, with the Brownian law's shape for pictures. */
function momentsAlone(law: CompoundIncrement, moments: ExactMoments, why: string): ExactLaw {
  const { slots, error } = moments;
  const brownian = brownianLaw({ drift: -law.mean, volatility: Math.sqrt(law.variance) }, slots);
  return {
    ...brownian,
    ...moments,
    rung: 'exact',
    survivalGrid: (from, step, count) =>
      Float64Array.from({ length: count }, (_, j) => brownian.survival(from + j * step)),
    quantile: () => NaN,
    meanExcess: (charge) => (charge === 0 ? moments.mean : NaN),
    cdfErrorAt: () => NaN,
    error: { ...error, cdf: NaN, quantile: NaN },
    missing: { what: 'distribution', reason: `${why}; mean, standard deviation and P(D = 0) hold` },
  };
}

function tooInaccurate(slots: number, error: number): MissingPart {
  const reason =
    `the estimated error of P(D ≤ d) at ${slots} slots is ${error.toPrecision(2)}, expected less than ${MOST_CDF_ERROR}; ` +
    'mean, standard deviation and P(D = 0) do not come from it and hold';
  return { what: 'distribution', reason, ...(Number.isFinite(error) ? { error } : {}) };
}

/** How far the law beyond 0, read from the transform, is from 1 − P(D = 0) of the moments' own integrals. */
function transformError(survival: SpectrumIntegral, law: CompoundIncrement, probabilityZero: number): number {
  const d = 1e-11 * Math.min(law.energies[0], Math.sqrt(law.variance));
  return Math.abs(survival.at(d) - (1 - probabilityZero));
}

/** Where a law is least smooth: at likely tasks' energies, the largest, and sums of two of the likeliest. */
function likelySums(law: CompoundIncrement): number[] {
  const order = Array.from(law.energies.keys()).sort((a, b) => law.probabilities[b] - law.probabilities[a]);
  const likely = order.slice(0, 3).map((j) => law.energies[j]);
  const alone = order.slice(0, 10).map((j) => law.energies[j]);
  return [...alone, law.largestJump, ...likely.flatMap((a, i) => likely.slice(i).map((b) => a + b))];
}
